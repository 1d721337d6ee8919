/** What a link to a run leads to, shown while the pointer rests on it or it has the focus: its state, value, settings, and last samples. */

import { get, models, titleOf } from "./api.js";
import { fill, h } from "./dom.js";
import { number } from "./format.js";
import { metrics, objectiveOf, valueOf } from "./metric-names.js";
import { badge, standing } from "./parts.js";
import { gridOf } from "./running-cards.js";

/** Milliseconds of rest before a card is shown. */
const rest = 350;
const card = h("div", { class: "hover-card", "aria-hidden": "true", hidden: true });
let timer = 0, stop = new AbortController();
/** @type {Map<string, {run: Run, grid: SampleGrid | undefined, at: number}>} */
const known = new Map();

/**
 * Begins to show the card of a link; it is hidden when the pointer leaves the link, and by any key.
 * @param {HTMLAnchorElement} link @param {string} id
 */
export function showSoon(link, id) {
  hide();
  stop = new AbortController();
  const { signal } = stop;
  for (const kind of ["pointerleave", "blur", "click"]) link.addEventListener(kind, hide, { signal });
  for (const kind of ["keydown", "scroll"]) window.addEventListener(kind, hide, { signal, capture: true, passive: true });
  window.addEventListener("popstate", hide, { signal });
  timer = window.setTimeout(() => show(link, id, signal).catch(() => {}), rest);
}

function hide() {
  clearTimeout(timer);
  stop.abort();
  card.hidden = true;
}

/** @param {HTMLAnchorElement} link @param {string} id @param {AbortSignal} signal */
async function show(link, id, signal) {
  const kept = known.get(id);
  const [list, names] = await Promise.all([models(), metrics()]);
  let found = kept && performance.now() - kept.at < 30_000 ? kept : null;
  if (!found) {
    /** @type {[Run, SampleGrid[]]} */
    const [run, grids] = await Promise.all([get(`/runs/${id}`, { signal }), get(`/runs/${id}/samples`, { signal })]);
    found = { run, grid: gridOf(run, grids), at: performance.now() };
    known.set(id, found);
  }
  if (signal.aborted || !link.isConnected) return;
  const { run, grid } = found, { label, digits } = valueOf(names, run.objective), { best } = objectiveOf(run);
  const settings = Object.entries(run.specification.hyperparameters ?? {}).slice(0, 8);
  fill(card, grid ? h("img", { class: "pixels", src: grid.url, alt: "" }) : null,
    h("div", {}, h("p", {}, h("strong", {}, run.labels?.name || `${titleOf(list, run.model)} on ${run.dataset}`), " ", badge(standing(run))), h("p", {}, `${label} ${best ? number(best.value, digits) : "–"}, seed ${run.seed}${run.setting === null ? "" : `, setting ${run.setting}`}`),
      h("p", { class: "quiet small" }, settings.map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? number(value, 3) : value}`).join(", ")), run.labels?.tags.length ? h("p", {}, run.labels.tags.map((tag) => h("span", { class: "tag" }, tag))) : null));
  if (!card.isConnected) document.body.append(card);
  card.hidden = false;
  const at = link.getBoundingClientRect(), size = card.getBoundingClientRect();
  card.style.left = `${Math.max(8, Math.min(innerWidth - size.width - 8, at.left))}px`;
  card.style.top = `${at.bottom + size.height + 8 < innerHeight ? at.bottom + 6 : Math.max(8, at.top - size.height - 6)}px`;
}
