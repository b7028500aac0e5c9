// The queue by keyboard, and the search in the tree of causes. Both only help:
// without this file every row has its links and every cause its box.
(function () {
  "use strict";

  function rows() {
    return Array.prototype.slice.call(document.querySelectorAll("tr[data-case]"));
  }
  function focused() {
    return document.querySelector("tr[data-case].is-focus");
  }
  function go(step) {
    var all = rows();
    if (!all.length) return;
    var at = all.indexOf(focused());
    var next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach(function (row) { row.classList.remove("is-focus"); });
    next.classList.add("is-focus");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  function isTyping(target) {
    return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  }
  function count() {
    var shown = document.querySelector("[data-chosen]");
    if (!shown) return;
    var n = document.querySelectorAll("tr[data-case] input[name=id]:checked").length;
    shown.textContent = shown.getAttribute("data-chosen").replace("0", String(n));
    shown.closest("[data-bulk]").toggleAttribute("data-any", n > 0);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !rows().length) return;
    if (isTyping(event.target)) return;
    var row = focused();
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && row) {
      var box = row.querySelector("input[name=id]");
      if (box) { box.checked = !box.checked; count(); }
    } else if (event.key === "Enter" && row && !event.target.closest("a, button, summary")) {
      window.location.assign(row.getAttribute("data-case"));
    } else return;
    event.preventDefault();
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-choose-all]")) {
      document.querySelectorAll("tr[data-case] input[name=id]").forEach(function (box) {
        box.checked = event.target.checked;
      });
    }
    if (event.target.matches("[data-choose-all], tr[data-case] input[name=id]")) count();
    if (event.target.matches("input[name=primary]")) {
      var chosen = document.querySelector('input[name=causes][value="' + event.target.value + '"]');
      if (chosen) chosen.checked = true;
    }
  });

  // A word shows the causes that contain it, with the trees they stand in.
  document.addEventListener("input", function (event) {
    if (!event.target.matches("[data-find-cause]")) return;
    var word = event.target.value.trim().toLowerCase();
    document.querySelectorAll("[data-causes] details").forEach(function (tree) {
      var any = false;
      tree.querySelectorAll("[data-cause]").forEach(function (line) {
        var fits = line.getAttribute("data-cause").toLowerCase().indexOf(word) >= 0;
        line.hidden = !fits && !line.querySelector("input[name=causes]:checked");
        any = any || !line.hidden;
      });
      tree.querySelectorAll("h4").forEach(function (head) { head.hidden = word !== ""; });
      tree.hidden = !any;
      tree.open = word !== "" && any;
    });
  });
})();
