import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../Public/js/", import.meta.url);
const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".js")).sort();
const limit = 80;

/** The lines of each function, method and long arrow function: from its head to the bracket that closes at the head's indentation. @param {string} code */
function functions(code) {
  const lines = code.split("\n");
  return lines.flatMap((line, start) => {
    const head = /^( *)(?:export )?(?:async )?(?:function (\w+)|(#?\w+)\([^)]*\) \{$|(?:const )?(#?\w+) = (?:async )?\(.*=> \{$)/.exec(line);
    if (!head || ["if", "for", "while", "switch"].includes(head[3])) return [];
    const end = lines.findIndex((other, place) => place > start && other.startsWith(`${head[1]}}`));
    return [{ name: head[2] ?? head[3] ?? head[4], length: end - start + 1 }];
  });
}

test("no function is longer than a screen", () => {
  const all = files.flatMap((file) => functions(readFileSync(new URL(file, folder), "utf8")).map((entry) => ({ ...entry, file })));
  assert.ok(all.length > 250, `${all.length} functions found`);
  assert.deepEqual(all.filter((entry) => entry.length > limit), []);
});

test("a long function is found", () => {
  const body = "  a();\n".repeat(limit);
  for (const head of ["function long() {", "export async function long(a) {", "const long = (a) => {", "const long = async () => {"]) {
    assert.deepEqual(functions(`${head}\n${body}}\n`).map((entry) => entry.length), [limit + 2], head);
  }
  assert.deepEqual(functions(`class A {\n  #long(a) {\n${body}  }\n}\n`).map((entry) => entry.length), [limit + 2]);
});
