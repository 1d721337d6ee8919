/** Frames of labs: a header in JSON and arrays in binary32 (docs/lab.md). */

/**
 * @typedef {object} LabFrame
 * @property {Record<string, any>} facts
 * @property {Record<string, {shape: number[], values: Float32Array}>} arrays by name
 */

const magic = "FLABFRM1";

/**
 * @param {ArrayBuffer} buffer @returns {LabFrame}
 */
export function readFrame(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 12 || new TextDecoder().decode(new Uint8Array(buffer, 0, 8)) !== magic) throw new Error("This is no frame of a lab.");
  const length = view.getUint32(8, true);
  if (12 + length > buffer.byteLength) throw new Error("The frame is too short for its header.");
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 12, length)));
  /** @type {LabFrame["arrays"]} */
  const arrays = {};
  let offset = 12 + length;
  for (const { name, shape } of facts.arrays) {
    const count = shape.reduce((/** @type {number} */ product, /** @type {number} */ extent) => product * extent, 1);
    if (offset + 4 * count > buffer.byteLength) throw new Error("The frame is too short for its header.");
    const values = new Float32Array(count);
    for (let index = 0; index < count; index++) values[index] = view.getFloat32(offset + 4 * index, true);
    arrays[name] = { shape, values };
    offset += 4 * count;
  }
  return { facts, arrays };
}

/**
 * The moments of a branch and of those before it, in order: what the scrubber passes over.
 * @param {LabBranch[]} branches @param {string} id @returns {{branch: string, step: number}[]}
 */
export function momentsOf(branches, id) {
  /** @type {{branch: string, step: number}[]} */
  let moments = [];
  let branch = branches.find((one) => one.id === id);
  let end = Infinity;
  while (branch) {
    const { id: own, start, parent, recorded } = branch, limit = end;
    moments = [...recorded.filter((step) => step >= start && step < limit).map((step) => ({ branch: own, step })), ...moments];
    end = start;
    branch = branches.find((one) => one.id === parent);
  }
  return moments;
}

/**
 * What differs between a branch and its parent, in words: "generator_optimizer.learning_rate 0.01".
 * @param {LabBranch} branch @param {LabBranch[]} branches
 */
export function changesOf(branch, branches) {
  const parent = branches.find((one) => one.id === branch.parent);
  if (!parent) return "from the beginning";
  const [old, present] = [flat(parent.specification), flat(branch.specification)];
  const changed = Object.keys(present).filter((key) => old[key] !== present[key]).map((key) => `${key} ${present[key]}`);
  return changed.length ? changed.join(", ") : "no change";
}

/** @param {Record<string, any>} value @param {string} [path] @returns {Record<string, string>} */
function flat(value, path = "") {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner && typeof inner === "object" && !Array.isArray(inner)) Object.assign(found, flat(inner, `${path}${key}.`));
    else found[path + key] = Array.isArray(inner) ? "drawn" : String(inner);
  }
  return found;
}

/**
 * What a frame shows, in words.
 * @param {LabFrame} frame @param {LabFrame | null} reference
 */
export function wordsOf({ facts }, reference) {
  const parts = [`Step ${facts.step.toLocaleString("en")}.`];
  const nats = (/** @type {number} */ value) => (value < 0.01 ? value.toFixed(5) : value.toFixed(3));
  const floor = reference ? ` (a perfect generator: ${nats(reference.facts.kl_floor)})` : "", floorJS = reference ? ` (${nats(reference.facts.js_floor)})` : "";
  parts.push(`KL divergence ${nats(facts.kl)} nats${floor}, Jensen-Shannon divergence ${nats(facts.js)}${floorJS}.`);
  if (facts.modes) parts.push(`${facts.modes.soft} of ${facts.modes.all} modes with 1 % of the points, ${(100 * facts.modes.high_quality).toFixed(1)} % of the points within three standard deviations of a mode.`);
  if (facts.outside > 0) parts.push(`${(100 * facts.outside).toFixed(1)} % outside the square.`);
  if (facts.diverged) parts.push("A value is no longer finite.");
  return parts.join(" ");
}
