/** The fields of cells that are no text: which there are, and reading and changing one line of their text. Pure. Lines that this page does not know stay as they are. */

/**
 * @typedef {object} CellField
 * @property {string} key of a field within another, such as the kind of the protocol: `protocol.kind`
 * @property {string} title
 * @property {"study" | "studies" | "dataset" | "model" | "models" | "metric" | "choice" | "text" | "names" | "numbers"} type names, numbers: several, with commas
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
    study, { key: "figure", title: "Figure", type: "choice", values: ["distribution", "ecdf", "budget", "sensitivity", "profile", "improvement", "paired", "beside", "consistency", "diversity", "temperature", "extractors", "normalization", "study"] },
    metric, model, selection, scale, caption,
  ],
  table: [study, { key: "table", title: "Table", type: "choice", values: ["table", "spread", "transfer"] }, metric, model, selection, caption],
  runs: [study, ...list, { key: "columns", title: "Columns", type: "names" }],
  grid: [...chosen, { key: "rows", title: "Rows", type: "choice", values: keys }, { key: "columns", title: "Columns", type: "choice", values: keys }, { key: "step", title: "Steps", type: "numbers" }, caption],
  curves: [...chosen, { key: "series", title: "Series", type: "names" }, scale, caption],
  checkpoints: [study, ...list],
  verification: [study],
  lab: [{ key: "lab", title: "Lab", type: "text" }, { key: "branch", title: "Branch", type: "text" }, { key: "step", title: "Step", type: "text" }, caption],
  experiment: [
    // The server has the list of them.
    { key: "experiment", title: "Experiment", type: "choice", values: [] },
    { key: "dataset", title: "Data set", type: "dataset" }, { key: "foreign", title: "Foreign images", type: "dataset" }, { key: "second_encoder", title: "Second extractor", type: "choice", values: ["vgg", "lenet"] },
    { key: "draws", title: "Repetitions", type: "text" }, { key: "samples", title: "Samples", type: "text" }, { key: "seed", title: "Seed", type: "text" }, caption,
  ],
  plan: [
    { key: "name", title: "Study", type: "text" }, { key: "dataset", title: "Data set", type: "dataset" }, model,
    { key: "protocol.kind", title: "Search", type: "choice", values: ["single", "grid", "narrow", "wide", "reruns"] }, { key: "protocol.settings", title: "Settings drawn", type: "text" },
    { key: "seeds", title: "Seeds", type: "numbers" }, { key: "steps", title: "Steps", type: "text" }, { key: "width", title: "Width", type: "text" }, { key: "batch_size", title: "Batch size", type: "text" },
    { key: "evaluation.every", title: "Evaluate every", type: "text" }, { key: "evaluation.samples", title: "Samples evaluated", type: "text" },
    { key: "sample_every", title: "Sample grid every", type: "text" }, { key: "checkpoint_every", title: "Checkpoint every", type: "text" },
  ],
};

/**
 * The fields of a form: those of the kind, for a plan one for each axis of its grid, for an experiment those that it takes or has.
 * @param {string} kind @param {string} source @param {Experiment[] | null} [experiments] once they are known @returns {CellField[]}
 */
export function fieldsOf(kind, source, experiments = null) {
  if (kind === "experiment") return fieldsOfExperiment(source, experiments);
  const axes = kind === "plan" ? keysWithin(source, "grid") : [];
  return [...keysOf(kind), ...axes.map((name) => /** @type {CellField} */ ({ key: `grid.${name}`, title: name, type: "numbers" }))];
}

/** @param {string} source @param {Experiment[] | null} experiments @returns {CellField[]} */
function fieldsOfExperiment(source, experiments) {
  const name = fieldValue(source, "experiment"), found = experiments?.find((one) => one.name === name);
  const takes = (/** @type {CellField} */ { key }) => !found || key === "caption" || found.options.some((option) => option === key) || fieldValue(source, key) !== "";
  const [first, ...rest] = keysOf("experiment"), names = experiments?.map((one) => one.name) ?? [];
  return [{ ...first, values: names.some((one) => one === name) || !name ? names : [...names, name] }, ...rest.filter(takes)];
}

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
  const name = key.slice(key.indexOf(".") + 1);
  if (line && !written) return withoutLine(source, key, line);
  if (line) return `${source.slice(0, line.from)}${line.indent}${name}: ${written}${line.comment}${source.slice(line.to)}`;
  if (!written) return source;
  const outer = name === key ? null : blockOf(source, key.slice(0, key.indexOf(".")));
  if (outer) return `${source.slice(0, outer.start)}${outer.start === source.length && !source.endsWith("\n") ? "\n" : ""}${outer.indent}${name}: ${written}\n${source.slice(outer.start)}`;
  const gap = source === "" || source.endsWith("\n") ? "" : "\n";
  return `${source}${gap}${name === key ? "" : `${key.slice(0, key.indexOf("."))}:\n  `}${name}: ${written}\n`;
}

/**
 * A field that has lost its last inner one goes, too.
 * @param {string} source @param {string} key @param {{from: number, to: number}} line
 */
function withoutLine(source, key, line) {
  const rest = source.slice(0, line.from) + source.slice(line.to + (source[line.to] === "\n" ? 1 : 0));
  const outer = key.includes(".") ? key.slice(0, key.indexOf(".")) : "";
  if (!outer || keysWithin(rest, outer).length) return rest;
  const empty = lineOf(rest, outer);
  return empty && empty.value.trim() === "" ? rest.slice(0, empty.from) + rest.slice(empty.to + (rest[empty.to] === "\n" ? 1 : 0)) : rest;
}

/**
 * The keys of the lines within a field, in their order.
 * @param {string} source @param {string} outer
 */
export function keysWithin(source, outer) {
  const block = blockOf(source, outer);
  if (!block) return [];
  return source.slice(block.start, block.end).split("\n").flatMap((text) => (text.startsWith(block.indent) ? (/^([A-Za-z_][\w-]*):/.exec(text.slice(block.indent.length))?.[1] ?? []) : []));
}

/**
 * The lines within a field: where they begin and end, and their indentation. Null where the field holds something on its own line, or is not there.
 * @param {string} source @param {string} outer
 */
function blockOf(source, outer) {
  const line = lineOf(source, outer);
  if (!line || line.value.trim() !== "") return null;
  const start = Math.min(source.length, line.to + (source[line.to] === "\r" ? 2 : 1));
  let end = start;
  let indent = "";
  for (const text of source.slice(start).split("\n")) {
    const found = /^( +)\S/.exec(text);
    if (!found && text.trim()) break;
    if (found && !indent && !text.trim().startsWith("#")) indent = found[1];
    end += text.length + 1;
  }
  return { start, end: Math.min(end, source.length), indent: indent || "  " };
}

/**
 * Whether the form can show a field: on one line, and no nested value.
 * @param {string} source @param {string} key
 */
export function isSimple(source, key) {
  const value = lineOf(source, key)?.value.trim();
  const outer = key.includes(".") ? lineOf(source, key.slice(0, key.indexOf("."))) : null;
  if (outer && outer.value.trim() !== "") return false;
  if (value === undefined) return true;
  const list = /^\[(.*)\]$/.exec(value);
  return list ? !items(list[1]).some((item) => item.includes(",")) : value !== "" && !/^[{[|>&*!]/.test(value);
}

/**
 * The line of a field, or of one within another.
 * @param {string} source @param {string} key @returns {{from: number, to: number, value: string, comment: string, indent: string} | null}
 */
function lineOf(source, key) {
  const point = key.indexOf(".");
  const block = point < 0 ? { start: 0, end: source.length, indent: "" } : blockOf(source, key.slice(0, point));
  if (!block) return null;
  let from = block.start;
  for (const text of source.slice(block.start, block.end).split("\n")) {
    const line = text.replace(/\r$/, "");
    const found = line.startsWith(block.indent) ? /^([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$/.exec(line.slice(block.indent.length)) : null;
    if (found && found[1] === key.slice(point + 1)) {
      const rest = found[2] ?? "";
      const comment = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'#]|(?<! )#)*?(\s+#.*)$/.exec(rest)?.[1] ?? "";
      return { from, to: from + line.length, value: rest.slice(0, rest.length - comment.length), comment, indent: block.indent };
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
