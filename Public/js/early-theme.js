// Runs before the first paint, so that a remembered theme never flashes the other one.
try {
  const chosen = localStorage.getItem("fidelio-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then the system's theme is followed.
}
