// Upload with progress, and a mapping page that follows its choices. Both work without.
(function () {
  var form = document.getElementById("upload");
  if (!form) return;
  var input = document.getElementById("files");
  var chosen = document.getElementById("chosen");
  var error = document.getElementById("upload-error");
  var bar = document.getElementById("upload-progress");
  var drop = form.querySelector(".im-drop");

  function megabytes(bytes) {
    return (bytes / 1048576).toFixed(1) + " MB";
  }
  function tooLarge() {
    var limit = Number(form.dataset.limit);
    return Array.prototype.find.call(input.files, function (file) { return file.size > limit; });
  }
  function show() {
    var large = tooLarge();
    chosen.replaceChildren();
    Array.prototype.forEach.call(input.files, function (file) {
      var item = document.createElement("li");
      item.textContent = file.name + " · " + megabytes(file.size);
      chosen.appendChild(item);
    });
    error.textContent = large ? form.dataset.tooLarge.replace("{name}", large.name) : "";
  }
  function busy(on) {
    bar.hidden = !on;
    form.querySelector("button[type=submit]").disabled = on;
  }
  function fail(text) {
    busy(false);
    error.textContent = text;
  }
  function finished(request) {
    if (request.responseURL && request.responseURL.indexOf("/new/") < 0 && request.status < 400) {
      window.location.assign(request.responseURL);
      return;
    }
    var page = new DOMParser().parseFromString(request.responseText, "text/html");
    var told = page.querySelector(".zy-message");
    fail(told ? told.textContent.trim() : form.dataset.failed);
  }
  input.addEventListener("change", show);
  ["dragover", "dragleave", "drop"].forEach(function (name) {
    drop.addEventListener(name, function (event) {
      event.preventDefault();
      drop.classList.toggle("is-over", name === "dragover");
      if (name === "drop") {
        input.files = event.dataTransfer.files;
        show();
      }
    });
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (tooLarge()) return;
    error.textContent = "";
    busy(true);
    var request = new XMLHttpRequest();
    request.open("POST", window.location.href);
    request.upload.addEventListener("progress", function (moved) {
      if (moved.lengthComputable) bar.value = (100 * moved.loaded) / moved.total;
    });
    request.addEventListener("load", function () { finished(request); });
    request.addEventListener("error", function () { fail(form.dataset.failed); });
    request.send(new FormData(form));
  });
})();

(function () {
  // A changed role brings its own settings: the server draws the columns anew.
  var form = document.getElementById("mapping");
  if (!form) return;
  form.addEventListener("change", function (event) {
    if (!event.target.hasAttribute("data-update")) return;
    var focused = event.target.id || event.target.name;
    var data = new FormData(form);
    data.append("update", "1");
    fetch(window.location.pathname, { method: "POST", body: data, credentials: "same-origin" })
      .then(function (response) { return response.ok ? response.text() : Promise.reject(); })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        var columns = page.getElementById("columns");
        if (!columns) return;
        document.getElementById("columns").replaceWith(columns);
        var again = document.getElementById(focused) || form.querySelector("[name='" + focused + "']");
        if (again) again.focus();
      })
      .catch(function () { /* The page still works: the button sends the same. */ });
  });
})();
