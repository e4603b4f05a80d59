// The one thing a page can't do without a script: open the browser's own print window. The button shows only where this runs.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
