/**
 * What the server does not have yet, kept in this browser: one record for each session, in IndexedDB, written durably.
 * The tab of a session holds a lock; a record whose lock is free was left by a tab that has ended, and another tab takes it over.
 */

const name = "fidelio-notebooks";
const table = "sessions";

/**
 * @template T
 * @param {IDBRequest<T>} request @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return answer(request);
}

/** @param {string} notebook @param {string} client */
function lockName(notebook, client) {
  return `fidelio-notebook ${notebook} ${client}`;
}

/** The records of one notebook. */
export class SessionStore {
  #notebook;
  /** @type {Promise<IDBDatabase>} */
  #database;
  /** @type {BroadcastChannel | null} */
  #channel = null;

  /** @param {string} notebook */
  constructor(notebook) {
    this.#notebook = notebook;
    this.#database = open();
    this.#database.catch(() => {});
  }

  /**
   * Writes a record, or removes it when nothing is left in it. Resolves when the disk has it.
   * @param {SessionRecord} record @param {boolean} isEmpty
   */
  async write(record, isEmpty) {
    const database = await this.#database;
    // The type of the options is newer than the checker.
    const transaction = database.transaction(table, "readwrite", { durability: "strict" });
    const key = [this.#notebook, record.client];
    if (isEmpty) transaction.objectStore(table).delete(key);
    else transaction.objectStore(table).put(record, key);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(null);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  /**
   * The records of this notebook.
   * @returns {Promise<SessionRecord[]>}
   */
  async #records() {
    const database = await this.#database;
    const range = IDBKeyRange.bound([this.#notebook], [this.#notebook, []]);
    return answer(database.transaction(table).objectStore(table).getAll(range));
  }

  /**
   * Records that ended tabs have left; each is this tab's from now on, until it ends.
   * @param {AbortSignal} signal gives them back
   */
  async orphans(signal) {
    /** @type {SessionRecord[]} */
    const found = [];
    for (const record of await this.#records()) if (await this.claim(record.client, signal)) found.push(record);
    return found;
  }

  /**
   * Takes the lock of a session; false if another tab has it.
   * @param {string} client @param {AbortSignal} signal gives it back @returns {Promise<boolean>}
   */
  claim(client, signal) {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks.request(lockName(this.#notebook, client), { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock));
        return lock ? new Promise((release) => signal.addEventListener("abort", () => release(null))) : undefined;
      }).catch(() => resolve(false));
    });
  }

  /**
   * Tells the other tabs of this browser that the server has accepted something, and hears it from them: the live stream of a tab may be late.
   * @param {() => void} heard @param {AbortSignal} signal @returns {() => void} tells them
   */
  others(heard, signal) {
    this.#channel = new BroadcastChannel(`fidelio-notebook ${this.#notebook}`);
    this.#channel.onmessage = heard;
    signal.addEventListener("abort", () => this.#channel?.close());
    return () => !signal.aborted && this.#channel?.postMessage("changed");
  }
}
