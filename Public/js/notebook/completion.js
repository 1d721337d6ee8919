/** What can be written at the caret: names of studies, models and metrics, functions and keys, inside bound expressions and in the fields of cells. Pure. */

import { keysOf, valuesOf } from "./fields.js";

/**
 * @typedef {object} Vocabulary names that the server knows
 * @property {{value: string, says: string}[]} studies
 * @property {{value: string, says: string}[]} models
 * @property {{value: string, says: string}[]} metrics
 * @property {{value: string, says: string}[]} [datasets]
 * @property {{value: string, says: string}[]} [hyperparameters]
 * @property {{value: string, says: string}[]} [experiments]
 *
 * @typedef {{from: number, to: number, options: {text: string, says: string}[]}} Completion the part of the text to replace, and by what
 */

/**
 * Functions of bound expressions.
 * @type {[string, string][]}
 */
export const functions = [
  ["min", "smallest value of the runs"], ["max", "largest value of the runs"], ["mean", "mean over runs without failures and outliers"], ["sd", "standard deviation over the same runs"],
  ["median", "median; failures count as worst"], ["iqm", "interquartile mean; failures count as worst"], ["best", "best value, or something of the run that has it"],
  ["difference", "mean difference of two models, paired by seed"], ["improvement", "probability that the first model is better"], ["count", "number of runs"], ["failed", "number of runs that did not end as done"],
];
/**
 * Arguments of bound expressions.
 * @type {[string, string][]}
 */
const parameters = [
  ["study", "name or id of a study"], ["model", "only runs of this model"], ["run", "ids of runs"], ["setting", "only this setting of the plan"], ["seed", "only this seed"], ["where", "a filter of the list of runs"],
  ["selection", "best or final evaluation"], ["protocol", "digest of an evaluation protocol"], ["outliers", "excluded or included"], ["budget", "expected best of so many tries"], ["unit", "settings or runs"],
  ["show", "value, run, model, setting, seed or step of the best run"], ["hyperparameter", "of the best run"], ["interval", "true shows the interval"], ["percent", "true shows a percentage"], ["digits", "significant digits"], ["outcome", "only runs that ended so"],
];
const mostOptions = 12;

/**
 * @param {string} text @param {number} caret @param {string} kind of the cell @param {Vocabulary | null} vocabulary
 * @returns {Completion | null}
 */
export function completions(text, caret, kind, vocabulary) {
  if (!vocabulary) return null;
  if (kind === "text") return inExpression(text, caret, vocabulary);
  return kind === "sql" ? null : inFields(text, caret, kind, vocabulary);
}

/** @param {string} text @param {number} caret @param {Vocabulary} vocabulary */
function inExpression(text, caret, vocabulary) {
  const open = text.lastIndexOf("{{", caret - 1);
  if (open < 0 || open + 2 > caret || text.slice(open, caret).includes("}}") || text.slice(open, caret).includes("\n\n")) return null;
  const before = text.slice(open + 2, caret);
  const quoted = /([\w-]+)\s*=\s*"([^"]*)$/.exec(before);
  if (quoted) return found(caret - quoted[2].length, caret, quoted[2], namesFor(quoted[1], vocabulary));
  if ((before.match(/"/g) ?? []).length % 2) return null;
  const word = /[\w-]*$/.exec(before)?.[0] ?? "";
  const rest = before.slice(0, before.length - word.length).trimEnd();
  const from = caret - word.length;
  if (rest.endsWith("(")) return found(from, caret, word, vocabulary.metrics);
  if (rest.endsWith(",")) return found(from, caret, word, parameters.map(([name, says]) => ({ value: name, says, text: `${name} = ` })));
  return rest === "" || /[-+*/]$/.test(rest) ? found(from, caret, word, functions.map(([name, says]) => ({ value: name, says, text: `${name}(` }))) : null;
}

/** @param {string} text @param {number} caret @param {string} kind @param {Vocabulary} vocabulary */
function inFields(text, caret, kind, vocabulary) {
  const line = text.slice(text.lastIndexOf("\n", caret - 1) + 1, caret);
  const key = /^([A-Za-z_-]*)$/.exec(line);
  if (key) return found(caret - key[1].length, caret, key[1], keysOf(kind).filter((field) => !field.key.includes(".")).map((field) => ({ value: field.key, says: field.title, text: `${field.key}: ` })));
  const value = /^([A-Za-z_]+):\s*(?:\[(?:[^\]]*,)?\s*)?([\w.-]*)$/.exec(line);
  return value ? found(caret - value[2].length, caret, value[2], [...valuesOf(kind, value[1]).map((name) => ({ value: name, says: "" })), ...namesFor(value[1], vocabulary)]) : null;
}

/** @param {string} key @param {Vocabulary} vocabulary */
export function namesFor(key, vocabulary) {
  if (["study", "studies"].includes(key)) return vocabulary.studies;
  if (["model", "models", "than", "against"].includes(key)) return vocabulary.models;
  if (key === "dataset" || key === "foreign") return vocabulary.datasets ?? [];
  if (key === "experiment") return vocabulary.experiments ?? [];
  return ["metric", "metrics", "objective"].includes(key) ? vocabulary.metrics : [];
}

/** @param {number} from @param {number} to @param {string} start @param {{value: string, says: string, text?: string}[]} names @returns {Completion | null} */
function found(from, to, start, names) {
  const lower = start.toLowerCase();
  // A name is also found by a part of its title; a word of the language by its beginning alone.
  const fits = names.filter(({ value, says, text }) => value.toLowerCase().startsWith(lower) || (lower && !text && says.toLowerCase().includes(lower)));
  const options = fits.slice(0, mostOptions).map(({ value, says, text }) => ({ text: text ?? value, says }));
  const isDone = options.length === 1 && options[0].text === start;
  return options.length && !isDone ? { from, to, options } : null;
}
