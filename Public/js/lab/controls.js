/** The settings of a lab: as a form for a new one, and those that may change while it runs. */

import { h } from "../dom.js";
import { drawing } from "./drawing.js";

/** @typedef {Record<string, any>} Specification */

/** @type {Record<string, string>} */
export const modelTitles = {
  "ns-gan": "Non-saturating GAN", "mm-gan": "Minimax GAN", lsgan: "Least squares GAN", wgan: "WGAN, clipped", "wgan-gp": "WGAN-GP", dragan: "DRAGAN", began: "BEGAN", vae: "VAE", realnvp: "RealNVP flow",
};
/** @type {Record<string, string>} */
const distributionTitles = { ring: "Ring of 8", grid: "Grid of 25", "swiss-roll": "Swiss roll", line: "Line", disjoint: "Three blobs", gaussians: "Two Gaussians", strokes: "Own strokes" };
const adversarial = ["ns-gan", "mm-gan", "lsgan", "wgan", "wgan-gp", "dragan", "began"];
/** Models that may take one another's place while a lab runs. */
const sameNetworks = ["ns-gan", "mm-gan", "lsgan", "wgan", "wgan-gp", "dragan"];
/**
 * Hyperparameters with a field, by model.
 * @type {Record<string, [string, string, number][]>}
 */
const own = {
  "wgan-gp": [["lambda", "Weight of the penalty", 0.1]], dragan: [["lambda", "Weight of the penalty", 10]], wgan: [["weight_clipping", "Weights clipped to ±", 0.01]],
  began: [["gamma", "Target ratio γ", 0.75]], vae: [["learning_rate", "Learning rate", 0.001]], realnvp: [["learning_rate", "Learning rate", 0.001]],
};

/** @param {string} label @param {HTMLElement} input */
const field = (label, input) => h("label", {}, h("span", {}, label), input);

/** @param {[string, string][]} options @param {string} value */
function select(options, value) {
  return h("select", {}, options.map(([name, title]) => h("option", { value: name, selected: name === value }, title)));
}

/** @param {number | string} value @param {Record<string, string>} [more] */
const numeric = (value, more = {}) => h("input", { type: "number", step: "any", value: String(value), required: true, ...more });

/**
 * The fields of an optimizer, and what they say.
 * @param {string} title @param {Specification} given
 */
function optimizerFields(title, given) {
  const name = select([["adam", "Adam"], ["rmsprop", "RMSProp"], ["sgd", "Gradient descent"]], given.name), rate = numeric(given.learning_rate, { min: "1e-7", max: "10" });
  return {
    elements: [field(`${title}: optimizer`, name), field("Learning rate", rate)],
    value: () => (name.value === given.name ? { ...given, learning_rate: Number(rate.value) } : { name: name.value, learning_rate: Number(rate.value) }),
  };
}

const usualOptimizer = { name: "adam", learning_rate: 0.001, beta1: 0.5, beta2: 0.999 };

/**
 * The settings that a running lab may change, and the changes that they are.
 * @param {Specification} specification
 */
export function changeFields(specification) {
  const model = specification.model, isAdversarial = adversarial.includes(model);
  const kind = select((sameNetworks.includes(model) ? sameNetworks : [model]).map((name) => [name, modelTitles[name]]), model);
  const batch = numeric(specification.batch, { min: "4", max: "1024", step: "1" });
  const elements = [field("Loss", kind), field("Batch", batch)];
  /** @type {(() => Specification)[]} */
  const values = [() => (kind.value === model ? {} : { model: kind.value }), () => ({ batch: Number(batch.value) })];
  if (isAdversarial) {
    for (const [key, title] of [["discriminator_optimizer", "Discriminator"], ["generator_optimizer", "Generator"]]) {
      const { elements: inputs, value } = optimizerFields(title, specification[key]);
      elements.push(...inputs);
      values.push(() => ({ [key]: value() }));
    }
    for (const [key, title] of [["discriminator_updates", "Discriminator updates"], ["generator_updates", "Generator updates"]]) {
      const input = numeric(specification[key], { min: "0", max: "100", step: "1" });
      elements.push(field(title, input));
      values.push(() => ({ [key]: Number(input.value) }));
    }
  }
  for (const [name, title] of own[model] ?? []) {
    const input = numeric(specification.hyperparameters[name]);
    elements.push(field(title, input));
    values.push(() => (kind.value === model ? { hyperparameters: { [name]: Number(input.value) } } : {}));
  }
  return { elements, changes: () => changesFrom(specification, Object.assign({}, ...values.map((value) => value()))) };
}

/**
 * Only what differs.
 * @param {Specification} specification @param {Specification} wanted
 */
export function changesFrom(specification, wanted) {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => {
    const present = specification[key];
    return typeof value === "object" ? Object.entries(value).some(([name, inner]) => present?.[name] !== inner) : present !== value;
  }));
}

/**
 * The form of a new lab.
 * @param {Specification} standard @param {(specification: Specification) => void} create @param {AbortSignal} signal
 */
export function newLabForm(standard, create, signal) {
  const distribution = select(Object.entries(distributionTitles), "ring"), model = select(Object.entries(modelTitles), "ns-gan"), seed = numeric(0, { min: "0", max: String(2 ** 53), step: "1" });
  const batch = numeric(standard.batch, { min: "4", max: "1024", step: "1" }), latents = select([["normal", "Normal"], ["uniform", "Uniform"]], "normal"), dimensions = numeric(2, { min: "1", max: "64", step: "1" });
  const pen = drawing(signal);
  const network = (/** @type {string} */ title) => {
    const layers = numeric(2, { min: "1", max: "6", step: "1" }), units = numeric(64, { min: "1", max: "256", step: "1" });
    const activation = select([["relu", "ReLU"], ["leaky-relu", "Leaky ReLU"], ["tanh", "tanh"], ["sigmoid", "Sigmoid"]], "relu");
    return { elements: [field(`${title}: hidden layers`, layers), field("Units", units), field("Activation", activation)], value: () => ({ layers: Number(layers.value), units: Number(units.value), activation: activation.value }), units };
  };
  const generator = network("Generator"), discriminator = network("Discriminator");
  const optimizers = { discriminator_optimizer: optimizerFields("Discriminator", usualOptimizer), generator_optimizer: optimizerFields("Generator", usualOptimizer) };
  const ofAdversarial = h("div", { class: "lab-fields" }, ...optimizers.discriminator_optimizer.elements, ...optimizers.generator_optimizer.elements);
  const ofNetworks = h("div", { class: "lab-fields" }, ...generator.elements, ...discriminator.elements, field("Latents", latents), field("Dimensions", dimensions));
  const show = () => {
    ofAdversarial.hidden = !adversarial.includes(model.value);
    ofNetworks.hidden = model.value === "realnvp";
    pen.element.hidden = distribution.value !== "strokes";
  };
  for (const input of [model, distribution]) input.addEventListener("change", show);
  show();
  const read = () => {
    const name = model.value;
    /** @type {Specification} */
    const found = { distribution: distribution.value === "strokes" ? { name: "strokes", strokes: pen.strokes() } : { name: distribution.value }, model: name, seed: Number(seed.value), batch: Number(batch.value) };
    if (name === "realnvp") return found;
    Object.assign(found, { generator: generator.value(), discriminator: discriminator.value(), latents: { distribution: name === "vae" ? "normal" : latents.value, dimensions: Number(dimensions.value) } });
    if (name === "wgan-gp") found.hyperparameters = { lambda: 0.1 };
    if (adversarial.includes(name)) for (const [key, optimizer] of Object.entries(optimizers)) found[key] = optimizer.value();
    return found;
  };
  return h("form", { class: "lab-new", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    create(read());
  } }, h("div", { class: "lab-fields" }, field("Distribution", distribution), field("Model", model), field("Batch", batch), field("Seed", seed)), pen.element,
  h("details", {}, h("summary", {}, "Networks, latents, and optimizers"), ofNetworks, ofAdversarial), h("button", { class: "button primary" }, "Create the lab"));
}
