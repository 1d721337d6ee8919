// Runs before the first paint, so that the other theme never flashes.
try {
  const chosen = localStorage.getItem("fidelio-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be unavailable; then the system's theme is used.
}
