/**
 * Brings the changes of a session to the server: kept in the browser first, then sent, one request at a time, and sent again until it is answered.
 * Knows no page and no network: both are given to it.
 */

/**
 * @typedef {object} Ports
 * @property {(record: SessionRecord, isEmpty: boolean) => Promise<void>} keep resolves when the browser has it durably
 * @property {(client: string, batch: Batch) => Promise<OperationsAnswer>} post
 * @property {() => Promise<NotebookDocument>} load
 * @property {(sequence: number) => Promise<LogEntry[] | null>} since accepted operations; null where the server cannot tell them any more
 * @property {() => void} changed the session shows something else
 * @property {(state: SaveState, reason: string) => void} state
 *
 * @typedef {"typed" | "kept" | "saved" | "unreachable" | "refused" | "unkept"} SaveState typed: only on the screen; kept: in this browser; saved: on the server
 */

/** Milliseconds from a keystroke to sending, and the longest while typing goes on. */
const pause = 350;
const longestPause = 1500;
/** Milliseconds until a request that failed is repeated: twice as long each time, up to the last. */
const firstRetry = 500;
const lastRetry = 8000;

export class Sync {
  #session;
  #ports;
  #kept = -1;
  /** @type {Promise<void> | null} */
  #keeping = null;
  #canKeep = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #since = 0;
  #isSending = false;
  #failures = 0;
  #reason = "";
  #isHeld = false;
  #hasEnded = false;

  /** @param {import("./session.js").Session} session @param {Ports} ports @param {AbortSignal} signal */
  constructor(session, ports, signal) {
    this.#session = session;
    this.#ports = ports;
    signal.addEventListener("abort", () => {
      this.#hasEnded = true;
      clearTimeout(this.#timer);
    });
  }

  /**
   * Something was changed here.
   * @param {boolean} [isTyping] wait for a pause
   */
  touched(isTyping = false) {
    this.#isHeld = false;
    this.#keep();
    const now = Date.now();
    this.#since ||= now;
    this.#plan(isTyping ? Math.max(0, Math.min(pause, this.#since + longestPause - now)) : 0);
    this.#tell();
  }

  /** Sends at once what there is: a key of saving, or a connection that is back. */
  hurry() {
    this.#failures = 0;
    this.#plan(0);
  }

  /** Sends what there is; resolves when the server has everything, or when it cannot be reached now. */
  async saved() {
    this.hurry();
    for (let tries = 0; tries < 100 && !this.#session.isSaved && !this.#isHeld && this.#failures < 2; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Fetches what the server has accepted since. */
  async catchUp() {
    if (this.#hasEnded) return;
    try {
      const entries = this.#session.isBehind || !this.#session.sequence ? null : await this.#ports.since(this.#session.sequence);
      if (entries) this.#session.receive(entries);
      if (!entries || this.#session.isBehind) this.#session.load(await this.#ports.load());
    } catch {
      // The next event, or the connection that is back, tries again.
    }
    this.#ports.changed();
    this.#tell();
  }

  /**
   * Accepted operations have come.
   * @param {LogEntry[]} entries
   */
  received(entries) {
    this.#session.receive(entries);
    this.#ports.changed();
    if (this.#session.isBehind) this.catchUp();
    this.#tell();
  }

  /** @param {number} delay */
  #plan(delay) {
    clearTimeout(this.#timer);
    if (!this.#hasEnded) this.#timer = setTimeout(() => this.#send(), delay);
  }

  async #send() {
    if (this.#isSending || this.#isHeld) return;
    this.#isSending = true;
    this.#since = 0;
    try {
      for (let batch = this.#session.outgoing(); batch && !this.#hasEnded; batch = this.#session.outgoing()) {
        // Before it is sent: a counter must never stand for two things.
        await this.#keep();
        if (!(await this.#deliver(batch))) break;
      }
    } finally {
      this.#isSending = false;
    }
    this.#keep();
    if (this.#session.isBehind) await this.catchUp();
    this.#tell();
  }

  /**
   * Whether the next batch can go.
   * @param {Batch} batch
   */
  async #deliver(batch) {
    try {
      this.#session.answered(batch.counter, await this.#ports.post(this.#session.client, batch));
      [this.#failures, this.#reason] = [0, ""];
      this.#ports.changed();
      return true;
    } catch (error) {
      const { status = 0, message = "" } = /** @type {{status?: number, message?: string}} */ (error);
      this.#reason = message;
      if ([400, 413, 422].includes(status)) {
        this.#session.refused(message);
        this.#ports.changed();
        return true;
      }
      if (status === 409) {
        this.#session.renumber();
        return true;
      }
      // Not signed in, not allowed, or deleted: nothing changes by repeating it.
      if ([401, 403, 404, 410].includes(status)) this.#isHeld = true;
      else this.#plan(Math.min(lastRetry, firstRetry * 2 ** this.#failures));
      this.#failures += 1;
      return false;
    }
  }

  #keep() {
    this.#keeping ??= this.#keepAll().finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  async #keepAll() {
    while (this.#kept < this.#session.version && this.#canKeep) {
      const version = this.#session.version;
      try {
        await this.#ports.keep(this.#session.snapshot(), this.#session.isSaved && !this.#session.rejected.length);
        this.#kept = version;
      } catch {
        this.#canKeep = false;
      }
      this.#tell();
    }
  }

  #tell() {
    if (this.#hasEnded) return;
    const session = this.#session;
    const isKept = this.#kept >= session.version;
    if (session.isSaved) this.#ports.state("saved", "");
    else if (!isKept && this.#canKeep) this.#ports.state("typed", ""); // Also while the server cannot be reached: whoever leaves now loses the last keystroke.
    else if (this.#isHeld) this.#ports.state("refused", this.#reason);
    else if (this.#failures) this.#ports.state(this.#canKeep ? "unreachable" : "unkept", this.#reason);
    else this.#ports.state("kept", "");
  }
}
