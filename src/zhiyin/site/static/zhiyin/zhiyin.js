// Small manners of the frame. Everything works without this file.
document.addEventListener("click", function (event) {
  document.querySelectorAll("details.zy-menu[open]").forEach(function (menu) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
});
document.addEventListener("keydown", function (event) {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.zy-menu[open]").forEach(function (menu) {
    menu.removeAttribute("open");
  });
});
// A form marked so sends itself when a choice changes.
document.addEventListener("change", function (event) {
  var form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});
// Copy the text of the element a button names.
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-copy]");
  if (!button) return;
  var source = document.querySelector(button.getAttribute("data-copy"));
  if (!source || !navigator.clipboard) return;
  navigator.clipboard.writeText(source.value || source.textContent.trim()).then(function () {
    button.setAttribute("data-copied", "");
  });
});
