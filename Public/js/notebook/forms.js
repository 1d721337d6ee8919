/** The forms of what a cell shows: the picture that suits theme and width, and files to save. Pure but for the elements it changes. */

/**
 * The form of a drawing that suits: by theme, and the narrow one where there is little room.
 * @param {{name: string, url: string}[]} forms @param {string} url of the form that stands there @param {"light" | "dark"} theme @param {number} width of the place in pixels
 * @returns {string} its address
 */
export function suitable(forms, url, theme, width) {
  const present = forms.find((form) => form.url === url);
  // Further figures of a cell have names such as figure2-svg-light-760.
  const drawn = /^((?:figure\d+-)?svg)-(?:light|dark)-(\d+)$/;
  const figure = present ? drawn.exec(present.name)?.[1] : undefined;
  if (!figure) return url;
  const fits = forms.filter((form) => form.name.startsWith(`${figure}-${theme}-`)).map((form) => ({ form, width: Number(drawn.exec(form.name)?.[2]) })).sort((one, other) => other.width - one.width);
  return (fits.find((entry) => entry.width <= Math.max(width, 1)) ?? fits[fits.length - 1])?.form.url ?? url;
}

/**
 * The files that a reader may want: one of each type.
 * @param {{name: string, type: string, url: string}[]} forms @returns {{title: string, url: string, file: string}[]}
 */
export function filesOf(forms) {
  /** @type {[string, string][]} */
  const wanted = [["image/svg+xml", "SVG"], ["image/png", "PNG"], ["text/csv", "CSV"], ["application/json", "JSON"], ["text/markdown", "Markdown"]];
  return wanted.flatMap(([type, title]) => {
    const form = forms.filter((entry) => entry.type === type).sort((one, other) => rank(one.name) - rank(other.name))[0];
    return form ? [{ title, url: form.url, file: `${form.name}.${title === "Markdown" ? "md" : title.toLowerCase()}` }] : [];
  });
}

/**
 * Light before dark, wide before narrow.
 * @param {string} name
 */
function rank(name) {
  return (name.startsWith("figure") ? 100000 : 0) + (name.includes("dark") ? 10000 : 0) - Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
}
