// Puts the theme that was chosen on the document before anything is drawn. A
// classic script in the head, so that no page flashes in the other one first;
// `theme-switch.js` changes it.
{
  const mark = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("gw-theme");
    } catch {
      // Storage can be blocked; then the system's preference holds.
    }
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
  };
  mark();
  // Another tab has switched.
  addEventListener("storage", (event) => {
    if (event.key === "gw-theme") mark();
  });
}
