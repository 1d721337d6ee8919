/** A lab inside a cell of a notebook. */

import { LabView } from "./view.js";

/** @param {string} address of a moment: /labs/ID?branch=…&step=… */
export function openLab(address) {
  const url = new URL(address, location.origin), stop = new AbortController(), branch = url.searchParams.get("branch"), step = Number(url.searchParams.get("step") ?? NaN);
  const view = new LabView(url.pathname.split("/").pop() ?? "", { signal: stop.signal, moment: branch && Number.isInteger(step) ? { branch, step } : null });
  view.load();
  return {
    element: view.element,
    close: () => {
      stop.abort();
      view.element.remove();
    },
  };
}
