/** What frames say of themselves over steps: divergences, modes, losses; as lines and as a table. */

import { fill, h } from "../dom.js";
import { chart } from "../chart.js";

/** @typedef {import("./frame.js").LabFrame} LabFrame */

/** Rows of the table: an even choice of what is known. */
const mostRows = 20;

export class LabHistory {
  #chart;
  #table = h("tbody", {});
  /** @type {Map<number, LabFrame["facts"]>} by step */
  #facts = new Map();
  element;

  /** @param {AbortSignal} signal @param {(step: number) => void} choose */
  constructor(signal, choose) {
    const place = h("div", { class: "lab-chart" });
    this.#chart = chart(place, { label: "Divergences of the generated from the real points over steps, in nats", height: 180 }, signal);
    this.#chart.onChoose(choose);
    this.element = h("div", { class: "lab-history" }, h("h3", {}, "Divergences, in nats"), place,
      h("details", {}, h("summary", {}, "As a table"), h("div", { class: "table-scroll" }, h("table", { class: "table" }, h("thead", {}, h("tr", {}, ["Step", "KL", "JS", "Modes", "Near a mode", "Losses"].map((title) => h("th", { scope: "col" }, title)))), this.#table))));
  }

  clear() {
    this.#facts.clear();
    this.draw();
  }

  /** @param {LabFrame["facts"]} facts */
  add(facts) {
    this.#facts.set(facts.step, facts);
  }

  draw() {
    const all = [...this.#facts.values()].sort((a, b) => a.step - b.step);
    this.#chart.show(all.map((facts) => facts.step), [
      { name: "kl", title: "KL divergence", look: 0, values: all.map((facts) => facts.kl) }, { name: "js", title: "Jensen-Shannon divergence", look: 1, values: all.map((facts) => facts.js) },
    ]);
    const every = Math.max(1, Math.ceil(all.length / mostRows));
    const rows = all.filter((_, index) => index % every === 0 || index === all.length - 1);
    fill(this.#table, rows.map((facts) => h("tr", {}, h("td", {}, facts.step.toLocaleString("en")), h("td", {}, facts.kl.toFixed(4)), h("td", {}, facts.js.toFixed(4)),
      h("td", {}, facts.modes ? `${facts.modes.soft} of ${facts.modes.all}` : "–"), h("td", {}, facts.modes ? `${(100 * facts.modes.high_quality).toFixed(1)} %` : "–"),
      h("td", {}, Object.entries(facts.losses).map(([name, value]) => `${name.replaceAll("_", " ")} ${value === null ? "not finite" : Number(value).toPrecision(4)}`).join(", ") || "–"))));
  }
}
