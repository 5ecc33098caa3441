// What the page can do beyond being read: leave testbeds out, change between light and
// dark, and answer to whoever points at a figure, by mouse, finger or key.
(() => {
"use strict";
const root = document.documentElement;
const [bar, theme, tip, said] = ["bar", "theme", "tip", "said"].map(id => document.getElementById(id));
const all = (within, what) => Array.from(within.querySelectorAll(what));
const numbers = text => text.split(" ").map(Number);
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

// add appends an element, of SVG within SVG. Words are never read as markup.
const add = (to, name, attributes, words) => {
  const el = document.createElementNS(to.namespaceURI, name);
  for (const k in attributes) el.setAttribute(k, attributes[k]);
  if (words !== undefined) el.textContent = words;
  return to.appendChild(el);
};

// Light and dark.
const prefers = matchMedia("(prefers-color-scheme: dark)");
const dark = () => (root.dataset.theme || (prefers.matches ? "dark" : "light")) === "dark";
const shown = () => theme.setAttribute("aria-pressed", dark());
theme.onclick = () => { root.dataset.theme = dark() ? "light" : "dark"; shown(); };
prefers.onchange = shown;
shown();
bar.hidden = false;

// Testbeds, and whether they are shown.
const testbeds = all(bar, "label").map(label => ({ name: label.textContent.trim(), color: label.className }));
const out = t => t !== undefined && root.classList.contains("no" + t);
const gone = el => { const of = el.closest("[data-t]"); return of && out(of.dataset.t); };
let quiet = () => {}; // takes back what a figure says
for (const box of all(bar, "[data-toggle]")) {
  box.onchange = () => { root.classList.toggle("no" + box.dataset.toggle, !box.checked); quiet(); };
}

// tell shows words and rows of values beside a point of the window, and has them read
// out where they were asked for by key.
let reading;
const tell = (x, y, words, names, rows, aloud) => {
  tip.replaceChildren();
  add(tip, "div", {}, words);
  if (rows.length) {
    const table = add(tip, "table", {});
    if (names.length > 1) {
      const head = add(table, "tr", {});
      for (const n of ["", ...names]) add(head, "td", {}, n);
    }
    for (const r of rows) {
      const row = add(table, "tr", {}), th = add(row, "th", { scope: "row" });
      if (r.testbed) { add(th, "i", { class: r.testbed.color }); th.append(r.testbed.name); }
      for (const v of r.values) add(row, "td", {}, v || "–");
    }
  }
  tip.hidden = false;
  const w = tip.offsetWidth, h = tip.offsetHeight;
  const left = x + 14 + w > innerWidth - 6 ? x - w - 14 : x + 14, top = y - h - 12 < 6 ? y + 18 : y - h - 12;
  tip.style.transform = `translate(${clamp(left, 6, Math.max(6, innerWidth - w - 6))}px,${clamp(top, 6, Math.max(6, innerHeight - h - 6))}px)`;
  clearTimeout(reading);
  if (aloud) reading = setTimeout(() => { said.textContent = tip.innerText; }, 200);
};

// nice returns the least of 1, 2, 5 times a power of ten that is not below v.
const nice = v => {
  const power = 10 ** Math.floor(Math.log10(v));
  return power * ([1, 2, 5].find(m => m * power >= v * (1 - 1e-9)) || 10);
};
const write = (v, digits) => v.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const readPanel = el => {
  const [x, y, w, h] = numbers(el.dataset.area), d = el.dataset, zooms = d.x !== undefined;
  const [low, high] = zooms ? numbers(d.x) : [0, 1];
  const curves = all(el, ".curve").map(c => ({
    t: c.dataset.t, name: c.dataset.name, reach: Number(c.dataset.reach), at: numbers(c.dataset.at), y: c.dataset.y.split("|"), x: (c.dataset.x || "").split("|"),
  }));
  const layers = name => all(el, name).map(g => ({ g, was: Array.from(g.childNodes) }));
  return { el, x, y, w, h, low, high, zooms, curves, unit: d.unit ? "\u00a0" + d.unit : "", ramp: d.ramp && numbers(d.ramp), data: all(el, ".data"), ticks: layers(".x"), users: layers(".u") };
};

// figure makes a drawing answer.
const figure = box => {
  const svg = box.querySelector("svg"), width = svg.viewBox.baseVal.width;
  const title = svg.querySelector("title"), label = title.textContent;
  const marks = all(svg, ".m").map(el => {
    const words = el.textContent; // shown here, and not by the browser as well
    el.replaceChildren();
    const v = name => Number(el.getAttribute(name));
    return { el, words, x: v("x"), y: v("y"), w: v("width"), h: v("height") };
  });
  const panels = all(svg, ".panel").map(readPanel), pins = all(svg, ".pin");
  const zooming = panels.filter(p => p.zooms), asked = panels.filter(p => p.curves.length);
  if (!marks.length && !asked.length) return;
  title.remove();
  svg.removeAttribute("aria-labelledby");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("aria-describedby", svg.querySelector("desc").id);

  let from = 0, to = 1; // what is seen of x, as shares of the whole
  let at = null, chosen = -1, by = asked[0]; // the share, mark and panel that are told of
  let drag = null, extras = [];
  const place = (p, share) => p.x + p.w * (share - from) / (to - from); // on the drawing
  const shareOf = (p, x) => p.zooms ? from + (x - p.x) / p.w * (to - from) : (x - p.x) / p.w;

  const clear = () => { for (const e of extras) e.remove(); extras = []; };
  const hush = () => { clear(); tip.hidden = true; at = null; chosen = -1; };
  const draw = (to, name, attributes) => extras.push(add(to, name, attributes));

  // client is where in the window a point of the drawing is; the box is scrolled there.
  const client = (x, y, scroll) => {
    let r = svg.getBoundingClientRect(), b = box.getBoundingClientRect();
    const s = r.width / width;
    if (scroll && (r.left + x * s < b.left + 20 || r.left + x * s > b.right - 20)) {
      box.scrollLeft += r.left + x * s - (b.left + b.right) / 2;
      r = svg.getBoundingClientRect();
    }
    return [r.left + x * s, r.top + y * s];
  };

  const tellMark = (i, x, y, aloud) => {
    clear();
    chosen = i;
    const m = marks[i];
    draw(svg, "rect", { class: "ring", x: m.x - 1.5, y: m.y - 1.5, width: m.w + 3, height: m.h + 3, rx: 2 });
    if (aloud) [x, y] = client(m.x + m.w / 2, m.y, true);
    tell(x, y, m.words, [], [], aloud);
  };

  // nearest is the index of a curve's point next to x, or -1 where there is none near.
  const nearest = (c, x, reach) => {
    let low = 0, high = c.at.length - 1;
    while (low < high) { const middle = (low + high) >> 1; if (c.at[middle] < x) low = middle + 1; else high = middle; }
    if (low > 0 && x - c.at[low - 1] < c.at[low] - x) low--;
    return Math.abs(c.at[low] - x) <= reach ? low : -1;
  };

  const usersAt = (p, t) => Math.min(p.ramp[0] + Math.floor(t * (p.ramp[1] - p.ramp[0] + 1) / p.ramp[2]), p.ramp[1]);

  const tellAt = (p, share, x, y, aloud) => {
    clear();
    at = clamp(share, 0, 1);
    by = p;
    const told = p.zooms ? zooming : [p], names = [], of = new Map();
    let words = "", least = Infinity;
    for (const q of told) {
      const px = q.x + q.w * at, line = q.zooms ? place(q, at) : px;
      if (line >= q.x - .1 && line <= q.x + q.w + .1) draw(q.el, "path", { class: "line", d: `M${line} ${q.y}v${q.h}` });
      let before = "";
      for (const c of q.curves) {
        if (out(c.t)) continue;
        const i = nearest(c, px, c.reach);
        if (i >= 0 && !p.zooms && Math.abs(c.at[i] - px) < least) { least = Math.abs(c.at[i] - px); words = c.x[i] + p.unit; }
        if (!names.includes(c.name)) names.splice(before ? names.indexOf(before) + 1 : names.length, 0, c.name);
        before = c.name;
        if (!of.has(c.t)) of.set(c.t, {});
        of.get(c.t)[c.name] = i < 0 ? "" : c.y[i];
      }
    }
    if (p.zooms) {
      const t = p.low + (p.high - p.low) * at;
      words = write(t, Math.max(0, 2 - Math.floor(Math.log10((p.high - p.low) * (to - from))))) + p.unit;
      if (p.ramp) words += `, ${usersAt(p, t)} users`;
    }
    if (names.length === 1) words += ": " + names[0].toLowerCase();
    const rows = [...of.keys()].sort((a, b) => a - b).map(t => ({ testbed: testbeds[t], values: names.map(n => of.get(t)[n] || "") }));
    if (aloud) [x, y] = client(p.zooms ? place(p, at) : p.x + p.w * at, p.y, true);
    tell(x, y, words, names, rows, aloud);
  };

  // Zooming.
  let buttons = [];
  const ticks = p => {
    const low = p.low + (p.high - p.low) * from, high = p.low + (p.high - p.low) * to;
    const step = nice((high - low) / Math.max(2, Math.floor(p.w / 32))), digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const line = (g, x, y, h) => add(g, "path", { class: g.firstElementChild.getAttribute("class"), "stroke-width": .4, d: `M${x} ${y}v${h}` });
    const name = (g, model, x, words) => {
      const text = g.appendChild(model.cloneNode());
      for (const a of ["textLength", "lengthAdjust"]) text.removeAttribute(a);
      text.setAttribute("text-anchor", "middle");
      text.setAttribute("x", x);
      text.textContent = words;
      return text;
    };
    for (const { g, was } of p.ticks) {
      const axis = was.find(e => e.nodeName === "path" && /h/.test(e.getAttribute("d"))), model = was.find(e => e.nodeName === "text");
      g.replaceChildren(...was);
      if (!axis) continue;
      const y = axis.getBBox().y;
      g.replaceChildren(axis);
      for (let v = Math.ceil(low / step - 1e-9); v * step <= high + step * 1e-9; v++) {
        const x = place(p, (v * step - p.low) / (p.high - p.low));
        line(g, x, y, 2.5);
        if (model) name(g, model, x, write(v * step, digits));
      }
    }
    if (!p.ramp || p.users.length < 2) return;
    const [first, last, over] = p.ramp, start = u => (u - first) * over / (last - first + 1);
    const where = u => place(p, (start(u) - p.low) / (p.high - p.low)), [a, b] = [low, high].map(t => usersAt(p, t));
    p.users[0].g.firstElementChild.setAttribute("d", `M${p.x} ${p.y}H${clamp(where(usersAt(p, p.high)), p.x, p.x + p.w)}`);
    const { g, was } = p.users[1], model = was.find(e => e.nodeName === "text"), mark = was.find(e => e.nodeName === "path");
    if (!model || !mark) return;
    const word = all(p.el, ":scope > text").find(e => e.textContent === "users"), taken = word && word.getBBox();
    g.replaceChildren(mark);
    const by = Math.max(1, nice((b - a) / Math.max(2, Math.floor(p.w / 25)) || 1));
    for (let u = Math.ceil(a / by) * by; u <= b; u += by) {
      const x = where(u);
      if (x < p.x - .1 || x > p.x + p.w + .1) continue;
      line(g, x, p.y, -2);
      const text = name(g, model, x, u), box = text.getBBox();
      if (taken && box.x < taken.x + taken.width + 1 && box.x + box.width > taken.x - 1) text.remove();
    }
    mark.remove();
  };
  const zoom = (a, b) => {
    const w = clamp(b - a, .01, 1);
    from = clamp(a, 0, 1 - w);
    to = from + w;
    const whole = w === 1;
    for (const p of zooming) {
      const k = 1 / (to - from);
      for (const d of p.data) {
        if (whole) d.removeAttribute("transform");
        else d.setAttribute("transform", `matrix(${k} 0 0 1 ${p.x - k * (p.x + from * p.w)} 0)`);
      }
      for (const { g, was } of [...p.ticks, ...p.users]) g.replaceChildren(...was);
      if (!whole) ticks(p);
      else if (p.users[0]) p.users[0].g.firstElementChild.setAttribute("d", p.line);
    }
    for (const pin of pins) {
      const x = Number(pin.dataset.at), p = zooming.find(p => x >= p.x - .1 && x <= p.x + p.w + .1);
      if (!p) continue;
      const share = (x - p.x) / p.w, off = place(p, share) - x;
      if (whole) pin.removeAttribute("transform");
      else pin.setAttribute("transform", `translate(${off} 0)`);
      pin.setAttribute("visibility", share >= from - 1e-6 && share <= to + 1e-6 ? "visible" : "hidden");
    }
    box.classList.toggle("zoomed", !whole);
    buttons.forEach((b, i) => { b.disabled = i === 1 ? w < .0101 : whole; });
  };
  const closer = factor => {
    const w = clamp((to - from) * factor, .01, 1), about = at === null || at < from || at > to ? (from + to) / 2 : at;
    zoom(about - (about - from) * w / (to - from), about - (about - from) * w / (to - from) + w);
    if (at !== null) tellAt(by, at, 0, 0, true);
  };
  if (zooming.length) {
    for (const p of zooming) if (p.users[0]) p.line = p.users[0].g.firstElementChild.getAttribute("d");
    box.classList.add("zooms");
    const tools = document.createElement("div");
    tools.className = "tools";
    box.after(tools);
    buttons = [["−", "Zoom out", () => closer(2)], ["+", "Zoom in", () => closer(.5)], ["Whole run", "", () => { hush(); zoom(0, 1); }]].map(([words, name, act]) => {
      const b = add(tools, "button", name ? { type: "button", "aria-label": name, title: name } : { type: "button" }, words);
      b.onclick = act;
      return b;
    });
    add(tools, "span", { class: "mouse" }, "Drag across the figure to look closer at a time.");
    add(tools, "span", { class: "touch" }, "Spread two fingers sideways to look closer at a time.");
    zoom(0, 1);
  }

  // Mouse and finger.
  const point = e => {
    const r = svg.getBoundingClientRect(), s = width / r.width;
    return [(e.clientX - r.left) * s, (e.clientY - r.top) * s];
  };
  const within = (p, x, y) => x >= p.x && x <= p.x + p.w && y >= p.y && y <= p.y + p.h;
  const move = e => {
    if (pinch) return;
    const [x, y] = point(e);
    quiet = hush;
    if (drag) {
      clear();
      drag.to = clamp(shareOf(drag.p, x), from, to);
      for (const p of zooming) {
        const [a, b] = [drag.from, drag.to].map(s => place(p, s)).sort((a, b) => a - b);
        draw(p.el, "rect", { class: "span", x: a, y: p.y, width: b - a, height: p.h });
      }
      return;
    }
    let best = -1, least = 5;
    marks.forEach((m, i) => {
      if (gone(m.el)) return;
      const d = Math.hypot(Math.max(m.x - x, 0, x - m.x - m.w), Math.max(m.y - y, 0, y - m.y - m.h)) +
        Math.hypot(m.x + m.w / 2 - x, m.y + m.h / 2 - y) / 1000;
      if (d < least) [best, least] = [i, d];
    });
    const p = asked.find(p => within(p, x, y));
    if (best >= 0) tellMark(best, e.clientX, e.clientY, false);
    else if (p) tellAt(p, shareOf(p, x), e.clientX, e.clientY, false);
    else hush();
  };
  svg.onpointermove = move;
  svg.onpointerdown = e => {
    if (e.pointerType === "touch") { move(e); return; }
    const [x, y] = point(e), p = zooming.find(p => within(p, x, y));
    if (!p || e.button !== 0) return;
    e.preventDefault();
    box.focus({ preventScroll: true });
    svg.setPointerCapture(e.pointerId);
    hush();
    drag = { p, from: shareOf(p, x), to: shareOf(p, x) };
  };
  svg.onpointerup = () => {
    if (!drag) return;
    const [a, b] = [drag.from, drag.to].sort((a, b) => a - b);
    drag = null;
    clear();
    if ((b - a) / (to - from) > .015) zoom(a, b);
  };
  svg.onpointercancel = () => { drag = null; clear(); };
  svg.onpointerleave = e => { if (e.pointerType !== "touch" && !drag) hush(); };
  svg.ondblclick = () => { if (zooming.length) zoom(0, 1); };

  // Two fingers beside each other hold on to the times that they lie on. Fingers above each
  // other magnify the page, and one scrolls it, as everywhere.
  let pinch = null;
  const fingers = e => Array.from(e.touches).filter(f => box.contains(f.target)).map(point).sort((a, b) => a[0] - b[0]);
  const far = (a, b) => Math.max(b - a, width / 40); // that they may not meet
  if (zooming.length) {
    box.addEventListener("touchstart", e => {
      pinch = null;
      const two = fingers(e);
      if (two.length !== 2) return;
      const [[x1, y1], [x2, y2]] = two, p = zooming.find(p => within(p, x1, y1)) || zooming.find(p => within(p, x2, y2));
      if (!p || x2 - x1 < Math.abs(y2 - y1)) return;
      e.preventDefault();
      hush();
      const held = shareOf(p, x1);
      pinch = { p, held, apart: shareOf(p, x1 + far(x1, x2)) - held };
    }, { passive: false });
    box.addEventListener("touchmove", e => {
      if (!pinch) return;
      e.preventDefault();
      const [[x1], [x2]] = fingers(e), p = pinch.p, w = clamp(pinch.apart * p.w / far(x1, x2), .01, 1);
      const a = pinch.held - (x1 - p.x) / p.w * w;
      zoom(a, a + w);
    }, { passive: false });
    for (const end of ["touchend", "touchcancel"]) box.addEventListener(end, () => { pinch = null; });
  }

  // Keys.
  const step = by => {
    const some = marks.map((m, i) => i).filter(i => !gone(marks[i].el));
    if (!some.length) return;
    const now = some.indexOf(chosen);
    tellMark(some[now < 0 ? (by > 0 ? 0 : some.length - 1) : clamp(now + by, 0, some.length - 1)], 0, 0, true);
  };
  const walk = share => {
    const s = clamp(share, 0, 1), w = to - from;
    if (by.zooms && s < from) zoom(s, s + w);
    if (by.zooms && s > to) zoom(s - w, s);
    tellAt(by, s, 0, 0, true);
  };
  const stride = () => (by && by.zooms ? to - from : 1) / 40;
  const keys = {
    ArrowRight: e => marks.length ? step(1) : walk((at === null ? from : at) + stride() * (e.shiftKey ? 5 : 1)),
    ArrowLeft: e => marks.length ? step(-1) : walk((at === null ? to : at) - stride() * (e.shiftKey ? 5 : 1)),
    Home: () => marks.length ? step(-marks.length) : walk(0),
    End: () => marks.length ? step(marks.length) : walk(1),
    "+": () => zooming.length && closer(.5), "=": () => zooming.length && closer(.5),
    "-": () => zooming.length && closer(2), "0": () => zooming.length && (hush(), zoom(0, 1)),
    Escape: () => { drag = null; hush(); },
  };
  if (marks.length) { keys.ArrowDown = () => step(1); keys.ArrowUp = () => step(-1); }
  box.onkeydown = e => {
    const act = keys[e.key];
    if (!act || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    quiet = hush;
    act(e);
  };
  box.onfocus = () => {
    quiet = hush;
    if (!box.matches(":focus-visible") || drag) return;
    if (marks.length) step(1);
    else walk((from + to) / 2);
  };
  box.onblur = hush;
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-roledescription", "interactive figure");
  box.setAttribute("aria-label", label + (zooming.length ? ": arrow keys move in time, plus and minus zoom, 0 shows the whole run" : ": arrow keys move between values"));
};
all(document, ".plot").forEach(figure);
addEventListener("scroll", () => { if (!document.activeElement.matches(".plot")) quiet(); }, { passive: true });
addEventListener("pointerdown", e => { if (!e.target.closest(".plot")) quiet(); });
})();
