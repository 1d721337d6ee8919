/** The sample grid of a study's best run, as a small picture that is fetched when it comes into sight. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { gridOf } from "./running-cards.js";

/**
 * @param {Study} study @param {AbortSignal} signal
 */
export function studyPicture(study, signal) {
  const image = h("img", { class: "pixels", alt: "", hidden: true });
  const place = h("a", { class: "study-picture", href: `/studies/${study.id}`, tabindex: "-1", "aria-hidden": "true" }, image);
  const seen = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    load().catch(() => {}); // Without it the row stands as it is.
  });
  const load = async () => {
    const { metric, direction } = study.objective;
    /** @type {RunPage} */
    const { runs } = await get(`/runs?${new URLSearchParams({ filter: `study = '${study.id}' and best.${metric} != null`, order_by: `${direction === "minimise" ? "" : "-"}best.${metric}`, limit: "1" })}`, { signal });
    if (!runs.length) return;
    /** @type {SampleGrid[]} */
    const grids = await get(`/runs/${runs[0].id}/samples`, { signal });
    const grid = gridOf({ ...runs[0], state: "done" }, grids);
    if (!grid) return;
    image.src = grid.url;
    image.hidden = false;
  };
  seen.observe(place);
  signal.addEventListener("abort", () => seen.disconnect());
  return place;
}
