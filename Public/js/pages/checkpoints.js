/** The checkpoints of all runs: filtered, sorted and paged by the server. */

import { ApiProblem, get, models as knownModels, post, titleOf } from "../api.js";
import { fill, h, setText } from "../dom.js";
import { bytes, count, number, numbers } from "../format.js";
import { metrics as knownMetrics, valueOf } from "../metric-names.js";
import { copyable, download, isAbort, problem, timeOf } from "../parts.js";
import { query, setQuery } from "../router.js";
import { deleteButton } from "../delete-dialog.js";
import { framedTable, sortHeader } from "../table.js";

const pageSize = 50;
/** @type {{key: string, title: string, numeric: boolean, sortable?: boolean}[]} */
const columns = [
  { key: "run", title: "Run", numeric: false }, { key: "model", title: "Model", numeric: false }, { key: "dataset", title: "Data set", numeric: false }, { key: "seed", title: "Seed", numeric: true },
  { key: "step", title: "Step", numeric: true }, { key: "values", title: "Measured there", numeric: false, sortable: false }, { key: "bytes", title: "Size", numeric: true }, { key: "created", title: "Saved", numeric: false },
  { key: "digest", title: "Digest", numeric: false }, { key: "file", title: "File", numeric: false, sortable: false },
];
const quick = [["Final", "final = true"], ["Larger than 100 MB", "bytes > 100000000"]];

/** @param {import("../router.js").Context} context */
export async function checkpoints({ root, signal, setTitle }) {
  setTitle("Checkpoints");
  const filter = h("input", { id: "filter", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "model = 'wgan' and step >= 1000", "aria-describedby": "filter-hint filter-error" });
  const fault = h("p", { class: "error", id: "filter-error" }), total = h("span", { class: "quiet", role: "status" }), message = h("div", {});
  const [head, body] = [h("tr", {}), h("tbody", {})];
  /** @type {string[]} */
  const before = [];
  /** Those that somebody keeps. */
  let kept = new Set();
  /** @type {string | null} */
  let next = null;
  const earlier = h("button", { type: "button", class: "button", onclick: () => turn(before.pop() ?? null) }, "Previous page");
  const later = h("button", { type: "button", class: "button", onclick: () => (before.push(query().get("page") ?? ""), turn(next)) }, "Next page");
  const pager = h("div", { class: "pager" }, earlier, later);
  const form = h("form", { class: "table-tools", role: "search" }, h("div", { class: "grow" }, h("label", { for: "filter" }, "Filter"), filter,
    h("p", { class: "hint", id: "filter-hint" }, "Fields: run, model, dataset, study, seed, state, step, bytes, final, digest, created."), fault));
  const chips = h("div", { class: "tools" }, quick.map(([title, q]) => h("button", { type: "button", class: "toggle", onclick: () => choose({ q: query().get("q") === q ? "" : q }) }, title)));
  fill(root, h("div", { class: "head" }, h("h1", {}, "Checkpoints"), total), form, chips, message, h("div", { class: "spaced" }, framedTable("Checkpoints", h("thead", {}, head), body)), pager,
    h("p", { class: "note" }, "Each file is an .npz archive that numpy opens. Its digest covers the uncompressed content, so that equal archives are stored once."));

  const choose = (/** @type {Record<string, string>} */ changes) => {
    before.length = 0;
    setQuery({ ...changes, page: null }, { push: true });
    load();
  };
  const turn = (/** @type {string | null} */ token) => {
    setQuery({ page: token }, { push: true });
    load();
  };
  const submit = () => choose({ q: filter.value.trim() });
  form.addEventListener("submit", (event) => (event.preventDefault(), submit()));
  filter.addEventListener("search", submit);

  async function load() {
    const values = query(), sort = values.get("sort") ?? "";
    filter.value = values.get("q") ?? "";
    fill(head, columns.map((column) => sortHeader(column, sort, (to) => choose({ sort: to }))));
    const question = new URLSearchParams({ limit: String(pageSize) });
    for (const [from, to] of [["q", "filter"], ["sort", "order_by"], ["page", "page_token"]]) if (values.get(from)) question.set(to, values.get(from) ?? "");
    try {
      const [page, models, metrics, retention] = await Promise.all([get(`/checkpoints?${question}`, { signal }), knownModels(), knownMetrics(), get("/retention", { signal })]);
      if (signal.aborted) return;
      kept = new Set(/** @type {Retention} */ (retention).kept.map((one) => `${one.run}/${one.step}`));
      filter.removeAttribute("aria-invalid");
      setText(fault, "");
      show(page, models, metrics);
    } catch (error) {
      if (isAbort(error)) return;
      if (error instanceof ApiProblem && error.field === "filter") {
        filter.setAttribute("aria-invalid", "true");
        setText(fault, error.message);
        show({ checkpoints: [], total: 0, next_page_token: null }, [], []);
        fill(message);
      } else {
        fill(message, problem(error, load));
      }
    }
  }

  /** @param {CheckpointPage} page @param {Model[]} models @param {Metric[]} metrics */
  function show(page, models, metrics) {
    next = page.next_page_token;
    setText(total, `${count(page.total)} ${page.total === 1 ? "checkpoint" : "checkpoints"}`);
    const sizes = page.checkpoints.map((one) => bytes(one.bytes)), steps = numbers(page.checkpoints.map((one) => one.step), 9);
    fill(body, page.checkpoints.map((one, place) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: `/runs/${one.run}` }, h("code", {}, one.run))), h("td", {}, titleOf(models, one.model)), h("td", {}, one.dataset), h("td", { class: "number" }, String(one.seed)),
      h("td", { class: "number" }, steps[place], one.final ? " (final)" : "", one.best ? " (best)" : ""), h("td", {}, valueWords(one, metrics)), h("td", { class: "number" }, sizes[place]), h("td", {}, timeOf(one.created)),
      h("td", {}, copyable(one.digest, "digest of the checkpoint")), h("td", {}, download(one.url, "Download"), " ", keepButton(one, kept.has(`${one.run}/${one.step}`), load, (error) => fill(message, problem(error))), " ", deleteButton("checkpoint", `${one.run}/${one.step}`, "Delete …", load, true)))));
    fill(message, page.checkpoints.length ? null : h("p", { class: "quiet spaced" }, query().get("q") ? "No checkpoint fits this filter." : "No checkpoints yet. A run saves them while it trains."));
    earlier.disabled = !query().get("page");
    later.disabled = !next;
    pager.hidden = !query().get("page") && !next;
  }
  await load();
}

/**
 * @param {ListedCheckpoint} checkpoint
 * @param {boolean} isKept
 * @param {() => Promise<void>} changed
 * @param {(error: unknown) => void} failed
 */
function keepButton({ run, step }, isKept, changed, failed) {
  return h("button", {
    type: "button", class: "plain small", "data-needs": "editor", "aria-pressed": String(isKept), title: "Whatever a retention rule says",
    onclick: async () => {
      try {
        await post("/retention/kept", { run, step, kept: !isKept });
        await changed();
      } catch (error) {
        failed(error);
      }
    },
  }, isKept ? "Kept" : "Keep");
}

/** @param {ListedCheckpoint} checkpoint @param {Metric[]} metrics */
function valueWords(checkpoint, metrics) {
  const known = Object.entries(checkpoint.metrics).filter(([, value]) => value !== null).slice(0, 2);
  return known.map(([name, value]) => { const { label, digits } = valueOf(metrics, { metric: name, direction: "minimise" }); return `${label} ${number(value, digits)}`; }).join(", ") || "–";
}
