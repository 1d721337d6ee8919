/** The fields of cells that are no text: which there are, and reading and changing one line of their text. Pure. Lines that this page does not know stay as they are. */

/**
 * @typedef {object} CellField
 * @property {string} key
 * @property {string} title
 * @property {"study" | "studies" | "model" | "models" | "metric" | "choice" | "text" | "names" | "numbers"} type names, numbers: several, with commas
 * @property {string[]} [values] of a choice
 */

const study = /** @type {CellField} */ ({ key: "study", title: "Study", type: "study" });
const model = /** @type {CellField} */ ({ key: "models", title: "Models", type: "models" });
const metric = /** @type {CellField} */ ({ key: "metric", title: "Metric", type: "metric" });
const selection = /** @type {CellField} */ ({ key: "selection", title: "Score of a run", type: "choice", values: ["best", "final"] });
const scale = /** @type {CellField} */ ({ key: "scale", title: "Axis", type: "choice", values: ["linear", "logarithmic"] });
const caption = /** @type {CellField} */ ({ key: "caption", title: "Caption", type: "text" });
const list = /** @type {CellField[]} */ ([{ key: "filter", title: "Filter", type: "text" }, { key: "order", title: "Order", type: "text" }, { key: "limit", title: "Most rows", type: "text" }]);
const chosen = /** @type {CellField[]} */ ([study, model, { key: "setting", title: "Settings", type: "numbers" }, { key: "seed", title: "Seeds", type: "numbers" }]);
const keys = ["run", "model", "setting", "seed", "step"];

/** @type {Record<string, CellField[]>} */
const known = {
  figure: [
    study, { key: "figure", title: "Figure", type: "choice", values: ["distribution", "ecdf", "budget", "sensitivity", "profile", "improvement", "paired", "beside", "study"] },
    metric, model, selection, scale, caption,
  ],
  table: [study, { key: "table", title: "Table", type: "choice", values: ["table", "spread", "transfer"] }, metric, model, selection, caption],
  runs: [study, ...list, { key: "columns", title: "Columns", type: "names" }],
  grid: [...chosen, { key: "rows", title: "Rows", type: "choice", values: keys }, { key: "columns", title: "Columns", type: "choice", values: keys }, { key: "step", title: "Steps", type: "numbers" }, caption],
  curves: [...chosen, { key: "series", title: "Series", type: "names" }, scale, caption],
  checkpoints: [study, ...list],
  verification: [study],
  plan: [],
};

/** @param {string} kind @returns {CellField[]} */
export function keysOf(kind) {
  return known[kind] ?? [];
}

/** @param {string} kind @param {string} key */
export function valuesOf(kind, key) {
  return keysOf(kind).find((field) => field.key === key)?.values ?? [];
}

/**
 * The value of a field on one line, as text; a list as its items joined by commas. Empty without one.
 * @param {string} source @param {string} key
 */
export function fieldValue(source, key) {
  const line = lineOf(source, key);
  if (!line) return "";
  const value = line.value.trim();
  const list = /^\[(.*)\]$/.exec(value);
  return list ? items(list[1]).join(", ") : unquoted(value);
}

/**
 * The text with a field changed; without a value the line is gone. Other lines keep every character.
 * @param {string} source @param {string} key @param {string | string[]} value
 */
export function withField(source, key, value) {
  const written = typeof value === "string" ? quoted(value) : value.length ? `[${value.map(quoted).join(", ")}]` : "";
  const line = lineOf(source, key);
  if (line && !written) return source.slice(0, line.from) + source.slice(line.to + (source[line.to] === "\n" ? 1 : 0));
  if (line) return `${source.slice(0, line.from)}${key}: ${written}${line.comment}${source.slice(line.to)}`;
  if (!written) return source;
  const gap = source === "" || source.endsWith("\n") ? "" : "\n";
  return `${source}${gap}${key}: ${written}\n`;
}

/**
 * Whether the form can show a field: on one line, and no nested value.
 * @param {string} source @param {string} key
 */
export function isSimple(source, key) {
  const value = lineOf(source, key)?.value.trim();
  if (value === undefined) return true;
  const list = /^\[(.*)\]$/.exec(value);
  return list ? !items(list[1]).some((item) => item.includes(",")) : value !== "" && !/^[{[|>&*!]/.test(value);
}

/** @param {string} source @param {string} key */
function lineOf(source, key) {
  let from = 0;
  for (const text of source.split("\n")) {
    const found = /^([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$/.exec(text.replace(/\r$/, ""));
    if (found && found[1] === key) {
      const rest = found[2] ?? "";
      const comment = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'#]|(?<! )#)*?(\s+#.*)$/.exec(rest)?.[1] ?? "";
      return { from, to: from + text.replace(/\r$/, "").length, value: rest.slice(0, rest.length - comment.length), comment };
    }
    from += text.length + 1;
  }
  return null;
}

/** @param {string} text between brackets */
function items(text) {
  return (text.match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\s][^,]*/g) ?? []).map((item) => unquoted(item.trim())).filter(Boolean);
}

/** @param {string} text */
function unquoted(text) {
  if (/^".*"$/.test(text)) return text.slice(1, -1).replace(/\\(["\\])/g, "$1");
  return /^'.*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text;
}

/**
 * Quotes only what YAML would read as something else.
 * @param {string} text
 */
function quoted(text) {
  if (text === "" || /^[A-Za-z0-9_./+-][^:#"'\\,[\]{}\n]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|~)$/i.test(text) && text === text.trim()) return text;
  return `"${text.replace(/["\\]/g, "\\$&").replace(/\n/g, " ")}"`;
}
