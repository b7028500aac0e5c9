// Set light or dark before the first paint, so that the page does not flash.
(function () {
  var root = document.documentElement;
  var wanted = root.getAttribute("data-theme") || "auto";
  if (wanted === "auto") {
    wanted = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute("data-bs-theme", wanted);
})();
