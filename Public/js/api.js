/**
 * Requests to the server. Every failure is an `ApiProblem` with a displayable message.
 */

const prefix = "/api/v1";
/** Timeout of reads in milliseconds. Submissions have none. */
const usualPatience = 15_000;
/** Methods that older type definitions lack. */
const signals = /** @type {typeof AbortSignal & {any(list: AbortSignal[]): AbortSignal, timeout(milliseconds: number): AbortSignal}} */ (AbortSignal);

export class ApiProblem extends Error {
  /** @param {number} status 0 when the server did not answer @param {string} code @param {string} detail @param {string | null} [field] */
  constructor(status, code, detail, field = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** "reached" and "lost" after each request; "unauthorized" when the server does not know this browser. */
export const connection = new EventTarget();

/**
 * What the path answers; the caller says which type of `api-types.js` that is, by the variable that takes it.
 * @template Answer
 * @param {string} path @param {{signal?: AbortSignal, patience?: number}} [options] `patience`: timeout in milliseconds, for what takes longer to compute
 * @returns {Promise<Answer>}
 */
export function get(path, options = {}) {
  return request("GET", path, undefined, options.signal, {}, options.patience);
}

/** @param {string} path @param {{signal?: AbortSignal}} [options] @returns {Promise<string>} */
export async function getText(path, options = {}) {
  return (await answer("GET", path, undefined, {}, options.signal)).text();
}

/**
 * A file that the server may have to make first.
 * @param {string} path @param {{signal?: AbortSignal, patience?: number}} [options] @returns {Promise<Blob>}
 */
export async function getBlob(path, options = {}) {
  return (await answer("GET", path, undefined, {}, options.signal, options.patience)).blob();
}

/**
 * @template Answer
 * @param {string} path @param {unknown} [body]
 * @param {{key?: string, signal?: AbortSignal}} [options] `key` makes a repeated submission harmless
 * @returns {Promise<Answer>}
 */
export function post(path, body, options = {}) {
  return request("POST", path, body, options.signal, options.key ? { "Idempotency-Key": options.key } : {});
}

/** @template Answer @param {string} path @param {unknown} body @param {{signal?: AbortSignal}} [options] @returns {Promise<Answer>} */
export function patch(path, body, options = {}) {
  return request("PATCH", path, body, options.signal);
}

/** @template Answer @param {string} path @param {{signal?: AbortSignal}} [options] @returns {Promise<Answer>} */
export function remove(path, options = {}) {
  return request("DELETE", path, undefined, options.signal);
}

/** @param {string} path */
export function address(path) {
  return prefix + path;
}

/**
 * The id of the newest event when the first answer that a page asked for was made, by the page's signal.
 * @type {WeakMap<AbortSignal, number>}
 */
const firstEvents = new WeakMap();

/**
 * NaN for a page without an answer.
 * @param {AbortSignal} signal
 */
export function firstEvent(signal) {
  return firstEvents.get(signal) ?? NaN;
}

/** @param {string} method @param {string} path @param {unknown} body @param {AbortSignal} [signal] @param {Record<string, string>} [fields] @param {number} [patience] */
async function request(method, path, body, signal, fields = {}, patience = usualPatience) {
  const response = await answer(method, path, body, fields, signal, patience);
  return response.status === 204 ? null : response.json();
}

/** @param {string} method @param {string} path @param {unknown} body @param {Record<string, string>} fields @param {AbortSignal} [signal] @param {number} [patience] */
async function answer(method, path, body, fields, signal, patience = usualPatience) {
  /** @type {RequestInit} */
  const options = { method, signal: method === "GET" ? withPatience(signal, patience) : signal, headers: { Accept: "application/json, text/*", ...fields }, credentials: "same-origin", cache: "no-cache" };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { ...options.headers, "Content-Type": "application/json" };
  }
  let response;
  try {
    response = await fetch(prefix + path, options);
  } catch (error) {
    if (signal?.aborted) throw error;
    connection.dispatchEvent(new Event("lost"));
    throw new ApiProblem(0, "unreachable", "The server does not respond.");
  }
  connection.dispatchEvent(new Event("reached"));
  const event = response.headers.get("Last-Event-ID");
  if (signal && event !== null && !firstEvents.has(signal)) firstEvents.set(signal, Number(event));
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (response.status === 401) connection.dispatchEvent(new Event("unauthorized"));
  throw problem;
}

/** @param {AbortSignal | undefined} signal @param {number} patience */
function withPatience(signal, patience) {
  const late = signals.timeout(patience);
  return signal ? signals.any([signal, late]) : late;
}

/** @param {Response} response */
async function readProblem(response) {
  try {
    const problem = await response.json();
    return new ApiProblem(response.status, problem.code ?? "unknown", problem.detail ?? problem.title ?? `Status ${response.status}.`, problem.field ?? null);
  } catch {
    return new ApiProblem(response.status, "unknown", `The server responded with status ${response.status}.`);
  }
}

/** A new idempotency key. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {Promise<Model[]> | null} */
let knownModels = null;

/**
 * The server's models, in the order that determines their colors. Fetched once.
 * @returns {Promise<Model[]>}
 */
export function models() {
  knownModels ??= get("/models").catch((error) => {
    knownModels = null;
    throw error;
  });
  return knownModels;
}

/** @param {Model[]} list @param {string} name */
export function titleOf(list, name) {
  return list.find((entry) => entry.name === name)?.title ?? name;
}
