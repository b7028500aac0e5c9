// The designer: drag to order, rows to add, saving while one writes. Everything it
// does can be done by buttons and links without it.
(function () {
  "use strict";

  // ---------------------------------------------------------------- drag to order
  var dragged = null;
  var from = null;

  function listUnder(x, y) {
    var below = document.elementFromPoint(x, y);
    return below ? below.closest(".zd-items") || inPage(below) : null;
  }
  function inPage(node) {
    var page = node.closest(".zd-page");
    return page ? page.querySelector(".zd-items") : null;
  }
  function place(list, y) {
    var rows = list.querySelectorAll(".zd-item:not(.is-dragged)");
    for (var i = 0; i < rows.length; i += 1) {
      var box = rows[i].getBoundingClientRect();
      if (y < box.top + box.height / 2) return rows[i];
    }
    return null;
  }
  document.addEventListener("pointerdown", function (event) {
    var handle = event.target.closest("[data-handle]");
    if (!handle || event.button > 0) return;
    event.preventDefault();
    dragged = handle.closest(".zd-item");
    from = dragged.nextElementSibling;
    dragged.classList.add("is-dragged");
    handle.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", function (event) {
    if (!dragged) return;
    var list = listUnder(event.clientX, event.clientY);
    if (list) list.insertBefore(dragged, place(list, event.clientY));
  });
  function drop() {
    if (!dragged) return;
    var item = dragged;
    dragged = null;
    item.classList.remove("is-dragged");
    if (item.nextElementSibling === from && from) return;
    var form = document.getElementById("zd-move");
    var list = item.closest(".zd-items");
    var rows = Array.prototype.slice.call(list.querySelectorAll(".zd-item"));
    form.action = form.dataset.action.replace("CODE", item.dataset.code);
    form.elements.page.value = list.dataset.page;
    form.elements.place.value = rows.indexOf(item);
    form.submit();
  }
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  // ---------------------------------------------------------------- rows to add
  function renumber(row, step) {
    row.querySelectorAll("[name]").forEach(function (field) {
      field.name = field.name.replace(/-(\d+)-/, function (_all, number) {
        return "-" + (Number(number) + step) + "-";
      });
      if (field.type === "checkbox") field.checked = false;
      else field.value = field.tagName === "SELECT" ? field.options[0].value : "";
    });
    return row;
  }
  function addAfter(last, step) {
    var row = renumber(last.cloneNode(true), step);
    last.after(row);
    var first = row.querySelector("input, select");
    if (first) first.focus();
  }
  document.addEventListener("click", function (event) {
    var rows;
    if (event.target.closest("[data-add-row]")) {
      rows = event.target.closest("[data-condition]").querySelectorAll("[data-row]");
      addAfter(rows[rows.length - 1], 1);
    } else if (event.target.closest("[data-add-coded]")) {
      rows = event.target.closest("[data-coded]").querySelectorAll("[data-coded-row]");
      addAfter(rows[rows.length - 1], 1);
    }
  });

  // A value's suggestions are those of the fact chosen beside it.
  function suggest(select) {
    var input = select.closest("[data-row]").querySelector("input");
    var all = select.closest("[data-condition]").querySelector("datalist");
    var id = all.id + "-" + select.name;
    var own = document.getElementById(id);
    if (!own) {
      own = document.createElement("datalist");
      own.id = id;
      all.after(own);
    }
    own.replaceChildren();
    all.querySelectorAll("option").forEach(function (option) {
      if (option.dataset.fact === select.value) own.append(option.cloneNode(true));
    });
    input.setAttribute("list", id);
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-fact]")) suggest(event.target);
  });

  // ---------------------------------------------------------------- saving by itself
  var timer = null;
  var unsaved = null;
  function say(form, text, isWrong) {
    var place = form.querySelector("[data-saved]");
    if (!place) return;
    place.textContent = text;
    place.classList.toggle("zy-error", Boolean(isWrong));
  }
  // One save at a time: a second one, or the button, waits for the stamp of the first.
  var underWay = null;
  function save(form) {
    if (underWay) {
      underWay.then(function () {
        if (form.isConnected) save(form);
      });
      return;
    }
    var sent = new FormData(form);
    underWay = fetch(form.action, {
      method: "POST",
      keepalive: true,
      body: sent,
      headers: { Accept: "application/json" },
    })
      .then(function (response) {
        return response.json().then(function (body) {
          if (!form.isConnected) return;
          if (response.ok) {
            form.elements.stamp.value = body.stamp;
            reload();
          }
          say(form, body.text, !response.ok);
        });
      })
      .catch(function () {
        say(form, form.dataset.lost, true);
      })
      .then(function () {
        underWay = null;
      });
  }
  function reload() {
    var frame = document.querySelector(".zd-frame iframe");
    if (frame && frame.contentWindow) frame.contentWindow.location.reload();
  }
  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-autosave]");
    // A changed code changes the form's own address: it waits for the button.
    if (!form || event.target.name === "code") return;
    window.clearTimeout(timer);
    unsaved = form;
    timer = window.setTimeout(flush, 900);
  });
  // Who goes elsewhere right after typing loses nothing.
  function flush() {
    var form = unsaved;
    window.clearTimeout(timer);
    unsaved = null;
    if (form && form.isConnected) save(form);
  }
  document.addEventListener("htmx:beforeRequest", flush);
  window.addEventListener("pagehide", flush);
  document.addEventListener(
    "submit",
    function (event) {
      window.clearTimeout(timer);
      if (event.target.matches("form[data-autosave]")) unsaved = null;
      else flush();
      if (!underWay || !event.target.matches("form[data-autosave]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      underWay.then(function () {
        if (event.target.isConnected) event.target.requestSubmit(event.submitter);
      });
    },
    true
  );
  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
    var form = document.querySelector("form[data-autosave]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // ---------------------------------------------------------------- after each page
  var scrolled = 0;
  function begin() {
    document.querySelectorAll("[data-add-row], [data-add-coded]").forEach(function (button) {
      button.hidden = false;
    });
    document.querySelectorAll("select[data-fact]").forEach(function (select) {
      if (select.value) suggest(select);
    });
    var outline = document.querySelector("[data-outline]");
    if (outline) outline.scrollTop = scrolled;
    var device = window.sessionStorage.getItem("zd-device");
    var chosen = device && document.getElementById(device);
    if (chosen) chosen.checked = true;
  }
  document.addEventListener("change", function (event) {
    if (event.target.name === "zd-device") {
      window.sessionStorage.setItem("zd-device", event.target.id);
    }
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    // A page that says what is wrong is shown too.
    if ([400, 409].indexOf(event.detail.xhr.status) >= 0) event.detail.shouldSwap = true;
    var outline = document.querySelector("[data-outline]");
    scrolled = outline ? outline.scrollTop : 0;
  });
  document.addEventListener("htmx:afterSettle", function () {
    begin();
    // On a phone the editor stands below the outline: go to what was chosen.
    var editor = document.getElementById("zd-editor");
    if (editor && window.innerWidth < 768 && window.location.search.indexOf("item=") > 0) {
      editor.scrollIntoView();
    }
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
