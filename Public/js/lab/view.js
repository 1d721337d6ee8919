/** A lab: picture, layers, controls, scrubber, branches. Used by the page of a lab and by cells of notebooks. */

import { address, get, post } from "../api.js";
import { announce, fill, h, setText } from "../dom.js";
import { watch } from "../live.js";
import { copy, isAbort, problem, saveBlob } from "../parts.js";
import { onTheme } from "../shell.js";
import { role } from "../visitor.js";
import { changeFields, modelTitles } from "./controls.js";
import { changesOf, momentsOf, readFrame, wordsOf } from "./frame.js";
import { LabHistory } from "./history.js";
import { colorsOf, drawFrame, layers, usualLayers } from "./plane.js";

/** @typedef {import("./frame.js").LabFrame} LabFrame */
/** @typedef {{branch: string, step: number}} Moment */

/** Frames in memory, and those that are fetched for the lines when a branch is opened. */
const mostFrames = 400;
const sampled = 60;
/** The heartbeat: a lab stops 15 seconds after the last one. */
const beat = 4000;
/** With reduced motion the picture changes at most this often, in milliseconds. */
const calm = 2000;

/** Views so far, for ids that are unique on a page. */
let counter = 0;

export class LabView {
  /** @type {Lab | null} */
  #lab = null;
  /** @type {Moment | null} */
  #moment = null;
  /** Whether the newest frame is shown as it comes. */
  #follows = false;
  /** @type {Map<string, LabFrame>} */
  #frames = new Map();
  /**
   * Frames that events told of, by branch.
   * @type {Map<string, Set<number>>}
   */
  #told = new Map();
  /**
   * The newest frame that is not drawn yet.
   * @type {Moment | null}
   */
  #newest = null;
  #busy = false;
  #drawnAt = -Infinity;
  #replay = 0;
  #turn = 0;
  #isPlaying = false;
  #shown = new Set(usualLayers);
  #id;
  #signal;
  #onMoment;
  #canvas = h("canvas", { class: "lab-canvas", tabindex: "0", role: "img", "aria-describedby": "" });
  #words = h("p", { class: "lab-words" });
  #state = h("p", { class: "quiet small", role: "status" });
  #message = h("div", {});
  #play = h("button", { type: "button", class: "button primary", onclick: () => this.#toggle() }, "Train");
  #scrubber = h("input", { type: "range", min: "0", max: "0", value: "0", "aria-label": "Recorded step" });
  #speed = h("select", { "aria-label": "Updates for each frame" }, [1, 2, 5, 10, 20, 50, 100, 500].map((value) => h("option", { value: String(value), selected: value === 10 }, `${value} ${value === 1 ? "update" : "updates"} a frame`)));
  #rate = h("select", { "aria-label": "Frames per second" }, [[1, "slow motion"], [5, "5 frames a second"], [15, "15 frames a second"], [30, "30 frames a second"], [60, "60 frames a second"]].map(([value, title]) => h("option", { value: String(value), selected: value === 30 }, title)));
  #tree = h("ul", { class: "lab-branches" });
  #change = h("details", { class: "lab-change", "data-needs": "editor" });
  #replayButton = h("button", { type: "button", class: "toggle", onclick: () => this.#toggleReplay() }, "Replay");
  // The server makes it: readers of a link start no work.
  #animation = h("a", { class: "toggle", download: true, "data-needs": "viewer" }, "Save animation");
  #history;
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  element;

  /** @param {string} id @param {{moment?: Moment | null, onMoment?: (moment: Moment) => void, signal: AbortSignal}} options */
  constructor(id, { moment = null, onMoment = () => {}, signal }) {
    this.#id = id;
    this.#moment = moment;
    this.#onMoment = onMoment;
    this.#signal = signal;
    this.#history = new LabHistory(signal, (step) => this.#seek(step));
    const named = `lab-words-${(counter += 1)}`;
    this.#words.id = named;
    this.#canvas.setAttribute("aria-describedby", named);
    this.#canvas.setAttribute("aria-label", "Plane with real and generated points");
    this.element = h("div", { class: "lab" }, this.#message, h("div", { class: "lab-main" }, h("div", { class: "lab-picture" }, this.#canvas, this.#words, this.#scrub()), h("div", { class: "lab-side" }, this.#training(), this.#state, this.#layerChoice(), h("h3", {}, "Branches"), this.#tree, this.#change)), this.#history.element);
    this.#listen();
  }

  #scrub() {
    return h("div", { class: "lab-scrub" }, h("button", { type: "button", class: "toggle", "aria-label": "Previous frame", onclick: () => this.#move(-1) }, "‹"), this.#scrubber, h("button", { type: "button", class: "toggle", "aria-label": "Next frame", onclick: () => this.#move(1) }, "›"), this.#replayButton,
      h("button", { type: "button", class: "toggle", onclick: () => this.#copyLink() }, "Copy link"), h("button", { type: "button", class: "toggle", onclick: () => this.#savePicture() }, "Save picture"), this.#animation);
  }

  #training() {
    const step = (/** @type {string} */ title, /** @type {string} */ network) => h("button", { type: "button", class: "button", onclick: () => this.#step(network) }, title);
    return h("div", { class: "lab-training", "data-needs": "editor" }, h("div", { class: "tools" }, this.#play, step("One step", "both"), step("D alone", "discriminator"), step("G alone", "generator")), h("div", { class: "tools" }, this.#speed, this.#rate));
  }

  #layerChoice() {
    return h("fieldset", { class: "lab-layers" }, h("legend", {}, "Layers"), Object.entries(layers).map(([name, title]) => h("label", {}, h("input", { type: "checkbox", checked: this.#shown.has(name), onchange: (/** @type {Event} */ event) => {
      if (/** @type {HTMLInputElement} */ (event.target).checked) this.#shown.add(name);
      else this.#shown.delete(name);
      this.#draw();
    } }), title)));
  }

  #listen() {
    const signal = this.#signal;
    this.#scrubber.addEventListener("input", () => {
      const moment = this.#moments()[Number(this.#scrubber.value)];
      if (moment) this.#show(moment, false);
    });
    for (const input of [this.#speed, this.#rate]) input.addEventListener("change", () => this.#isPlaying && this.#start());
    const observer = new ResizeObserver(() => this.#draw());
    observer.observe(this.#canvas);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearInterval(this.#replay);
    });
    onTheme(() => this.#draw(), signal);
    this.#canvas.addEventListener("keydown", (event) => {
      /** @type {Record<string, () => void>} */
      const actions = { ArrowLeft: () => this.#move(-1), ArrowRight: () => this.#move(1), Home: () => this.#end(0), End: () => this.#end(-1), " ": () => this.#press(), r: () => this.#toggleReplay() };
      const action = actions[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    });
    watch({ lab: this.#id }, { resync: () => this.load(), lab: (event) => this.#receive(event) }, signal);
    // Whoever may train keeps the lab alive; viewers and readers of a link only watch.
    role.then((name) => {
      if (signal.aborted || !["editor", "owner"].includes(name)) return;
      const timer = setInterval(() => this.#lab?.live && this.#act({ action: "keep" }, true), beat);
      signal.addEventListener("abort", () => clearInterval(timer));
    });
  }

  async load() {
    try {
      /** @type {Lab} */
      const lab = await get(`/labs/${this.#id}`, { signal: this.#signal });
      // What was told of meanwhile is newer than the answer. Neither branches nor frames ever go.
      for (const branch of this.#lab?.branches ?? []) if (!lab.branches.some((one) => one.id === branch.id)) lab.branches.push(branch);
      for (const branch of lab.branches) branch.recorded = [...new Set([...branch.recorded, ...(this.#told.get(branch.id) ?? [])])].sort((a, b) => a - b);
      this.#lab = lab;
      fill(this.#message);
      const live = lab.live, known = lab.branches.find((branch) => branch.id === this.#moment?.branch);
      if (!known) this.#moment = null;
      if (live?.branch && live.state !== "paused" && !this.#moment) this.#follows = true;
      this.#setState(live);
      if (!this.#moment) {
        const branch = live?.branch ?? lab.branches[0].id;
        this.#moment = this.#last(branch) ?? { branch, step: 0 };
      }
      this.#drawTree();
      await this.#show(this.#moment, this.#follows);
      this.#follow();
      this.#sample();
    } catch (error) {
      if (!isAbort(error)) fill(this.#message, problem(error, () => this.load()));
    }
  }

  /** @param {string} branch */
  #last(branch) {
    return momentsOf(this.#lab?.branches ?? [], branch).at(-1) ?? null;
  }

  #moments() {
    return this.#moment ? momentsOf(this.#lab?.branches ?? [], this.#moment.branch) : [];
  }

  get #branch() {
    return this.#lab?.branches.find((branch) => branch.id === this.#moment?.branch) ?? null;
  }

  // Frames

  /** @param {string} branch @param {number | "reference"} step @returns {Promise<LabFrame>} */
  async #frame(branch, step) {
    const key = `${branch}/${step}`, known = this.#frames.get(key);
    if (known) return known;
    // A frame never changes: the browser's cache has it for good.
    const response = await fetch(address(`/labs/${this.#id}/branches/${branch}/frames/${step}.frame`), { signal: this.#signal, credentials: "same-origin" });
    if (!response.ok) throw new Error(`The frame ${step} cannot be read (status ${response.status}).`);
    const frame = readFrame(await response.arrayBuffer());
    this.#frames.set(key, frame);
    if (this.#frames.size > mostFrames) this.#frames.delete(this.#frames.keys().next().value ?? "");
    if (step !== "reference") this.#history.add(frame.facts);
    return frame;
  }

  /** @param {Moment} moment @param {boolean} follows */
  async #show(moment, follows) {
    const isOther = moment.branch !== this.#moment?.branch, turn = ++this.#turn;
    this.#moment = moment;
    this.#follows = follows;
    if (!follows) this.#newest = null;
    if (isOther) {
      this.#history.clear();
      this.#drawTree();
      this.#sample();
    }
    const moments = this.#moments(), place = moments.findIndex((one) => one.branch === moment.branch && one.step === moment.step);
    this.#scrubber.max = String(Math.max(0, moments.length - 1));
    this.#scrubber.value = String(place < 0 ? moments.length - 1 : place);
    this.#scrubber.setAttribute("aria-valuetext", `Step ${moment.step}, ${moments.length} frames recorded`);
    if (place < 0) return;
    try {
      await Promise.all([this.#frame(moment.branch, moment.step), this.#frame(moment.branch, "reference")]);
      if (turn !== this.#turn) return;
      this.#draw();
      this.#history.draw();
      if (!follows) this.#onMoment(moment);
    } catch (error) {
      if (!isAbort(error)) fill(this.#message, problem(error, () => this.load()));
    }
  }

  #draw() {
    const moment = this.#moment, frame = moment && this.#frames.get(`${moment.branch}/${moment.step}`);
    if (!moment || !frame) return;
    const reference = this.#frames.get(`${moment.branch}/reference`) ?? null, side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (!side) return;
    if (this.#canvas.width !== side) this.#canvas.width = this.#canvas.height = side;
    drawFrame(this.#canvas, frame, reference, this.#shown, colorsOf(this.#canvas));
    setText(this.#words, wordsOf(frame, reference));
    this.#drawnAt = performance.now();
  }

  /** Fetches an even choice of the branch's frames for the lines. */
  async #sample() {
    const moments = this.#moments(), every = Math.max(1, Math.ceil(moments.length / sampled)), branch = this.#moment?.branch;
    try {
      for (let index = 0; index < moments.length; index += every) {
        const moment = moments[index], frame = await this.#frame(moment.branch, moment.step);
        if (this.#moment?.branch !== branch) return;
        this.#history.add(frame.facts);
      }
      this.#history.draw();
    } catch (error) {
      if (!isAbort(error)) fill(this.#message, problem(error));
    }
  }

  // Live

  /** @param {LabEvent} event */
  #receive(event) {
    const lab = this.#lab;
    if (event.frame !== undefined && event.branch) {
      this.#told.set(event.branch, (this.#told.get(event.branch) ?? new Set()).add(event.frame));
      this.#newest = { branch: event.branch, step: event.frame };
    }
    if (!lab) return;
    if (event.state === "branched") return void this.load();
    if (event.frame === undefined) {
      const { state } = event;
      this.#setState(state === undefined || state === "stopped" || state === "removed" ? null : { ...event, state });
      if (event.reason) fill(this.#message, h("div", { class: "problem", role: "alert" }, h("p", {}, `Paused: ${event.reason}.`)));
      return;
    }
    const branch = lab.branches.find((one) => one.id === event.branch);
    if (!branch) return void this.load();
    if (!branch.recorded.includes(event.frame)) branch.recorded = [...branch.recorded, event.frame].sort((a, b) => a - b);
    this.#follow();
  }

  /** Draws the newest frame. Of those that come while one is fetched, or too soon after the last where motion is reduced, only the newest is drawn. */
  #follow() {
    const newest = this.#newest;
    if (!newest || !this.#follows || this.#busy) return;
    const wait = this.#still.matches ? this.#drawnAt + calm - performance.now() : 0;
    this.#busy = true;
    if (wait > 0) return void setTimeout(() => this.#free(), wait);
    this.#newest = null;
    this.#show(newest, true).finally(() => this.#free());
  }

  #free() {
    this.#busy = false;
    if (!this.#signal.aborted) this.#follow();
  }

  /** @param {LabLive | null} live */
  #setState(live) {
    if (this.#lab) this.#lab.live = live;
    this.#isPlaying = live?.state === "playing" || live?.state === "positioning";
    setText(this.#play, this.#isPlaying ? "Pause" : "Train");
    const words = { playing: "Training.", positioning: "Computing the earlier steps again …", advancing: "Training.", paused: "Paused." };
    setText(this.#state, live ? (words[live.state] ?? "") : "Nothing is training.");
  }

  /** @param {Record<string, unknown>} body @param {boolean} [isQuiet] @returns {Promise<LabActionResult | null>} */
  async #act(body, isQuiet = false) {
    try {
      /** @type {LabActionResult} */
      const result = await post(`/labs/${this.#id}/actions`, body, { signal: this.#signal });
      if (!isQuiet) fill(this.#message);
      return result;
    } catch (error) {
      if (!isAbort(error) && !isQuiet) fill(this.#message, problem(error));
      return null;
    }
  }

  /** The space bar trains and pauses for those who may. */
  async #press() {
    if (["editor", "owner"].includes(await role)) this.#toggle();
    else this.#toggleReplay();
  }

  #toggle() {
    if (!this.#isPlaying) return void this.#start();
    announce("Paused.");
    this.#act({ action: "pause" });
  }

  async #start() {
    this.#stopReplay();
    // Who is quicker than the page waits for it.
    if (!this.#moment) await this.load();
    const moment = this.#moment;
    if (!moment) return;
    this.#follows = true;
    const last = this.#last(moment.branch), isNewest = !last || (last.branch === moment.branch && last.step <= moment.step);
    // From an earlier moment the same steps are computed again, which gives the same frames.
    const from = Math.max(moment.step, this.#branch?.start ?? 0);
    announce(isNewest ? "Training." : `Training from step ${from} on.`);
    await this.#act({ action: "play", branch: moment.branch, from, every: Number(this.#speed.value), rate: Number(this.#rate.value) });
  }

  /**
   * One turn of both networks, or one update of one of them, which is a branch of its own.
   * @param {string} network
   */
  async #step(network) {
    this.#stopReplay();
    if (!this.#moment) await this.load();
    let branch = this.#branch;
    const moment = this.#moment;
    if (!branch || !moment) return;
    const from = moment.step, wanted = network === "both" ? null : { discriminator_updates: network === "discriminator" ? 1 : 0, generator_updates: network === "generator" ? 1 : 0 };
    const present = branch.specification;
    let changes = wanted;
    // After steps of one network alone, both take turns again.
    if (!wanted && (present.discriminator_updates === 0 || present.generator_updates === 0)) changes = { discriminator_updates: 1, generator_updates: 1 };
    if (changes && present.generator_updates === undefined) return void fill(this.#message, h("div", { class: "problem", role: "alert" }, h("p", {}, `${modelTitles[present.model]} has no two networks that take turns.`)));
    if (changes && (present.discriminator_updates !== changes.discriminator_updates || present.generator_updates !== changes.generator_updates)) {
      const made = await this.#act({ action: "branch", branch: branch.id, after: from, changes });
      if (!made?.branch) return;
      this.#know(made.branch);
      branch = made.branch;
    }
    const steps = wanted ? 1 : Math.max(1, (branch.specification.discriminator_updates ?? 1) + (branch.specification.generator_updates ?? 0));
    this.#follows = true;
    await this.#act({ action: "advance", branch: branch.id, from, steps });
  }

  /** @param {LabBranch} branch */
  #know(branch) {
    if (this.#lab && !this.#lab.branches.some((one) => one.id === branch.id)) this.#lab.branches = [...this.#lab.branches, branch];
  }

  // Moments

  /** @param {number} by */
  #move(by) {
    const moments = this.#moments(), place = Number(this.#scrubber.value) + by;
    if (moments[place]) this.#show(moments[place], false);
  }

  /** @param {number} place */
  #end(place) {
    const moment = this.#moments().at(place);
    if (moment) this.#show(moment, false);
  }

  /** @param {number} step */
  #seek(step) {
    const moment = this.#moments().findLast((one) => one.step <= step);
    if (moment) this.#show(moment, false);
  }

  #toggleReplay() {
    if (this.#replay) return this.#stopReplay();
    setText(this.#replayButton, "Stop");
    if (Number(this.#scrubber.value) >= this.#moments().length - 1) this.#end(0);
    this.#replay = window.setInterval(() => {
      if (this.#busy) return;
      const moments = this.#moments(), place = Number(this.#scrubber.value) + 1;
      if (!moments[place]) return this.#stopReplay();
      this.#busy = true;
      this.#show(moments[place], false).finally(() => (this.#busy = false));
    }, this.#still.matches ? calm : Math.max(16, 1000 / Number(this.#rate.value)));
  }

  #stopReplay() {
    clearInterval(this.#replay);
    this.#replay = 0;
    setText(this.#replayButton, "Replay");
  }

  #copyLink() {
    const moment = this.#moment;
    if (moment) copy(`${location.origin}/labs/${this.#id}?branch=${moment.branch}&step=${moment.step}`, "a link to this moment");
  }

  #savePicture() {
    const step = this.#moment?.step;
    this.#canvas.toBlob((blob) => blob && saveBlob(blob, `lab-${this.#id}-step-${step}.png`));
  }

  // Branches

  #drawTree() {
    const branches = this.#lab?.branches ?? [];
    const depth = (/** @type {LabBranch | undefined} */ branch) => {
      let count = 0;
      for (let one = branch; one?.parent; one = branches.find((other) => other.id === one?.parent)) count += 1;
      return Math.min(count, 8);
    };
    /** @type {(parent: string | null) => LabBranch[]} */
    const below = (parent) => branches.filter((branch) => branch.parent === parent).flatMap((branch) => [branch, ...below(branch.id)]);
    fill(this.#tree, below(null).map((branch) => h("li", { "data-depth": String(depth(branch)) },
      h("button", { type: "button", class: "toggle", "aria-pressed": String(branch.id === this.#moment?.branch), onclick: () => this.#show(this.#last(branch.id) ?? { branch: branch.id, step: branch.start }, this.#lab?.live?.branch === branch.id) },
        branch.parent ? `after step ${branch.start}: ${changesOf(branch, branches)}` : "root"))));
    this.#drawChange();
  }

  #drawChange() {
    const branch = this.#branch;
    if (!branch) return;
    this.#animation.href = address(`/labs/${this.#id}/branches/${branch.id}/animation.png`);
    const wasOpen = this.#change.open, { elements, changes } = changeFields(branch.specification);
    fill(this.#change, h("summary", {}, "Change settings from here on"), h("form", { onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const moment = this.#moment;
      if (!moment) return;
      const made = await this.#act({ action: "branch", branch: moment.branch, after: Math.max(moment.step, branch.start), changes: changes() });
      if (!made?.branch) return;
      this.#know(made.branch);
      announce("A new branch begins here.");
      const wasPlaying = this.#isPlaying;
      await this.#show({ branch: made.branch.id, step: made.branch.start }, true);
      if (!wasPlaying) await this.#act({ action: "advance", branch: made.branch.id, from: made.branch.start, steps: 0 });
    } }, h("div", { class: "lab-fields" }, elements), h("button", { class: "button" }, "Begin a branch")));
    this.#change.open = wasOpen;
  }
}
