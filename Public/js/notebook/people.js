/** Who else is in the notebook, and at which cell. Nothing of this is stored. */

import { post } from "../api.js";
import { throttled } from "../live.js";

/** Seconds after which somebody who is not heard of has left. */
const patience = 45_000;
const again = 20_000;

export class People {
  #path;
  #client;
  #show;
  #cell = /** @type {string | null} */ (null);
  #isEditing = false;
  #tell;
  /** @type {Map<string, Presence & {at: number}>} */
  #others = new Map();

  /** @param {string} path @param {string} client @param {AbortSignal} signal @param {(cell: string, people: {author: string, editing: boolean}[]) => void} show */
  constructor(path, client, signal, show) {
    this.#path = path;
    this.#client = client;
    this.#show = show;
    this.#tell = throttled(700, () => this.#send(false), signal);
    const timer = setInterval(() => {
      if (!document.hidden && this.#cell) this.#tell();
      this.#expire();
    }, again);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.#send(true);
    });
  }

  /**
   * The reader is at a cell.
   * @param {string | null} cell @param {boolean} isEditing
   */
  at(cell, isEditing) {
    if (cell === this.#cell && isEditing === this.#isEditing) return;
    [this.#cell, this.#isEditing] = [cell, isEditing];
    this.#tell();
  }

  /** @param {Presence} presence */
  heard(presence) {
    if (presence.client === this.#client) return;
    const isNew = !this.#others.has(presence.client);
    const before = this.#others.get(presence.client)?.cell;
    if (presence.leaving) this.#others.delete(presence.client);
    else this.#others.set(presence.client, { ...presence, at: Date.now() });
    for (const cell of new Set([before, presence.cell])) if (cell) this.#draw(cell);
    // Whoever comes in does not know yet who is here.
    if (isNew && !presence.leaving && this.#cell) this.#tell();
  }

  #expire() {
    for (const [client, { at, cell }] of this.#others) {
      if (Date.now() - at < patience) continue;
      this.#others.delete(client);
      if (cell) this.#draw(cell);
    }
  }

  /** @param {string} cell */
  #draw(cell) {
    this.#show(cell, [...this.#others.values()].filter((other) => other.cell === cell).map(({ author, editing }) => ({ author, editing })));
  }

  /** @param {boolean} leaving */
  #send(leaving) {
    post(`${this.#path}/presence`, { client: this.#client, cell: this.#cell, editing: this.#isEditing, leaving }).catch(() => {
      // Only a courtesy.
    });
  }
}
