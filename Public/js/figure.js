/** An inlined figure from the server, whose points link to their runs. */

import { address, getText } from "./api.js";
import { fill, h } from "./dom.js";
import { download, isAbort, problem, saveBlob } from "./parts.js";
import { go, query, setQuery } from "./router.js";
import { onTheme, theme } from "./shell.js";
import { throttled } from "./live.js";

/**
 * @param {HTMLElement} container
 * @param {{path: string, name: string, label: string, query?: () => Record<string, string>}} source `path` without extension, such as
 *   /studies/ID/figures/fid; `query`: further query parameters
 * @param {AbortSignal} signal
 * @returns {{refresh: () => void}}
 */
export function figure(container, source, signal) {
  const place = h("div", { class: "figure", role: "group", "aria-label": source.label });
  const axis = h("select", { "aria-label": "Value axis" },
    [["", "Automatic axis"], ["linear", "Linear axis"], ["logarithmic", "Logarithmic axis"]].map(([value, words]) => h("option", { value }, words)));
  axis.addEventListener("change", () => (setQuery({ scale: axis.value }, { push: true }), load()));
  const files = h("span", { class: "tools" });
  fill(container, place, h("div", { class: "tools spaced" }, axis, files));

  let width = 0;
  let shown = "";
  /** Empty for automatic. */
  const scale = () => {
    const asked = query().get("scale") ?? "";
    return ["linear", "logarithmic"].includes(asked) ? asked : "";
  };

  const parameters = (/** @type {Record<string, string>} */ more) =>
    new URLSearchParams({ ...source.query?.(), ...more, ...(scale() ? { scale: scale() } : {}) }).toString();

  const plainQuery = () => (source.query ? `?${parameters({})}` : "");

  async function load() {
    if (!width) return;
    axis.value = scale();
    const plain = address(source.path);
    const svg = `${plain}.svg?${parameters({ width: "900" })}`;
    fill(files, "Save as ", download(svg, "SVG", `${source.name}.svg`), " ",
      h("button", { type: "button", class: "plain small", onclick: () => savePNG(svg, `${source.name}.png`) }, "PNG"), " ",
      download(`${plain}.csv${plainQuery()}`, "CSV", `${source.name}.csv`), " ", download(`${plain}.json${plainQuery()}`, "JSON", `${source.name}.json`));
    try {
      const drawn = theme();
      const text = await getText(`${source.path}.svg?${parameters({ theme: drawn, width: String(width) })}`, { signal });
      if (text === shown) return;
      shown = text;
      place.dataset.drawn = drawn;
      points.show(text);
    } catch (error) {
      if (!isAbort(error) && !shown) fill(place, problem(error, load));
    }
  }

  const points = pointsOf(place);
  const observer = new ResizeObserver(() => {
    const wanted = Math.max(320, Math.min(1200, Math.floor(place.clientWidth / 20) * 20));
    if (wanted === width) return;
    width = wanted;
    soon();
  });
  const soon = throttled(300, load, signal);
  observer.observe(place);
  signal.addEventListener("abort", () => observer.disconnect());
  onTheme(load, signal);
  return { refresh: throttled(1500, load, signal) };
}

/**
 * Renders the server's SVG to a PNG at twice its size, in the browser.
 * @param {string} url @param {string} name
 */
async function savePNG(url, name) {
  const image = new Image();
  const text = await (await fetch(url, { credentials: "same-origin" })).text();
  const source = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  image.src = source;
  await image.decode();
  const canvas = h("canvas", {});
  canvas.width = image.naturalWidth * 2;
  canvas.height = image.naturalHeight * 2;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(source);
  canvas.toBlob((blob) => blob && saveBlob(blob, name), "image/png");
}

/**
 * Links the points of a figure to their runs, by pointer and keyboard.
 * @param {HTMLElement} place of the figure
 */
function pointsOf(place) {
  /** @type {string | null} a point to keep the focus on over a refresh */
  let focused = null;

  /** @param {string} text */
  function show(text) {
    // Parsed as a separate document: scripts never run, and only the SVG is imported.
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (parsed.nodeName !== "svg") return;
    const picture = document.importNode(parsed, true);
    picture.setAttribute("role", "group");
    const points = /** @type {SVGElement[]} */ ([...picture.querySelectorAll("[data-run]")]);
    points.forEach((point, index) => {
      point.setAttribute("role", "link");
      point.setAttribute("tabindex", index === 0 ? "0" : "-1");
      point.setAttribute("aria-label", point.querySelector("title")?.textContent ?? "");
    });
    const again = points.find((point) => point.dataset.run === focused);
    fill(place, picture);
    if (again) move(points, again);
  }

  /** @param {SVGElement[]} points @param {SVGElement} to */
  function move(points, to) {
    for (const point of points) point.setAttribute("tabindex", point === to ? "0" : "-1");
    to.focus();
  }

  place.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const point = event.target instanceof Element ? event.target.closest("[data-run]") : null;
    if (point instanceof SVGElement) go(`/runs/${point.dataset.run}`);
  });
  place.addEventListener("focusin", (/** @type {FocusEvent} */ event) => (focused = event.target instanceof SVGElement ? (event.target.dataset.run ?? null) : null));
  place.addEventListener("focusout", (/** @type {FocusEvent} */ event) => event.relatedTarget && (focused = null));
  place.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const points = /** @type {SVGElement[]} */ ([...place.querySelectorAll("[data-run]")]);
    const present = points.findIndex((point) => point === document.activeElement);
    if (present < 0) return;
    const moves = /** @type {Record<string, number>} */ ({ ArrowRight: present + 1, ArrowDown: present + 1, ArrowLeft: present - 1, ArrowUp: present - 1, Home: 0, End: points.length - 1 });
    if (event.key in moves) {
      event.preventDefault();
      move(points, points[Math.max(0, Math.min(points.length - 1, moves[event.key]))]);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      go(`/runs/${points[present].dataset.run}`);
    }
  });
  return { show };
}
