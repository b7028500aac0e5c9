// The kiosk: one customer after another, with or without a network.
//
// The whole questionnaire is fetched once and kept by the service worker beside this
// page. A finished answer goes into the browser's own database first and leaves it only
// when the server says that it has it; its key makes the same answer count once,
// however often it is sent. No dependency, no inline script or style, no HTML from text.
(function () {
  "use strict";

  const root = document.getElementById("kiosk");
  const RETRY = 60000;
  const BATCH = 20;
  const WARNING = 8;
  let setup = null;
  let run = null;
  let touched = Date.now();
  let problem = "";
  let tries = 0;
  let lockedUntil = 0;

  // ---------------------------------------------------------------- small parts

  function el(name, attributes, parts) {
    const made = document.createElement(name);
    Object.entries(attributes || {}).forEach(function ([key, value]) {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
    });
    made.append.apply(made, [].concat(parts === undefined ? [] : parts).filter(function (part) { return part || part === 0; }));
    return made;
  }

  function button(text, style, act, more) {
    return el("button", Object.assign({ type: "button", class: style, click: act }, more), text);
  }

  function show(parts, style) {
    root.className = style || "";
    root.replaceChildren.apply(root, parts.filter(Boolean));
    const title = root.querySelector("h1");
    if (title) title.focus();
  }

  function inkOn(colour) {
    const parts = [1, 3, 5].map(function (at) {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] > 0.18 ? "#111" : "#fff";
  }

  // ---------------------------------------------------------------- what is asked

  // The same rules as on the server, which goes through every answer again.
  function number(value) {
    if (typeof value !== "number" && String(value).trim() === "") return null;
    const read = Number(value);
    return Number.isNaN(read) ? null : read;
  }
  function listed(value) { return Array.isArray(value) ? value : [value]; }
  function same(given, wanted) {
    if (typeof given === "number" || typeof wanted === "number") {
      return number(given) !== null && number(given) === number(wanted);
    }
    return String(given) === String(wanted);
  }
  function oneOf(given, wanted) {
    return listed(given).some(function (one) {
      return listed(wanted).some(function (each) { return same(one, each); });
    });
  }
  function ordered(given, wanted, test) {
    const pair = [number(given), number(wanted)];
    if (pair[0] !== null && pair[1] !== null && !Array.isArray(given)) return test(pair[0], pair[1]);
    return typeof given === "string" && typeof wanted === "string" && pair[1] === null && test(given, wanted);
  }
  const TESTS = {
    is: function (given, wanted) { return listed(given).length === 1 && same(listed(given)[0], wanted); },
    one_of: oneOf,
    contains: function (given, wanted) {
      return typeof given === "string" ? given.toLowerCase().includes(String(wanted).toLowerCase()) : oneOf(given, [wanted]);
    },
    at_least: function (given, wanted) { return ordered(given, wanted, function (a, b) { return a >= b; }); },
    at_most: function (given, wanted) { return ordered(given, wanted, function (a, b) { return a <= b; }); },
  };
  const DENIALS = { is_not: "is", not_one_of: "one_of", not_contains: "contains" };

  function isKnown(value) { return value !== null && value !== undefined && value !== "" && value.length !== 0; }

  function holds(condition, facts) {
    if (!condition || !Object.keys(condition).length) return true;
    if (condition.all) return condition.all.every(function (each) { return holds(each, facts); });
    if (condition.any) return condition.any.some(function (each) { return holds(each, facts); });
    if (condition.not) return !holds(condition.not, facts);
    if (!condition.fact) return false;
    const value = facts[condition.fact];
    if (condition.op === "known") return isKnown(value);
    if (condition.op === "unknown") return !isKnown(value);
    const denied = DENIALS[condition.op];
    if (denied) return !(isKnown(value) && TESTS[denied](value, condition.value));
    return Boolean(TESTS[condition.op]) && isKnown(value) && TESTS[condition.op](value, condition.value);
  }

  function valueOf(item, fields) {
    const name = "item-" + item.code;
    const given = fields.filter(function (pair) { return pair[0] === name && pair[1] !== ""; }).map(function (pair) { return pair[1]; });
    if (item.shape === "ranking") {
      return fields.filter(function (pair) { return pair[0].startsWith(name + ".rank.") && pair[1]; })
        .sort(function (one, other) { return one[1] - other[1]; })
        .map(function (pair) { return pair[0].slice((name + ".rank.").length); });
    }
    if (item.shape === "consent") {
      const time = fields.find(function (pair) { return pair[0] === name + ".time"; });
      return given[0] === "yes" && time ? ["yes", time[1]] : given;
    }
    if (item.shape === "choice") return given;
    if (item.shape === "scale" || item.shape === "number") return given.length ? number(given[0]) : null;
    return given.length ? given[0] : null;
  }

  function factsFrom(item, fields) {
    const facts = {};
    if (item.shape === "matrix") {
      const name = "item-" + item.code + ".row.";
      const rows = fields.filter(function (pair) { return pair[0].startsWith(name); });
      rows.forEach(function (pair) { facts["answer." + item.code + "." + pair[0].slice(name.length)] = Number(pair[1]); });
      if (rows.length) facts["answer." + item.code] = rows.map(function (pair) { return Number(pair[1]); });
      return facts;
    }
    const value = valueOf(item, fields);
    if (isKnown(value)) facts["answer." + item.code] = value;
    return facts;
  }

  function classOf(item, score) {
    if (typeof score !== "number" || !item.cuts) return null;
    return score <= item.cuts[0] ? "detractor" : score >= item.cuts[1] ? "promoter" : "passive";
  }

  // The items asked of somebody who gave these answers, in their order.
  function course(items, pages, given, known) {
    const facts = Object.assign({}, known);
    const open = {};
    const asked = [];
    let target = "";
    items.forEach(function (item, place) {
      if (target === item.code) target = "";
      if (target) return;
      if (!(item.page in open)) open[item.page] = holds((pages[item.page - 1] || {}).shown_if, facts);
      if (!open[item.page] || (item.asked_of && item.asked_of !== facts.class) || !holds(item.shown_if, facts)) return;
      Object.assign(facts, factsFrom(item, given[item.code] || []));
      if (item.is_primary) {
        const found = classOf(item, facts["answer." + item.code]);
        if (found) facts.class = found;
      }
      asked.push(item);
      const skip = item.skips.find(function (each) { return each.to && holds(each.if, facts); });
      if (skip && (skip.to === "end" || items.slice(place + 1).some(function (later) { return later.code === skip.to; }))) target = skip.to;
    });
    return asked;
  }

  function asked() {
    const known = Object.assign({ language: run.language }, setup.known);
    return course(setup.items, setup.pages, run.given, known);
  }

  // ---------------------------------------------------------------- the queue

  let database = null;
  function store(mode) {
    database = database || new Promise(function (done, failed) {
      const request = indexedDB.open("zhiyin-kiosk:" + location.pathname, 1);
      request.onupgradeneeded = function () { request.result.createObjectStore("answers", { keyPath: "key" }); };
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { failed(request.error); };
    });
    return database.then(function (opened) { return opened.transaction("answers", mode).objectStore("answers"); });
  }
  function finished(request) {
    return new Promise(function (done, failed) {
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { failed(request.error); };
    });
  }
  async function kept() { return finished((await store("readonly")).getAll()); }
  async function keep(answer) { return finished((await store("readwrite")).put(answer)); }
  async function drop(key) { return finished((await store("readwrite")).delete(key)); }

  async function post(batch, waiting) {
    const answer = await fetch("answers/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sent_at: new Date().toISOString(), waiting: waiting, answers: batch }),
    });
    if (answer.status === 404 || answer.status === 410) {
      closed();
      return null;
    }
    return answer.ok ? answer.json() : null;
  }

  let sending = false;
  async function send() {
    if (sending) return;
    sending = true;
    try {
      let told = null;
      do {
        const waiting = await kept();
        const batch = waiting.slice(0, BATCH);
        told = await post(batch, waiting.length - batch.length);
        if (!told || !batch.length) break;
        for (const key of told.done) await drop(key);
        // What the server cannot read today it will not read tomorrow either.
        for (const each of told.refused) await drop(each.key);
      } while (told.done.length + told.refused.length);
    } catch (error) {
      // No network: what waits goes with the next attempt.
    } finally {
      sending = false;
    }
  }

  function key() {
    const parts = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(parts, function (part) { return part.toString(16).padStart(2, "0"); }).join("");
  }

  // A customer who walks away has said what was said: it is sent as unfinished.
  async function finish(isComplete) {
    const done = run;
    run = null;
    if (!done || !Object.keys(done.given).length) return;
    const shown = isComplete ? course(setup.items, setup.pages, done.given, Object.assign({ language: done.language }, setup.known)) : setup.items;
    const fields = shown.flatMap(function (item) { return done.given[item.code] || []; });
    if (!fields.length) return;
    await keep({
      key: done.key, version: setup.version, language: done.language, began_at: done.began,
      finished_at: new Date().toISOString(), is_complete: isComplete, fields: fields,
    });
    send();
  }

  // ---------------------------------------------------------------- questions

  function texts() { return setup.texts[run ? run.language : setup.languages[0].code]; }

  function said(code) {
    const item = setup.items.find(function (each) { return each.code === code; });
    const shown = item && texts().items[code];
    const value = item ? valueOf(item, run.given[code] || []) : "";
    return listed(isKnown(value) ? value : "").map(function (one) {
      const option = ((shown && shown.options) || []).find(function (each) { return each.code === one; });
      return option ? option.label : one;
    }).join(run.language.startsWith("zh") ? "、" : ", ");
  }
  function filled(text) { return String(text || "").replace(/\{answer\.([^{}]*)\}/g, function (whole, code) { return said(code); }); }

  function kept_in(fields, name, value) {
    return fields.some(function (pair) { return pair[0] === name && pair[1] === String(value); });
  }

  function scale(shown, name, fields, go) {
    const isList = shown.is_labelled;
    const points = shown.points.map(function (point) {
      const label = isList ? point.value + " " + point.label : String(point.value);
      const isOn = kept_in(fields, name, point.value);
      if (go) {
        return button(label, isList ? "choice" : "point", function () { go([[name, String(point.value)]]); },
          { "aria-pressed": String(isOn), "aria-label": point.end && !isList ? point.value + ", " + point.end : null });
      }
      return choice("radio", name, point.value, label, isOn, isList ? "choice" : "point");
    });
    return [
      el("div", { class: isList ? "list" : points.length > 7 ? "points many" : "points" }, points),
      (shown.low || shown.high) && el("div", { class: "ends", "aria-hidden": "true" }, [el("span", {}, shown.low), el("span", {}, shown.high)]),
    ];
  }

  function choice(type, name, value, text, isOn, style) {
    return el("label", { class: style || "choice" }, [
      el("input", { type: type, name: name, value: value, checked: isOn }), el("span", {}, text),
    ]);
  }

  function pick(name, pairs, chosen, label) {
    return el("select", { name: name, "aria-label": label }, pairs.map(function (pair) {
      return el("option", { value: pair[0], selected: String(pair[0]) === chosen }, String(pair[1]));
    }));
  }

  function typed(fields, name) {
    const found = fields.find(function (pair) { return pair[0] === name; });
    return found ? found[1] : "";
  }

  const SHAPES = {
    scale: scale,
    matrix: function (shown, name, fields) {
      return shown.rows.map(function (row) {
        return el("fieldset", {}, [el("legend", {}, filled(row.text))].concat(scale(shown, name + ".row." + row.code, fields)));
      });
    },
    choice: function (shown, name, fields, go) {
      const isPlain = shown.input === "radio" && !shown.options.some(function (option) { return option.has_text; });
      return [el("div", { class: "list" }, shown.options.flatMap(function (option) {
        const isOn = kept_in(fields, name, option.code);
        const label = filled(option.label);
        if (isPlain) return button(label, "choice", function () { go([[name, option.code]]); }, { "aria-pressed": String(isOn) });
        return [
          choice(shown.input, name, option.code, label, isOn),
          option.has_text && el("input", { class: "line", name: name + ".other", maxlength: 500, value: typed(fields, name + ".other"), "aria-label": label }),
        ];
      }))];
    },
    ranking: function (shown, name, fields) {
      return shown.options.map(function (option) {
        const places = [["", "–"]].concat(option.places.map(function (place) { return [place[0], place[0]]; }));
        const at = name + ".rank." + option.code;
        return el("div", { class: "rank" }, [pick(at, places, typed(fields, at), option.label), el("span", {}, filled(option.label))]);
      });
    },
    consent: function (shown, name, fields) {
      const ui = texts().ui;
      return [
        el("div", { class: "list" }, [
          choice("radio", name, "yes", ui.yes, kept_in(fields, name, "yes")),
          choice("radio", name, "no", ui.no, kept_in(fields, name, "no")),
        ]),
        el("div", { class: "rank" }, [el("span", {}, ui.when), pick(name + ".time", shown.times, typed(fields, name + ".time"), ui.when)]),
      ];
    },
    text: function (shown, name, fields) {
      return [el("textarea", { name: name, rows: 4, maxlength: 5000, "aria-label": shown.text }, typed(fields, name))];
    },
    number: function (shown, name, fields) {
      return [el("input", { class: "line", name: name, inputmode: shown.mode, maxlength: 40, value: typed(fields, name), "aria-label": shown.text })];
    },
    date: function (shown, name, fields) {
      return [el("input", { class: "line", type: "date", name: name, min: shown.least, max: shown.most, value: typed(fields, name), "aria-label": shown.text })];
    },
    statement: function () { return []; },
  };

  function shuffle(items) {
    // Drawn anew for every customer; what stays at the end is named by the server.
    Object.values(run.orders).length || setup.items.forEach(function (item) { if (item.is_shuffled) run.orders[item.code] = Math.random(); });
    return items;
  }
  function arranged(item, shown) {
    shuffle();
    if (!item.is_shuffled || !shown.options) return shown;
    const order = function (option) {
      const drawn = Math.sin((run.orders[item.code] + 1) * 997 * (shown.options.indexOf(option) + 1)) * 1e4;
      return item.last.includes(option.code) ? 2 + shown.options.indexOf(option) : drawn - Math.floor(drawn);
    };
    return Object.assign({}, shown, { options: shown.options.slice().sort(function (a, b) { return order(a) - order(b); }) });
  }

  function question(place, fault) {
    const items = asked();
    const item = items[place];
    if (!item) {
      thanks();
      return;
    }
    const shown = arranged(item, texts().items[item.code]);
    const name = "item-" + item.code;
    const fields = run.given[item.code] || [];
    const ui = texts().ui;
    run.place = place;
    function go(given) {
      const answered = given.filter(function (pair) { return pair[1].trim() !== ""; });
      if (item.is_required && item.shape !== "statement" && !isKnown(valueOf(item, answered)) && !(item.shape === "matrix" && answered.length)) {
        question(place, ui.required);
        return;
      }
      if (answered.length) run.given[item.code] = answered;
      else delete run.given[item.code];
      question(asked().indexOf(item) + 1);
    }
    const isOneTouch = item.shape === "scale" || (item.shape === "choice" && shown.input === "radio" && !shown.options.some(function (option) { return option.has_text; }));
    const form = el("form", {
      novalidate: true,
      submit: function (event) {
        event.preventDefault();
        go(Array.from(new FormData(form), function (pair) { return [pair[0], String(pair[1])]; }));
      },
    }, [
      el("h1", { tabindex: -1, id: "asked" }, filled(shown.text)),
      fault && el("p", { class: "fault", role: "alert" }, fault),
      (shown.help || shown.hint) && el("p", { class: "hint" }, filled(shown.help || shown.hint)),
      el("div", { class: "shape", role: "group", "aria-labelledby": "asked" }, SHAPES[item.shape](shown, name, fields, isOneTouch ? go : null).filter(Boolean)),
      isOneTouch && item.is_required ? null : el("div", { class: "steps" }, isOneTouch
        ? button(ui.skip, "quiet", function () { go(fields); })
        : el("button", { type: "submit", class: "main" }, place + 1 < items.length ? ui.next : ui.send)),
    ]);
    const bar = el("progress", { value: place, max: items.length, "aria-label": ui.progress });
    show([head(), bar, form, el("footer", {}, [
      place ? button(ui.back, "quiet", function () { question(place - 1); }) : el("span"),
      button(ui.again, "quiet", function () { finish(false).then(start); }),
    ])]);
  }

  function head() {
    return el("header", {}, [el("span", { class: "brand" }, setup.brand), button("⋮", "corner", leave, { "aria-label": texts().ui.staff })]);
  }

  function begin(language) {
    run = { key: key(), language: language, began: new Date().toISOString(), given: {}, place: 0, orders: {} };
    document.documentElement.lang = language;
    const whole = document.documentElement;
    if (whole.requestFullscreen && !document.fullscreenElement) whole.requestFullscreen().catch(function () {});
    question(0);
  }

  function start() {
    run = null;
    document.documentElement.lang = setup.languages[0].code;
    const isOne = setup.languages.length === 1;
    show([
      head(),
      el("div", { class: "middle" }, [
        el("h1", { tabindex: -1 }, setup.brand),
        el("p", {}, setup.languages.map(function (each) { return setup.texts[each.code].ui.invitation; }).filter(function (text, at, all) { return all.indexOf(text) === at; }).flatMap(function (text) { return [text, el("br")]; })),
        el("div", { class: "begin" }, setup.languages.map(function (each) {
          return button(isOne ? setup.texts[each.code].ui.begin : each.name, "main", function () { begin(each.code); }, { lang: each.code });
        })),
      ]),
    ], "start");
  }

  async function thanks() {
    const words = texts();
    const back = button(words.ui.begin_again, "quiet", start);
    const parts = [head(), el("div", { class: "middle" }, [
      el("h1", { tabindex: -1 }, filled(words.thanks) || words.ui.thanks), el("p", {}, filled(words.next)), back,
    ])];
    await finish(true);
    show(parts, "thanks");
    setTimeout(function () { if (back.isConnected) start(); }, setup.device.thanks_seconds * 1000);
  }

  function closed() {
    setup = setup || { brand: "", texts: {}, languages: [] };
    setup.open = false;
    run = null;
    show([el("div", { class: "middle" }, [el("h1", { tabindex: -1 }, setup.brand), el("p", {}, root.dataset.closed)])], "start");
  }

  // ---------------------------------------------------------------- staff

  async function isPin(pin) {
    const bytes = Uint8Array.from(setup.device.salt.match(/../g), function (part) { return parseInt(part, 16); });
    const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes, iterations: setup.device.rounds }, material, 256);
    return Array.from(new Uint8Array(bits), function (part) { return part.toString(16).padStart(2, "0"); }).join("") === setup.device.pin;
  }

  function leave() {
    const ui = texts().ui;
    const field = el("input", { class: "line pin", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 8, "aria-label": ui.pin });
    const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"].map(function (digit) {
      return button(digit, "point", function () { field.value = (field.value + digit).slice(0, 8); });
    });
    const form = el("form", {
      novalidate: true,
      submit: async function (event) {
        event.preventDefault();
        if (Date.now() < lockedUntil) return;
        if (await isPin(field.value).catch(function () { return false; })) {
          tries = 0;
          await panel();
          return;
        }
        tries += 1;
        if (tries % 5 === 0) lockedUntil = Date.now() + 60000;
        field.value = "";
        form.querySelector(".fault").textContent = Date.now() < lockedUntil ? ui.locked : ui.wrong;
      },
    }, [el("h1", { tabindex: -1 }, ui.pin), el("p", { class: "fault", role: "alert" }), field, el("div", { class: "pad" }, keys),
      el("div", { class: "steps" }, [el("button", { type: "submit", class: "main" }, ui.leave), button(ui.stay, "quiet", back)])]);
    show([form], "staff");
  }

  function back() {
    if (run) question(run.place);
    else start();
  }

  async function panel() {
    const ui = texts().ui;
    await finish(false);
    await send();
    const waiting = (await kept()).length;
    if (document.fullscreenElement) document.exitFullscreen();
    root.dataset.left = "1";
    show([el("div", { class: "middle" }, [
      el("h1", { tabindex: -1 }, setup.device.name), el("p", {}, ui.waiting + " " + waiting), el("p", { class: "hint" }, ui.left),
      button(ui.resume, "main", function () { delete root.dataset.left; start(); }),
    ])], "staff");
  }

  // ---------------------------------------------------------------- time

  function watch() {
    const idle = Math.round((Date.now() - touched) / 1000);
    const box = document.getElementById("still");
    const left = setup && setup.open ? setup.device.idle_seconds - idle : 0;
    const isAway = Boolean(run) || root.className === "staff";
    if (!setup || !setup.open || root.dataset.left || !isAway || left > WARNING) {
      box.hidden = true;
    } else if (left > 0) {
      box.hidden = false;
      box.textContent = texts().ui.still + " " + left;
    } else {
      box.hidden = true;
      finish(false).then(start);
    }
  }

  async function load() {
    const answer = await fetch("setup.json");
    if (answer.status === 404 || answer.status === 410) {
      closed();
      return;
    }
    const fresh = await answer.json();
    setup = fresh;
    if (!setup.open) {
      closed();
      return;
    }
    document.documentElement.style.setProperty("--accent", setup.device.accent);
    document.documentElement.style.setProperty("--on", inkOn(setup.device.accent));
    if (!run && !root.dataset.left) start();
  }

  window.zhiyinKiosk = { course: course, holds: holds, send: send, kept: kept };
  ["pointerdown", "keydown", "input"].forEach(function (name) {
    addEventListener(name, function () { touched = Date.now(); }, true);
  });
  addEventListener("contextmenu", function (event) { event.preventDefault(); });
  addEventListener("online", send);
  setInterval(watch, 1000);
  setInterval(function () {
    send();
    // A new wording or colour comes in between two customers, never during one.
    if (!run && root.className === "start") load().catch(function () {});
  }, RETRY);
  const worker = navigator.serviceWorker
    ? navigator.serviceWorker.register("worker.js").catch(function (error) { console.warn("kiosk: " + error.message); })
    : Promise.resolve();
  load().catch(function (error) { problem = error.message; root.textContent = root.dataset.failed + " " + problem; });
  worker.then(send);
})();
