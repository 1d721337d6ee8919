/** Puts HTML that the server has made into the page. It is safe as it comes; what could run is removed all the same. */

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Replaces the content of an element, unless it shows that already.
 * @param {Element} element @param {string} html
 */
export function showHTML(element, html) {
  if (shown.get(element) === html) return;
  shown.set(element, html);
  // A document of its own: nothing in it runs or loads.
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const node of parsed.querySelectorAll("script, iframe, object, embed, link, meta, base, form, style")) node.remove();
  for (const node of parsed.querySelectorAll("*")) {
    for (const { name } of [...node.attributes]) if (name.startsWith("on") || name === "style") node.removeAttribute(name);
  }
  element.replaceChildren(...parsed.body.childNodes);
}
