// @ts-check
// Read before anything is drawn, so that a chosen scheme shows from the first moment on.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("scheme");
  } catch {
    // A browser may keep its store shut; then the system's scheme holds.
  }
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.scheme = chosen;
  }
}
