/** Sample grids of a study side by side: rows and columns by any two of model, setting, seed, step, and latent, all with the same latents. */

import { address, get, models as knownModels, titleOf } from "../api.js";
import { announce, fill, h, setText } from "../dom.js";
import { count, number, plural } from "../format.js";
import { cellsOf, choiceOf, keyTitles, spread, stepsOf, tileAt, valuesOf } from "../grid-cells.js";
import { onKey } from "../keyboard.js";
import { metrics as knownMetrics, valueOf } from "../metric-names.js";
import { isAbort, problem, saveBlob } from "../parts.js";
import { PictureBoard } from "../picture-board.js";
import { query, setQuery } from "../router.js";
import { styles } from "../styles.js";
import { picture, TwoPictures } from "../two-pictures.js";

/** Runs whose pictures are listed; a larger study shows an evenly spread part. */
const mostRuns = 96;

/** @param {import("../router.js").Context} context */
export async function grids(context) {
  const { root, signal, setTitle } = context;
  setTitle("Grids");
  fill(root, h("div", { class: "head" }, h("h1", {}, "Grids")));
  try {
    /** @type {[StudyPage, Model[], Metric[], unknown]} */
    const [{ studies }, models, metrics] = await Promise.all([get("/studies?limit=1000", { signal }), knownModels(), knownMetrics(), styles("pictures.css")]);
    if (signal.aborted) return;
    if (!studies.length) {
      root.append(h("p", { class: "quiet" }, "Here the sample grids of a study's runs are shown side by side. There is no study yet."), h("p", {}, h("a", { class: "button primary", href: "/studies/new", "data-needs": "editor" }, "New study")));
      return;
    }
    await new GridsPage(root, studies, models, metrics, signal).load();
  } catch (error) {
    if (!isAbort(error)) root.append(problem(error, () => grids(context)));
  }
}

/** @typedef {import("../grid-cells.js").GridRun & {grids: SampleGrid[], value: number | null, hyperparameters: Record<string, unknown>}} Run */

/** @param {string} label */
function keySelect(label) {
  return h("select", { "aria-label": label }, Object.entries(keyTitles).map(([key, title]) => h("option", { value: key }, title.toLowerCase())));
}

class GridsPage {
  /** @type {Run[]} */
  #runs = [];
  /** @type {import("../picture-board.js").Tile[]} */
  #tiles = [];
  /** @type {string[]} keys of at most two tiles */
  #picked = [];
  #columnCount = 1;
  #hidden = 0;
  #turn = 0;
  #studies;
  #models;
  #metrics;
  #signal;
  #study = h("select", { "aria-label": "Study" });
  #rows = keySelect("Rows");
  #columns = keySelect("Columns");
  #model = h("select", { "aria-label": "Model" });
  #setting = h("select", { "aria-label": "Setting" });
  #seed = h("select", { "aria-label": "Seed" });
  #latent = h("select", { "aria-label": "Latent" });
  #scrubber = h("input", { type: "range", min: "0", "aria-label": "Step" });
  #stepText = h("output", {});
  #bestStep = h("button", { type: "button", class: "toggle", onclick: () => this.#set({ step: null }) }, "Best of each run");
  #scrub = h("div", { class: "scrub" }, h("button", { type: "button", class: "toggle", onclick: () => this.#move(-1) }, "Previous step"), this.#scrubber, h("button", { type: "button", class: "toggle", onclick: () => this.#move(1) }, "Next step"), this.#stepText);
  #real = h("input", { type: "checkbox" });
  #message = h("div", { role: "status" });
  #note = h("p", { class: "note" });
  #board = new PictureBoard("Sample grids", (view) => setQuery({ look: view.zoom === 1 ? null : [view.zoom, view.x, view.y].map((value) => Number(value.toFixed(4))).join(",") }), (key) => this.#pick(key));
  #two;

  /** @param {HTMLElement} root @param {Study[]} studies @param {Model[]} models @param {Metric[]} metrics @param {AbortSignal} signal */
  constructor(root, studies, models, metrics, signal) {
    this.#studies = studies;
    this.#models = models;
    this.#metrics = metrics;
    this.#signal = signal;
    this.#two = new TwoPictures(() => this.#setPicked([]), signal);
    const look = (query().get("look") ?? "").split(",").map(Number);
    if (look.length === 3 && look.every(Number.isFinite)) this.#board.view = { zoom: look[0], x: look[1], y: look[2] };
    fill(this.#study, studies.map((study) => h("option", { value: study.id }, study.name)));
    const field = (/** @type {string} */ label, /** @type {HTMLElement} */ input) => h("label", {}, label, input);
    root.append(h("div", { class: "picture-controls" }, field("Study", this.#study), field("Rows", this.#rows), field("Columns", this.#columns), field("Model", this.#model), field("Setting", this.#setting),
      field("Seed", this.#seed), field("Latent", this.#latent), h("label", {}, this.#real, "Real images"), h("button", { type: "button", class: "button", onclick: () => this.#save() }, "Save as PNG")),
      this.#scrub, h("div", { class: "tools" }, this.#bestStep), this.#message, this.#two.element, this.#board.element, this.#note);
    this.#study.addEventListener("change", () => {
      setQuery({ study: this.#study.value, model: null, setting: null, seed: null, step: null, pick: null }, { push: true });
      this.load();
    });
    for (const [name, input] of /** @type {[string, HTMLSelectElement][]} */ ([["rows", this.#rows], ["columns", this.#columns], ["model", this.#model], ["setting", this.#setting], ["seed", this.#seed], ["latent", this.#latent]])) {
      input.addEventListener("change", () => this.#set({ [name]: input.value }, true));
    }
    this.#real.addEventListener("change", () => this.#set({ real: this.#real.checked ? 1 : null }, true));
    this.#scrubber.addEventListener("input", () => this.#set({ step: this.#steps()[Number(this.#scrubber.value)] }));
    onKey("ArrowLeft", "Previous step", () => this.#move(-1), signal);
    onKey("ArrowRight", "Next step", () => this.#move(1), signal);
  }

  get #shownStudy() {
    return this.#studies.find((study) => study.id === query().get("study")) ?? this.#studies.find((study) => study.state === "done") ?? this.#studies[0];
  }

  async load() {
    const turn = ++this.#turn, study = this.#shownStudy;
    this.#study.value = study.id;
    fill(this.#message, h("p", { class: "quiet" }, "Loading the pictures …"));
    try {
      /** @type {StudyResults} */
      const results = await get(`/studies/${study.id}/results`, { signal: this.#signal });
      const all = results.models.flatMap((model) => model.runs.map((run) => ({ ...run, model: model.model })));
      const chosen = spread(all, mostRuns);
      this.#hidden = all.length - chosen.length;
      /** @type {Run[]} */
      const runs = [];
      for (let start = 0; start < chosen.length; start += 8) {
        runs.push(...(await Promise.all(chosen.slice(start, start + 8).map(async (run) => {
          /** @type {SampleGrid[]} */
          const grids = await get(`/runs/${run.run}/samples`, { signal: this.#signal });
          return { run: run.run, model: run.model, setting: run.setting, seed: run.seed, best: run.best?.step ?? null, value: run.best?.value ?? null, hyperparameters: run.hyperparameters, grids, steps: grids.map((grid) => grid.step) };
        }))));
      }
      if (turn !== this.#turn) return;
      this.#runs = runs;
      this.#picked = (query().get("pick") ?? "").split(" ").filter(Boolean).slice(0, 2);
      fill(this.#message);
      this.#draw();
    } catch (error) {
      if (!isAbort(error) && turn === this.#turn) fill(this.#message, problem(error, () => this.load()));
    }
  }

  /** @param {Record<string, string | number | null>} changes @param {boolean} [push] */
  #set(changes, push = false) {
    setQuery(changes, { push });
    this.#draw();
  }

  #steps() {
    return stepsOf(this.#runs);
  }

  /** @param {number} by */
  #move(by) {
    const steps = this.#steps(), choice = choiceOf(query(), this.#runs);
    if (!steps.length || choice.rows === "step" || choice.columns === "step") return;
    const present = choice.step === null ? steps.length - 1 : steps.findLastIndex((step) => step <= (choice.step ?? 0));
    const step = steps[Math.max(0, Math.min(steps.length - 1, present + (choice.step === null && by > 0 ? 0 : by)))];
    this.#set({ step });
    announce(`Step ${step}`);
  }

  #draw() {
    const runs = this.#runs, choice = choiceOf(query(), runs), grid = runs.flatMap((run) => run.grids)[0];
    const latents = grid ? grid.rows * grid.columns : 1;
    this.#drawControls(choice, latents);
    const { columns, cells } = cellsOf(runs, choice, latents);
    const objective = valueOf(this.#metrics, this.#shownStudy.objective);
    this.#columnCount = columns.length;
    this.#tiles = cells.map((cell) => this.#tile(cell, choice, objective));
    if (query().get("real") && grid) this.#tiles.push(this.#realTile(grid));
    this.#board.columns = columns.length;
    this.#board.show(this.#tiles);
    this.#setPicked(this.#picked);
    setText(this.#note, `${plural(cells.length, "picture")}. All runs draw the same latents at every step, so one place of a grid is one latent. Press two pictures to blink between them or to see their difference.${this.#hidden ? ` ${plural(this.#hidden, "run")} of this large study ${this.#hidden === 1 ? "is" : "are"} left out, evenly.` : ""}`);
  }

  /** @param {import("../grid-cells.js").Choice} choice @param {number} latents */
  #drawControls(choice, latents) {
    const isAxis = (/** @type {string} */ key) => choice.rows === key || choice.columns === key;
    [this.#rows.value, this.#columns.value] = [choice.rows, choice.columns];
    const options = (/** @type {HTMLSelectElement} */ select, /** @type {[string, string][]} */ list, /** @type {string} */ value, /** @type {string} */ key) => {
      fill(select, list.map(([name, text]) => h("option", { value: name }, text)));
      select.value = value;
      /** @type {HTMLElement} */ (select.parentElement).hidden = isAxis(key) || list.length < 2;
    };
    const names = [...new Set(this.#runs.map((run) => run.model))];
    options(this.#model, names.map((name) => [name, titleOf(this.#models, name)]), choice.model, "model");
    options(this.#setting, valuesOf(this.#runs, "setting").map((value) => [String(value), String(value)]), String(choice.setting), "setting");
    options(this.#seed, valuesOf(this.#runs, "seed").map((value) => [String(value), String(value)]), String(choice.seed), "seed");
    options(this.#latent, [["", "all"], .../** @type {[string, string][]} */ (Array.from({ length: latents }, (_, place) => [String(place), String(place)]))], choice.latent === null ? "" : String(choice.latent), "latent");
    this.#real.checked = query().get("real") !== null;
    const steps = this.#steps();
    this.#scrub.hidden = isAxis("step") || steps.length < 2;
    this.#scrubber.max = String(steps.length - 1);
    this.#scrubber.value = String(choice.step === null ? steps.length - 1 : Math.max(0, steps.findLastIndex((step) => step <= (choice.step ?? 0))));
    setText(this.#stepText, choice.step === null ? "best of each run" : `step ${count(choice.step)}`);
    this.#scrubber.setAttribute("aria-valuetext", this.#stepText.textContent ?? "");
    this.#bestStep.hidden = this.#scrub.hidden;
    this.#bestStep.setAttribute("aria-pressed", String(choice.step === null));
  }

  /** @param {import("../grid-cells.js").Cell} cell @param {import("../grid-cells.js").Choice} choice @param {{label: string, digits: number}} objective @returns {import("../picture-board.js").Tile} */
  #tile(cell, choice, objective) {
    const run = /** @type {Run | null} */ (cell.run), grid = run?.grids.find((one) => one.step === cell.step);
    const key = `${cell.row.replace(/ /g, "-")}/${cell.column.replace(/ /g, "-")}`;
    const words = (/** @type {string} */ text) => (text.startsWith("model ") ? titleOf(this.#models, text.slice(6)) : text);
    const title = `${words(cell.row)}, ${words(cell.column)}`;
    if (!run || !grid) return { key, title, src: "", width: 1, height: 1, numbers: run ? "no picture yet" : "no such run", links: [] };
    const latent = cell.latent !== null && cell.latent < grid.rows * grid.columns && grid.rows * grid.columns > 1 ? cell.latent : null;
    const crop = latent === null ? null : tileAt(grid, latent);
    const facts = [choice.rows === "step" || choice.columns === "step" ? "" : `step ${count(grid.step)}`, run.value === null ? "" : `best ${objective.label} ${number(run.value, objective.digits)}`].filter(Boolean).join(", ");
    const [width, height] = crop ? [crop.width, crop.height] : [grid.columns * (grid.width + 1) - 1, grid.rows * (grid.height + 1) - 1];
    const made = query().get("latent") !== null && latent !== null ? `&show=around&sample=${latent}` : "";
    return {
      key, title, src: grid.url, width, height, numbers: facts, crop: crop ? { ...crop, whole: { width: grid.columns * (grid.width + 1) - 1, height: grid.rows * (grid.height + 1) - 1 } } : undefined,
      links: [{ text: `run ${run.run.slice(0, 8)}`, href: `/runs/${run.run}?step=${grid.step}${made}` }],
    };
  }

  /** @param {SampleGrid} grid @returns {import("../picture-board.js").Tile} */
  #realTile(grid) {
    const { dataset, evaluation } = this.#shownStudy.plan, name = dataset?.name ?? dataset, split = evaluation?.reference_split ?? "test";
    const isPoints = grid.rows * grid.columns === 1;
    return {
      key: "real", title: "Real images", src: address(`/datasets/${encodeURIComponent(name)}/examples.png?${new URLSearchParams({ split, count: "64" })}`),
      width: isPoints ? grid.width : 8 * (grid.width + 1) - 1, height: isPoints ? grid.height : 8 * (grid.height + 1) - 1, numbers: `first 64 of the ${split} split of ${name}`, links: [{ text: "data set", href: "/datasets" }],
    };
  }

  /** @param {string} key */
  #pick(key) {
    this.#setPicked(this.#picked.includes(key) ? this.#picked.filter((other) => other !== key) : [...this.#picked.slice(-1), key]);
  }

  /** @param {string[]} keys */
  #setPicked(keys) {
    this.#picked = keys.filter((key) => this.#tiles.some((tile) => tile.key === key && tile.src));
    setQuery({ pick: this.#picked.join(" ") || null });
    this.#board.picked = this.#picked;
    const pair = this.#picked.map((key) => this.#tiles.find((tile) => tile.key === key));
    this.#two.show(pair[0] && pair[1] && !pair[0].crop && !pair[1].crop ? [pair[0], pair[1]] : null);
  }

  /** All pictures with their titles, and what they are, as one file. */
  async #save() {
    const [gap, line, study] = [12, 15, this.#shownStudy];
    const shown = this.#tiles.filter((tile) => tile.src), size = Math.max(...shown.map((tile) => tile.width), 96);
    const images = await Promise.all(this.#tiles.map((tile) => (tile.src ? picture(tile.src) : null)));
    const factor = Math.max(1, Math.floor(180 / size)), cell = { width: size * factor + gap, height: Math.max(...shown.map((tile) => tile.height), 1) * factor + 2 * line + gap };
    const rows = Math.ceil(this.#tiles.length / this.#columnCount);
    const canvas = h("canvas", { width: Math.max(420, this.#columnCount * cell.width + gap), height: rows * cell.height + 4 * line + gap });
    const context = canvas.getContext("2d");
    if (!context) return;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    context.fillStyle = "#1b1f24";
    context.font = "bold 13px sans-serif";
    context.fillText(study.name, gap, 1.5 * line, canvas.width - 2 * gap);
    context.font = "11px sans-serif";
    this.#tiles.forEach((tile, place) => {
      const [x, y] = [gap + (place % this.#columnCount) * cell.width, 2 * line + Math.floor(place / this.#columnCount) * cell.height];
      const image = images[place];
      const { x: left, y: top } = tile.crop ?? { x: 0, y: 0 };
      if (image) context.drawImage(image, left, top, tile.width, tile.height, x, y, tile.width * factor, tile.height * factor);
      context.fillText(tile.title, x, y + cell.height - gap - line, size * factor);
      context.fillText(tile.numbers, x, y + cell.height - gap, size * factor);
    });
    context.fillText(`Same latents in all pictures. Study ${study.id}, plan ${study.digest.slice(0, 16)}, ${this.#stepText.textContent}.`, gap, canvas.height - line, canvas.width - 2 * gap);
    canvas.toBlob((blob) => blob && saveBlob(blob, `grids-${study.id}.png`), "image/png");
  }
}
