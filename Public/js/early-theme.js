// Runs before the first paint, so that the other theme never flashes.
try {
  const chosen = localStorage.getItem("fidelio-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be unavailable; then the system's theme is used.
}

// The modules of the page that the address names are asked for together, instead of one after another. A test compares the lists with what is imported.
{
  const script = document.currentScript;
  const pages = /** @type {Record<string, string>} */ ({
    "": "pages/home live parts study-rows",
    runs: "pages/runs kept-views labels live metric-names parts run-columns run-groups runs-question table",
    studies: "pages/studies live metric-names parts running-cards study-picture study-rows",
    compare: "pages/compare comparison-fields comparison-figures figure form-fields live metric-names parts share-dialog shared-runs table views",
  });
  const [page = "", ...inner] = location.pathname.split("/").filter(Boolean);
  // The sign-in page has this script, too, but no modules.
  if (script instanceof HTMLScriptElement && script.dataset.pages !== undefined && !inner.length) {
    for (const name of pages[page]?.split(" ") ?? []) {
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.href = new URL(`${name}.js`, script.src).href;
      document.head.append(link);
    }
  }
}
