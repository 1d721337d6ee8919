/** The small part of YAML that cells are written in, read as a value. Pure. The server reads it strictly; this is for queuing a plan from its cell. */

/**
 * @typedef {{indent: number, text: string, number: number}} Line
 */

export class FieldsProblem extends Error {}

/**
 * @param {string} source @returns {unknown}
 */
export function readFields(source) {
  const lines = source.split(/\r?\n/).map((text, place) => ({ indent: /^ */.exec(text)?.[0].length ?? 0, text: withoutComment(text).trim(), number: place + 1 })).filter((line) => line.text);
  if (!lines.length) return {};
  const [value, rest] = block(lines, 0);
  if (rest < lines.length) throw new FieldsProblem(`Line ${lines[rest].number}: the indentation fits nothing above.`);
  return value;
}

/** @param {string} text */
function withoutComment(text) {
  const kept = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'#]|(?<=\S)#|["'])*/.exec(text)?.[0] ?? "";
  return /^\s*#/.test(text) ? "" : kept;
}

/** @param {Line[]} lines @param {number} start @returns {[unknown, number]} the value and the next line */
function block(lines, start) {
  return lines[start].text === "-" || lines[start].text.startsWith("- ") ? sequence(lines, start) : mapping(lines, start);
}

/** @param {Line[]} lines @param {number} start @returns {[unknown, number]} */
function sequence(lines, start) {
  const { indent } = lines[start];
  /** @type {unknown[]} */
  const items = [];
  let place = start;
  while (place < lines.length && lines[place].indent === indent && /^-(?: |$)/.test(lines[place].text)) {
    items.push(scalar(lines[place].text.slice(1).trim(), lines[place].number));
    place += 1;
  }
  return [items, place];
}

/** @param {Line[]} lines @param {number} start @returns {[unknown, number]} */
function mapping(lines, start) {
  const { indent } = lines[start];
  /** @type {Record<string, unknown>} */
  const fields = {};
  let place = start;
  while (place < lines.length && lines[place].indent === indent) {
    const line = lines[place];
    const found = /^("(?:[^"\\]|\\.)*"|[A-Za-z_][\w.-]*)\s*:(?:\s+(.*))?$/.exec(line.text);
    if (!found) throw new FieldsProblem(`Line ${line.number}: write a field as "key: value".`);
    const key = found[1].startsWith("\"") ? String(JSON.parse(found[1])) : found[1];
    if (Object.hasOwn(fields, key)) throw new FieldsProblem(`Line ${line.number}: the field ${key} is there twice.`);
    place += 1;
    const next = lines[place];
    const isNested = !found[2] && next && (next.indent > indent || (next.indent === indent && /^-(?: |$)/.test(next.text)));
    if (isNested) [fields[key], place] = block(lines, place);
    else fields[key] = scalar(found[2] ?? "", line.number);
  }
  return [fields, place];
}

/** @param {string} text @param {number} line @returns {unknown} */
function scalar(text, line) {
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) throw new FieldsProblem(`Line ${line}: the list does not end on its line.`);
    return (text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\s][^,]*/g) ?? []).map((item) => scalar(item.trim(), line));
  }
  if (text.startsWith("\"")) {
    try {
      return String(JSON.parse(text));
    } catch {
      throw new FieldsProblem(`Line ${line}: the quoted text is not well formed.`);
    }
  }
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^[{&*!|>]/.test(text)) throw new FieldsProblem(`Line ${line}: this form of YAML is not read here.`);
  if (text === "" || text === "null" || text === "~") return null;
  if (text === "true" || text === "false") return text === "true";
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
}
