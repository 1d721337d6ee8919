import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { posix } from "node:path";
import test from "node:test";

const folder = new URL("../../Public/", import.meta.url);
const text = (/** @type {string} */ path) => readFileSync(new URL(path, folder), "utf8");

/** The modules that a module imports before it runs. @param {string} file @returns {string[]} */
function imported(file) {
  return [...text(file).matchAll(/(?:\bfrom|^import) "(\.[^"]+)"/gm)].map(([, path]) => posix.join(posix.dirname(file), path));
}

/** These modules and all that they import. @param {string[]} files */
function closure(files) {
  const found = new Set(files);
  for (const file of found) for (const other of imported(file)) found.add(other);
  return found;
}

test("the start loads its modules at once, and none of a page", () => {
  const start = closure(["js/app.js"]);
  const preloaded = [...text("index.html").matchAll(/<link rel="modulepreload" href="\/(js\/[^"]+)">/g)].map(([, path]) => path);
  assert.deepEqual(new Set(["js/app.js", ...preloaded]), start);
  // Whoever is not signed in any more gets no modules, and must be told.
  assert.deepEqual([...start].filter((file) => file.startsWith("js/pages/")), ["js/pages/sign-in.js"]);
});

test("the modules of the start can be joined: no two have a name in common, and imports stand alone on their lines", () => {
  /** @type {Map<string, string>} */
  const owners = new Map();
  for (const file of closure(["js/app.js"])) {
    for (const [, names] of text(file).matchAll(/^(?:export )?(?:async )?(?:function|class|const|let|var) (\[[^\]]*\]|\{[^}]*\}|\w+)/gm)) {
      for (const [name] of names.matchAll(/\w+/g)) {
        assert.equal(owners.get(name), undefined, `${name} of ${file}`);
        owners.set(name, file);
      }
    }
    for (const line of text(file).split("\n").filter((line) => line.startsWith("import "))) assert.match(line, /^import \{ [\w, ]+ \} from "\.[^"]+";$/, file);
    assert.doesNotMatch(text(file).replace(/^import .*$/gm, ""), /^import | as \w+ \} from/m, file);
  }
});

test("the modules of a page are asked for together", () => {
  const start = closure(["js/app.js"]);
  const lists = [...text("js/early-theme.js").matchAll(/^ {4}(?:""|(\w+)): "(pages\/[^"]+)",$/gm)];
  assert.deepEqual(lists.map(([, name]) => name ?? ""), ["", "runs", "studies", "compare"]);
  for (const [, , list] of lists) {
    const named = list.split(" ").map((name) => `js/${name}.js`);
    const wanted = [...closure([named[0]])].filter((file) => !start.has(file));
    assert.deepEqual(named.slice(1), wanted.filter((file) => file !== named[0]).sort(), named[0]);
  }
});

test("every page has a route and loads little", () => {
  const opened = [...text("js/app.js").matchAll(/import\("\.\/(pages\/[^"]+)"\)/g)].map(([, path]) => path);
  const pages = readdirSync(new URL("js/pages", folder)).filter((name) => name !== "sign-in.js").map((name) => `pages/${name}`);
  assert.deepEqual([...new Set(opened)].sort(), pages.sort());
  // With the document, a style sheet, the script before the first paint, the icon, and three answers of the server.
  assert.ok(closure(["js/app.js", "js/pages/home.js"]).size <= 14, "modules of Home");
});

test("a style sheet is loaded with its page", () => {
  assert.deepEqual([...text("index.html").matchAll(/<link rel="stylesheet" href="\/([^"]+)">/g)].map(([, path]) => path), ["app.css"]);
  for (const [, name] of text("js/app.js").matchAll(/"([\w-]+\.css)"/g)) assert.ok(text(name).length > 0);
});
