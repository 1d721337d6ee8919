/** Hyperparameters, provenance, and the complete specification of a run. */

import { fill, h } from "./dom.js";
import { copyable, copy, fact, save, timeOf } from "./parts.js";
import { number } from "./format.js";
import { framedTable } from "./table.js";

/** @param {HTMLElement} place @param {Model[]} models @param {AbortSignal} _signal */
export function runRecord(place, models, _signal) {
  const hyper = h("div", {});
  const provenance = h("dl", { class: "facts" });
  const whole = h("div", {});
  fill(place, h("div", { class: "columns" }, h("div", {}, h("h3", {}, "Hyperparameters"), hyper), h("div", {}, h("h3", {}, "Provenance"), provenance)), h("div", { class: "spaced" }, whole));
  let shown = "";

  return {
    /** @param {Run} run */
    update(run) {
      const spec = run.specification;
      fill(provenance,
        fact("Specification", copyable(run.specification_digest, "digest of the specification")), fact("Attempt", run.attempt),
        fact("Data set", spec.dataset.name, " ", copyable(spec.dataset.digest, "digest of the data set")),
        fact("Architecture", `${spec.architecture.name}, width ${spec.architecture.width}`), fact("Seed", run.seed), fact("Batch", spec.batch_size),
        fact("Numerics", `version ${spec.numerics}`), fact("Program", run.program ?? "–"), fact("Kernels", run.kernels ?? "–"), fact("Threads", run.threads ?? "–"),
        fact("Host", run.host ?? "–"), fact("Restarts", run.restarts ?? 0), fact("Final digest", copyable(run.final_digest, "final digest")),
        run.origin ? fact("Imported", timeOf(run.origin.imported), ` by ${run.origin.by}, from storage ${run.origin.storage ?? "unknown"}, bundle `, copyable(run.origin.bundle, "digest of the bundle")) : null,
        run.equal_weights?.length ? fact("Equal weights", "The last weights are those of ", ...run.equal_weights.flatMap((id, index) => [index ? ", " : "", h("a", { href: `/runs/${id}` }, h("code", {}, id))]), ", of another specification: what differs had no effect on training.") : null,
        run.rerun_of ? fact("Rerun of", h("a", { href: `/runs/${run.rerun_of}` }, h("code", {}, run.rerun_of))) : null);
      if (shown === run.specification_digest) return;
      shown = run.specification_digest;
      fill(hyper, table(spec, models.find((model) => model.name === run.model)));
      const text = JSON.stringify(spec, null, 2);
      fill(whole, h("details", {}, h("summary", {}, "Complete specification"), h("pre", { class: "code", tabindex: "0" }, text),
        h("p", { class: "tools spaced" },
          h("button", { type: "button", class: "plain small", onclick: () => copy(text, "specification") }, "copy"),
          h("button", { type: "button", class: "plain small", onclick: () => save(text + "\n", `specification-${run.id}.json`, "application/json") }, "save"),
          h("span", { class: "quiet" }, "On the command line: ", h("code", {}, `fidelio run specification-${run.id}.json`)))));
    },
  };
}

/** @param {Specification} spec @param {Model | undefined} model */
function table(spec, model) {
  const names = Object.keys(spec.hyperparameters).sort();
  return framedTable("Hyperparameters",
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Name"), h("th", { scope: "col", class: "number" }, "Value"), h("th", { scope: "col", class: "number" }, "Default"), h("th", { scope: "col" }, "Meaning"))),
    h("tbody", {}, names.map((name) => {
      const schema = model?.hyperparameters?.find((entry) => entry.name === name);
      return h("tr", {}, h("th", { scope: "row" }, h("code", {}, name)), h("td", { class: "number", title: String(spec.hyperparameters[name]) }, text(spec.hyperparameters[name])),
        h("td", { class: "number quiet" }, text(schema?.default)), h("td", { class: "wrap quiet" }, schema?.description ?? ""));
    })));
}

/** @param {number | boolean | string | null | undefined} value */
function text(value) {
  if (value === undefined || value === null) return "–";
  return typeof value === "number" ? number(value, 6) : value === true ? "yes" : value === false ? "no" : String(value);
}
