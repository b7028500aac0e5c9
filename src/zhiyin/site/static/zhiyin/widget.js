// The widget: asks a visitor of any site, at the right moment, once.
//
//   <script src="https://cx.example/w/widget.js" data-widgets="CODE" defer></script>
//   zhiyin.track("paid")                            an event has happened
//   zhiyin.identify("C-1", {plan: "gold"}, signature)  who is here, signed by the server
//   zhiyin.attributes({page: "help"})               what the page says, unsigned
//   zhiyin.show("CODE")                             ask now, because the visitor wishes to
//   zhiyin.mount("CODE", element)                   an inline widget goes here
//   zhiyin.reset()                                  somebody else sits here now
//
// No dependency, no cookie, no eval, no HTML from text, no inline style: it works under
// a content security policy that allows this one host to be loaded and called.
(function () {
  "use strict";

  const script = document.currentScript || document.querySelector("script[data-widgets]");
  const codes = ((script && script.dataset.widgets) || "").split(/[\s,]+/).filter(Boolean);
  const before = window.zhiyin;
  if (before && before.add) {
    // A second copy of the script, or one that was run twice: one of us is enough.
    codes.forEach(before.add);
    return;
  }

  const preview = script ? script.dataset.preview : "";
  const base = preview ? new URL(preview, location.href) : new URL("./", script.src);
  const DAY = 864e5;
  const widgets = new Map();
  let visitor = { id: "", attributes: {}, signature: "", said: {} };
  let tracked = [];
  // Of the windows that lie over the page only one is open at a time.
  let open = null;

  // ---------------------------------------------------------------- small parts

  const memory = {};
  const kept = {
    get: function (name) {
      try {
        return JSON.parse(localStorage.getItem("zhiyin:" + name)) || memory[name];
      } catch (error) {
        return memory[name];
      }
    },
    set: function (name, value) {
      memory[name] = value;
      try {
        localStorage.setItem("zhiyin:" + name, JSON.stringify(value));
      } catch (error) {
        // Private windows and full disks refuse; memory lasts as long as the page.
      }
    },
  };

  function visitorCode() {
    let code = kept.get("visitor");
    if (!code) {
      const parts = crypto.getRandomValues(new Uint32Array(2));
      code = parts[0].toString(36) + parts[1].toString(36);
      kept.set("visitor", code);
    }
    return code;
  }

  // The same visitor always falls on the same percent of the same widget (FNV-1a).
  function percentOf(text) {
    let hash = 2166136261;
    for (let place = 0; place < text.length; place += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(place), 16777619);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    return ((hash ^ (hash >>> 13)) >>> 0) % 100;
  }

  function language() {
    const told = (document.documentElement.lang || navigator.language || "").toLowerCase();
    if (/^zh\b.*(hant|tw|hk|mo)/.test(told)) return "zh-hant";
    return /^zh\b/.test(told) ? "zh-hans" : "en";
  }

  function fits(pattern) {
    const whole = pattern.split("*").map(function (part) {
      return part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    });
    const test = new RegExp("^" + whole.join(".*") + "$");
    const path = location.pathname;
    return [path, path + location.search, path + location.search + location.hash, location.href]
      .some(function (address) { return test.test(address); });
  }

  async function call(code, step, content) {
    const options = { credentials: preview ? "same-origin" : "omit" };
    if (content) {
      options.method = "POST";
      options.keepalive = true;
      options.headers = { "Content-Type": "application/json" };
      options.body = JSON.stringify(content);
    }
    const answer = await fetch(new URL(code + "/" + step, base), options);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.problem || answer.status);
    return told;
  }

  function el(name, attributes, parts) {
    const made = document.createElement(name);
    Object.entries(attributes || {}).forEach(function ([key, value]) {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) {
        made.setAttribute(key, value);
      }
    });
    made.append.apply(made, [].concat(parts || []).filter(Boolean));
    return made;
  }

  function inkOn(colour) {
    const parts = [1, 3, 5].map(function (at) {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    });
    const light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    return light > 0.18 ? "#111" : "#fff";
  }

  function styleOf(config) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":host{all:initial;display:block;--accent:" + config.accent + ";--on:" + inkOn(config.accent) + "}" + STYLE
    );
    return sheet;
  }

  const STYLE = `
*{box-sizing:border-box}
.box{font:15px/1.5 system-ui,-apple-system,"PingFang SC","PingFang TC","Microsoft YaHei",sans-serif;
 color:#1c2430;background:#fff;border:1px solid #c9d0d8;border-radius:12px;padding:16px 18px;
 color-scheme:light;max-width:100%;text-align:left;display:block}
.popover{position:fixed;bottom:20px;width:400px;max-width:calc(100vw - 24px);
 max-height:calc(100vh - 40px);overflow:auto;z-index:2147483000;box-shadow:0 8px 32px #0f172a33}
.popover.right{right:20px}.popover.left{left:20px}
dialog{width:560px;max-width:calc(100vw - 24px);margin:auto;max-height:calc(100vh - 24px);overflow:auto}
dialog:focus{outline:0}
dialog::backdrop{background:#0f172a99}
header,footer{display:flex;justify-content:space-between;align-items:center;gap:12px}
.brand{font-weight:600;color:#566170;font-size:13px}
h2,legend,.q{font-size:17px;line-height:1.4;font-weight:600;margin:0 0 10px;padding:0;display:block}
h2:focus{outline:0}
fieldset{border:0;margin:0 0 16px;padding:0;min-width:0}
button,input,select,textarea{font:inherit;color:inherit}
button,.choice{border:1px solid #76818f;border-radius:8px;background:#fff;cursor:pointer;min-height:44px}
button{padding:6px 14px}
.main{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:600;width:100%}
.close{border:0;min-height:36px;width:36px;padding:0;font-size:20px;line-height:1;color:#566170}
.points{display:grid;grid-template-columns:repeat(auto-fit,minmax(44px,1fr));gap:6px}
.points.many{grid-template-columns:repeat(6,1fr)}
.points button{padding:4px 0}
.points .choice{justify-content:center;padding:0 4px}
.list{display:grid;gap:6px}
.choice{display:flex;gap:10px;align-items:center;padding:4px 12px;text-align:left;width:100%;border-color:#c9d0d8}
.choice:hover,button:hover{border-color:var(--accent)}
.choice:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
input[type=radio],input[type=checkbox]{accent-color:var(--accent);margin:0;flex:none}
.ends{display:flex;justify-content:space-between;gap:12px;font-size:13px;color:#566170;margin-top:6px}
.small,footer{font-size:13px;color:#566170}
.rank{display:flex;gap:10px;align-items:center;margin:6px 0}
textarea,.line,select{width:100%;border:1px solid #76818f;border-radius:8px;padding:8px 10px;background:#fff}
select{width:auto}
textarea{min-height:84px;resize:vertical}
.fault{color:#b5361b;margin:0 0 8px}
footer{margin-top:12px}
a{color:#566170}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button[disabled]{opacity:.6;cursor:default}
@media (prefers-reduced-motion:no-preference){.popover{animation:in .2s ease-out}}
@keyframes in{from{opacity:0;transform:translateY(12px)}}
@media (max-width:480px){.popover.popover{left:12px;right:12px;bottom:12px;width:auto}}`;

  // ---------------------------------------------------------------- questions

  function scale(item, send) {
    const list = item.is_labelled;
    const points = item.points.map(function (point) {
      const name = point.value + (point.end ? ", " + point.end : "");
      const text = list ? point.value + " " + point.label : String(point.value);
      if (send) {
        return el("button", {
          type: "button", class: list ? "choice" : "", "aria-label": list ? null : name,
          click: function () { send([[item.name, String(point.value)]]); },
        }, text);
      }
      return choice("radio", item.name, point.value, text, point.is_chosen, list ? null : name);
    });
    const ends = item.low || item.high
      ? el("div", { class: "ends", "aria-hidden": "true" }, [el("span", {}, item.low), el("span", {}, item.high)])
      : null;
    return [el("div", { class: list ? "list" : points.length > 7 ? "points many" : "points" }, points), ends];
  }

  function choice(type, name, value, text, chosen, label) {
    return el("label", { class: "choice" }, [
      el("input", { type: type, name: name, value: value, checked: chosen, "aria-label": label }),
      el("span", {}, text),
    ]);
  }

  function pick(name, options, label) {
    return el("select", { name: name, "aria-label": label }, options.map(function (option) {
      return el("option", { value: option[0], selected: option[2] }, String(option[1]));
    }));
  }

  const SHAPES = {
    scale: scale,
    matrix: function (item) {
      return item.rows.map(function (row) {
        const points = Object.assign({}, item, { name: item.name + ".row." + row.code, points: row.points });
        return el("fieldset", {}, [el("div", { class: "small" }, row.text)].concat(scale(points)));
      });
    },
    choice: function (item) {
      const parts = [];
      item.options.forEach(function (option) {
        parts.push(choice(item.input, item.name, option.code, option.label, option.is_chosen));
        if (option.has_text) {
          parts.push(el("input", {
            class: "line", name: item.name + ".other", maxlength: 500, value: item.other, "aria-label": option.label,
          }));
        }
      });
      return [el("div", { class: "list" }, parts)];
    },
    ranking: function (item) {
      return item.options.map(function (option) {
        const places = [["", "–", false]].concat(option.places.map(function (place) {
          return [place[0], place[0], place[1]];
        }));
        return el("div", { class: "rank" }, [
          pick(item.name + ".rank." + option.code, places, option.label), el("span", {}, option.label),
        ]);
      });
    },
    consent: function (item, send, texts) {
      return [
        el("div", { class: "list" }, [
          choice("radio", item.name, "yes", texts.yes, item.chosen === "yes"),
          choice("radio", item.name, "no", texts.no, item.chosen === "no"),
        ]),
        el("div", { class: "rank" }, [el("span", {}, texts.when), pick(item.name + ".time", item.times, texts.when)]),
      ];
    },
    text: function (item) {
      return [el("textarea", { name: item.name, "aria-label": item.text, rows: 3, maxlength: 5000 }, item.value)];
    },
    number: function (item) {
      return [el("input", {
        class: "line", name: item.name, inputmode: item.mode, maxlength: 40, value: item.value, "aria-label": item.text,
      })];
    },
    date: function (item) {
      return [el("input", {
        class: "line", type: "date", name: item.name, value: item.value, min: item.least, max: item.most,
        "aria-label": item.text,
      })];
    },
    statement: function () { return []; },
  };

  function question(item, send, texts) {
    const words = item.text + (item.is_required ? " *" : "");
    return el("fieldset", {}, [
      el("legend", {}, words),
      item.fault && el("p", { class: "fault", role: "alert" }, item.fault),
      (item.help || item.hint) && el("p", { class: "small" }, item.help || item.hint),
    ].concat(SHAPES[item.shape](item, send, texts)));
  }

  // ---------------------------------------------------------------- one widget

  class Widget {
    constructor(code) {
      this.code = code;
      this.state = "loading";
      this.timer = 0;
      this.load();
    }

    async load() {
      try {
        this.config = await call(this.code, "config/?lang=" + language());
      } catch (error) {
        console.warn("zhiyin: " + this.code + ": " + error.message);
        return;
      }
      this.state = "waiting";
      this.arrive();
      tracked.forEach((name) => this.meet("events", name));
    }

    get seen() { return kept.get(this.code) || {}; }

    // An answer settles what was before it: an open box counts as turned away till then.
    note(what) {
      const past = what === "answered" ? {} : this.seen;
      if (!preview) kept.set(this.code, Object.assign({}, past, { [what]: Date.now() }));
    }

    // Whether the frequency lets this visitor be asked again.
    isDue() {
      const seen = this.seen;
      const often = this.config.frequency;
      function rested(at, days) {
        return !at || (typeof days === "number" && Date.now() - at >= days * DAY);
      }
      const share = typeof often.share === "number" ? often.share : 100;
      return rested(seen.answered, often.after_answer)
        && rested(seen.dismissed, often.after_dismissal)
        && rested(seen.refused, 1)
        && percentOf(visitorCode() + this.code) < share;
    }

    isHere() {
      const urls = this.config.triggers.urls || [];
      return !urls.length || urls.some(fits);
    }

    // A page was opened, by the browser or by the application.
    arrive() {
      clearTimeout(this.timer);
      if (this.state === "failed" || (this.host && !this.host.isConnected)) this.leave();
      if (this.state !== "waiting") return;
      const when = this.config.triggers;
      if (preview || !(when.events && when.events.length || when.seconds || when.scroll || when.exit)) {
        this.ask();
      } else if (when.seconds) {
        this.timer = setTimeout(() => this.ask(), when.seconds * 1000);
      }
    }

    // Something has happened that may be what this widget waits for.
    meet(kind, value) {
      if (this.state !== "waiting") return;
      const wanted = this.config.triggers[kind];
      const is = kind === "events" ? (wanted || []).includes(value) : kind === "scroll" ? wanted && value >= wanted : wanted;
      if (is) this.ask();
    }

    place() {
      return this.element || document.querySelector('[data-zhiyin="' + CSS.escape(this.code) + '"]');
    }

    async ask(isWished) {
      if (this.state !== "waiting" || !this.config.live) return;
      const isOver = this.config.shape !== "inline";
      this.hadPlace = !!this.place();
      if (isOver ? open : !this.place()) return;
      if (!isWished && !preview && !(this.isHere() && this.isDue())) return;
      this.state = "asking";
      if (isOver) open = this;
      try {
        const told = await call(this.code, "open/", { lang: language(), who: visitor });
        if (!told.asked) {
          this.leave();
          this.note("refused");
          return;
        }
        this.stamp = told.stamp;
        this.lang = told.lang;
        this.stand(isOver);
        this.draw(told.page);
      } catch (error) {
        console.warn("zhiyin: " + this.code + ": " + error.message);
        this.leave();
        // Not again before the next page: scrolling would call a hundred times.
        this.state = "failed";
      }
    }

    // Put the empty box where it belongs.
    stand(isOver) {
      const config = this.config;
      const isModal = config.shape === "page";
      this.from = document.activeElement;
      this.host = el("div", { "data-zhiyin-host": this.code });
      this.root = this.host.attachShadow({ mode: "closed" });
      this.root.adoptedStyleSheets = [styleOf(config)];
      this.box = el(isModal ? "dialog" : "section", {
        class: "box " + config.shape + " " + config.corner, lang: this.lang,
        role: isModal ? null : isOver ? "dialog" : "region", "aria-label": config.brand,
      });
      this.root.append(this.box);
      (isOver ? document.body : this.place()).append(this.host);
      if (isModal) {
        this.box.addEventListener("cancel", (event) => {
          event.preventDefault();
          this.dismiss();
        });
        this.box.showModal();
      }
      this.state = "open";
      if (isOver) this.note("dismissed");
    }

    frame(parts) {
      const texts = this.config.texts;
      const close = this.config.shape === "inline" ? null : el("button", {
        type: "button", class: "close", "aria-label": texts.close, click: () => this.dismiss(),
      }, "×");
      this.box.replaceChildren(
        el("header", {}, [el("span", { class: "brand" }, this.config.brand), close]),
        ...parts.filter(Boolean),
      );
      if (this.config.privacy) {
        this.box.append(el("footer", {}, [
          el("a", { href: this.config.privacy, target: "_blank", rel: "noopener" }, texts.privacy),
        ]));
      }
    }

    draw(page) {
      const texts = this.config.texts;
      const send = (fields) => this.send(page.number, fields);
      const isOne = page.number === 0;
      const form = el("form", {
        novalidate: true,
        submit: (event) => {
          event.preventDefault();
          send([...new FormData(form)].map(([name, value]) => [name, String(value)]));
        },
      }, page.items.map((item) => question(item, isOne && item.shape === "scale" && send, texts)));
      if (!isOne) form.append(el("button", { class: "main" }, page.is_last ? texts.send : texts.next));
      this.problem = el("p", { class: "fault", role: "alert" });
      this.frame([page.title && el("h2", {}, page.title), form, this.problem]);
      if (this.wasSent) this.focusOn(form.querySelector("legend"));
    }

    focusOn(element) {
      if (!element) return;
      element.tabIndex = -1;
      element.focus({ preventScroll: this.config.shape !== "inline" });
    }

    async send(number, fields) {
      if (this.isBusy) return;
      this.isBusy = true;
      this.box.querySelectorAll("button.main,.points button").forEach((one) => { one.disabled = true; });
      try {
        const told = await call(this.code, "answer/", {
          stamp: this.stamp, lang: this.lang, page: number, fields: fields, who: visitor,
        });
        this.isBusy = false;
        this.wasSent = true;
        if (!(told.page && told.page.number === number)) this.note("answered");
        if (told.page) this.draw(told.page);
        else this.thank(told);
      } catch (error) {
        this.isBusy = false;
        this.box.querySelectorAll("button").forEach((one) => { one.disabled = false; });
        const isOurs = error.name !== "TypeError" && !/^\d+$/.test(error.message);
        this.problem.textContent = isOurs ? error.message : this.config.texts.failed;
      }
    }

    thank(told) {
      this.state = "thanked";
      const heading = el("h2", {}, told.thanks || "");
      this.frame([el("div", { role: "status" }, [heading, told.next && el("p", {}, told.next)])]);
      this.focusOn(heading);
    }

    dismiss() {
      if (!this.wasSent) this.note("dismissed");
      this.leave();
    }

    // Take the box away, and give the keyboard back to where it was.
    leave() {
      const had = this.host && document.activeElement === this.host;
      if (this.host) this.host.remove();
      if (had && this.from && this.from.isConnected) this.from.focus();
      this.host = this.root = this.box = null;
      this.wasSent = false;
      if (open === this) open = null;
      this.state = "waiting";
    }
  }

  // ---------------------------------------------------------------- what happens on the page

  function all(action) {
    widgets.forEach(action);
  }

  let address = location.href;
  function moved() {
    if (location.href === address) return;
    address = location.href;
    tracked = [];
    all(function (widget) { widget.arrive(); });
  }
  ["pushState", "replaceState"].forEach(function (name) {
    const was = history[name];
    history[name] = function () {
      const result = was.apply(this, arguments);
      setTimeout(moved);
      return result;
    };
  });
  addEventListener("popstate", moved);
  addEventListener("hashchange", moved);
  addEventListener("scroll", function () {
    const root = document.documentElement;
    const share = ((scrollY + innerHeight) / Math.max(root.scrollHeight, 1)) * 100;
    all(function (widget) { widget.meet("scroll", share); });
  }, { passive: true });
  document.addEventListener("mouseout", function (event) {
    if (event.relatedTarget || event.clientY > 0) return;
    all(function (widget) { widget.meet("exit"); });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && open && open.box && open.config.shape === "popover") open.dismiss();
  });
  // An application may put the place of an inline widget on the page at any time.
  new MutationObserver(function () {
    all(function (widget) {
      if (!widget.config || widget.config.shape !== "inline") return;
      const hadPlace = widget.hadPlace;
      widget.hadPlace = !!widget.place();
      if (widget.hadPlace && !hadPlace) widget.arrive();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });

  const api = {
    add: function (code) {
      if (!widgets.has(code)) widgets.set(code, new Widget(code));
    },
    track: function (name) {
      tracked.push(name);
      all(function (widget) { widget.meet("events", name); });
    },
    identify: function (id, attributes, signature) {
      visitor = Object.assign({}, visitor, {
        id: String(id || ""), attributes: attributes || {}, signature: signature || "",
      });
    },
    attributes: function (said) {
      visitor = Object.assign({}, visitor, { said: Object.assign({}, visitor.said, said) });
    },
    show: function (code) {
      const widget = widgets.get(code);
      if (widget) widget.ask(true);
    },
    mount: function (code, element) {
      api.add(code);
      const widget = widgets.get(code);
      widget.element = element;
      if (widget.config) widget.arrive();
    },
    reset: function () {
      visitor = { id: "", attributes: {}, signature: "", said: {} };
      tracked = [];
      all(function (widget) { if (widget.host) widget.leave(); });
    },
  };
  window.zhiyin = Object.freeze(api);
  // Calls made before the script was there: window.zhiyin = [["track", "paid"], ...].
  if (Array.isArray(before)) {
    before.forEach(function (each) {
      if (api[each[0]]) api[each[0]].apply(null, each.slice(1));
    });
  }
  codes.forEach(api.add);
})();
