// Makes a flame graph live: as wide as its window; click or Enter zooms; Ctrl-F or / searches; arrows walk; Escape and a double click go
// back. All it needs it reads out of the picture: a <g> a frame, with a name, a place and details in its <title>, and its <rect>.
// lockwrap_flame(element) starts it on one <svg class="lockwrap-flame">; a file of its own does so itself.
"use strict";
function lockwrap_flame(svg) {
  const kSvg = "http://www.w3.org/2000/svg", kHtml = "http://www.w3.org/1999/xhtml";
  // As in flame_svg.cpp.
  const kMargin = 10, kRowHeight = 18, kColumnWidth = 7.3, kTextOffset = 13, kTextPadding = 4, kFewestColumns = 3, kThin = 3, kLeastCovered = 0.02;
  const kNarrow = 940, kToolsHeight = 34;
  const side = svg.dataset.side, lock_row = Number(svg.dataset.lockRow);
  const head = svg.querySelector(".head"), frames_group = svg.querySelector(".frames");
  if (!frames_group) return;  // nothing waited: nothing to zoom into
  const width_before = svg.viewBox.baseVal.width;
  const is_document = svg === document.documentElement;
  const frames = [], frame_of_element = new Map();
  let zoomed = null, search = "", width = 0, head_bottom = 0;

  // --- Frames ---

  const last_in_row = [];
  function parent_of(frame) {
    if (side === "waiter") return last_in_row[frame.row - 1] || null;
    if (side === "holder") return last_in_row[frame.row + 1] || null;
    if (frame.row === lock_row) return null;
    if (frame.row < lock_row) return last_in_row[frame.row + 1];
    return last_in_row[frame.row === lock_row + 1 ? lock_row - 1 : frame.row - 1];
  }
  for (const element of frames_group.children) {
    const lines = element.querySelector("title").textContent.split("\n");
    const rect = element.querySelector("rect"), kind = element.classList[0], is_function = kind === "w" || kind === "h";
    const has_place = is_function && lines.length > 2;
    const frame = {
      element, rect, kind, text: element.querySelector("text"), name: lines[0], place: has_place ? lines[1] : "",
      note: element.dataset.note || "", mark: element.dataset.mark || "",
      details: lines.slice(has_place ? 2 : 1).join(" "), row: Math.round(Number(rect.getAttribute("y")) / kRowHeight),
      start: (Number(rect.getAttribute("x")) - kMargin) / (width_before - 2 * kMargin),
      width: Number(rect.getAttribute("width")) / (width_before - 2 * kMargin), shown: true
    };
    frame.end = frame.start + frame.width;
    frame.parent = parent_of(frame);
    last_in_row[frame.row] = frame;
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", frames.length === 0 ? "0" : "-1");
    if (frame.text) frame.text.setAttribute("aria-hidden", "true");  // the title is the button's name, and says more
    frame_of_element.set(element, frame);
    frames.push(frame);
  }

  // --- Labels, as fitted_label in svg_text.cpp ---

  function columns_of(text) {
    let columns = 0;
    for (const character of text) columns += character.codePointAt(0) >= 0x1100 ? 2 : 1;
    return columns;
  }
  function without_scope(name) {
    let begin = 0, depth = 0;
    for (let at = 0; at < name.length; ++at) {
      if ("<({[".includes(name[at])) ++depth;
      if (">)}]".includes(name[at])) --depth;
      if (depth === 0 && name.startsWith("::", at)) begin = at + 2;
    }
    return depth === 0 ? name.slice(begin) : name;
  }
  function cut(text, columns) {
    let used = 0, kept = "";
    for (const character of text) {
      used += columns_of(character);
      if (used + 2 > columns) break;
      kept += character;
    }
    return kept + "..";
  }
  function fitted_label({name, place, note, mark}, columns) {
    if (mark) {
      for (const text of [place && name + " " + place + ", " + note, name + ", " + note]) if (text && columns_of(text) <= columns) return text;
      const rest = columns > 2 ? fitted_label({name}, columns - 2) : "";
      return columns < 1 ? "" : rest ? mark + " " + rest : mark;
    }
    if (columns < kFewestColumns) return "";
    let text = name, fitting = columns_of(name) <= columns ? name : "";
    for (const part of [place && " " + place, note && ", " + note].filter(Boolean)) {
      text += part;
      if (columns_of(text) <= columns) fitting = text;
    }
    if (fitting || !name) return fitting;
    const last = without_scope(name);
    return columns_of(last) <= columns ? last : cut(last, columns);
  }

  // --- Header: text flows, the tools stand beside it or below ---

  function make(parent, namespace, tag, attributes) {
    const element = document.createElementNS(namespace, tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    parent.appendChild(element);
    return element;
  }
  const tools_place = make(svg, kSvg, "foreignObject", {height: kToolsHeight});
  const tools = make(tools_place, kHtml, "div", {class: "tools"});
  const input = make(tools, kHtml, "input", {
    type: "search", placeholder: "Search (/), a regex", "aria-label": "Search functions and locks, a regular expression"});
  const back = make(tools, kHtml, "button", {type: "button", title: "Show everything again (Escape)"});
  back.textContent = "Reset zoom";
  const matches = make(tools, kHtml, "output", {class: "matches", "aria-live": "polite"});
  const status_name = make(head, kSvg, "text", {class: "status-name", x: kMargin});
  const status_detail = make(head, kSvg, "text", {class: "status-detail", x: kMargin});
  const hints = ["Click a frame to zoom into it, Reset zoom to go back.", "By keys: arrows and Enter, / to search, Escape."];
  const flowing = [...head.querySelectorAll(".heading, .subtitle, .explanation")].map(
    element => ({element, text: element.textContent, height: element.classList.contains("heading") ? 24 : 19}));
  const chips = [...head.querySelectorAll(".chip")];

  // Breaks a text into lines of at most `limit` pixels; returns where the next one begins.
  function flow_text(item, y, limit) {
    const {element, text, height} = item;
    element.textContent = "";
    let line = null, words = "";
    const new_line = () => {
      line = make(element, kSvg, "tspan", {x: kMargin, y});
      y += height;
    };
    new_line();
    for (const word of text.split(" ")) {
      const longer = words ? words + " " + word : word;
      line.textContent = longer;
      if (words && line.getComputedTextLength() > limit) {
        line.textContent = words;
        new_line();
        line.textContent = word;
        words = word;
      } else {
        words = longer;
      }
    }
    return y;
  }
  function cut_to(element, text, limit) {
    element.textContent = text;
    for (let length = text.length; length > 1 && element.getComputedTextLength() > limit;) {
      length = Math.min(length - 1, Math.ceil(length * limit / element.getComputedTextLength()));
      element.textContent = text.slice(0, length) + "..";
    }
  }
  function flow_head() {
    const is_narrow = width < kNarrow, inner = width - 2 * kMargin, tools_width = is_narrow ? inner : 580;
    let y = 27;
    for (const item of flowing) {
      y = flow_text(item, y, is_narrow || y > 20 + kToolsHeight ? inner : inner - tools_width - kMargin);
    }
    let x = kMargin;
    y -= 6;
    for (const chip of chips) {
      const chip_width = 20 + chip.querySelector("text").getComputedTextLength();
      if (x > kMargin && x + chip_width > width - kMargin) {
        x = kMargin;
        y += 20;
      }
      chip.setAttribute("transform", "translate(" + x + "," + y + ")");
      x += chip_width + 24;
    }
    y += 22;
    tools_place.setAttribute("x", is_narrow ? kMargin : width - kMargin - tools_width);
    tools_place.setAttribute("y", is_narrow ? y : 10);
    tools_place.setAttribute("width", tools_width);
    tools.classList.toggle("beside", !is_narrow);
    if (is_narrow) {
      tools_place.setAttribute("height", 2 * kToolsHeight);
      const wrapped = tools.getBoundingClientRect().height;
      y += Math.max(kToolsHeight, Math.min(2 * kToolsHeight, wrapped + 6));
    }
    status_name.setAttribute("y", y + 12);
    status_detail.setAttribute("y", y + 29);
    head_bottom = y + 40;
  }
  function tell(frame) {
    const inner = width - 2 * kMargin, columns = Math.floor(inner / kColumnWidth);
    status_name.setAttribute("class", frame ? "status-name" : "status-detail");
    if (frame) status_name.textContent = fitted_label({name: frame.name, place: frame.place}, columns);
    else cut_to(status_name, hints[0], inner);
    cut_to(status_detail, frame ? frame.details : hints[1], inner);
  }

  // --- Zoom ---

  // Which part of the whole is shown above the locks, of them and below. A waiting place and those who held belong together; the callers of
  // either have nothing to do with each other, so that a zoom into one side keeps the whole place on the other.
  function ranges() {
    if (!zoomed) return {above: {start: 0, end: 1}, lock: {start: 0, end: 1}, below: {start: 0, end: 1}};
    if (side !== "both") return {above: zoomed, lock: zoomed, below: zoomed};
    let place = zoomed;
    while (place.parent && place.parent.parent) place = place.parent;
    return {above: zoomed.row <= lock_row ? zoomed : place, lock: place, below: zoomed.row >= lock_row ? zoomed : place};
  }
  function draw() {
    const inner = width - 2 * kMargin, seen = ranges(), edge = 1e-7, covered = [];
    for (const frame of frames) {
      const range = frame.row < lock_row ? seen.above : frame.row > lock_row ? seen.below : seen.lock;
      const scale = inner / (range.end - range.start);
      const from = Math.max(frame.start, range.start), to = Math.min(frame.end, range.end);
      frame.shown = to - from > Math.min(edge, frame.width / 2);
      if (!frame.shown) continue;
      covered[frame.row] = (covered[frame.row] || 0) + (to - from) * scale;
      frame.x = kMargin + (from - range.start) * scale;
      frame.pixels = (to - from) * scale;
      frame.element.classList.toggle("away", frame.start < range.start - edge || frame.end > range.end + edge);
      frame.element.classList.toggle("thin", frame.pixels < kThin);
      frame.rect.setAttribute("x", frame.x);
      frame.rect.setAttribute("width", frame.pixels);
      const label = fitted_label(frame, Math.floor((frame.pixels - 2 * kTextPadding) / kColumnWidth));
      if (label && !frame.text) frame.text = make(frame.element, kSvg, "text", {y: frame.row * kRowHeight + kTextOffset, "aria-hidden": "true"});
      if (!frame.text) continue;
      frame.text.textContent = label;
      frame.text.setAttribute("x", frame.x + kTextPadding);
    }
    // Rows that are nearly empty are left out, as rows_worth_showing in flame_layout.cpp does.
    const is_worth = row => covered[row] >= kLeastCovered * inner;
    const rows = Object.keys(covered).map(Number).filter(is_worth), first = Math.min(...rows), last = Math.max(...rows);
    for (const frame of frames) {
      frame.shown = frame.shown && frame.row >= first && frame.row <= last;
      frame.element.style.display = frame.shown ? "" : "none";
    }
    frames_group.setAttribute("transform", "translate(0," + (head_bottom - first * kRowHeight) + ")");
    svg.setAttribute("height", head_bottom + (last + 1 - first) * kRowHeight + kMargin);
    back.disabled = !zoomed;
  }
  function zoom(frame) {
    zoomed = frame && frame.kind !== "a" ? frame : null;
    draw();
    tell(frame);
  }

  // --- Search ---

  // How much of the whole is covered by the matching frames of some rows; callers of a match do not count twice.
  function share_of(chosen) {
    const spans = frames.filter(frame => frame.hit && chosen(frame)).sort((left, right) => left.start - right.start);
    let sum = 0, end = 0;
    for (const span of spans) {
      sum += Math.max(0, span.end - Math.max(end, span.start));
      end = Math.max(end, span.end);
    }
    const percent = 100 * sum;
    return percent === 0 ? "0 %" : percent < 0.5 ? "<1 %" : Math.min(100, Math.round(percent)) + " %";
  }
  function find(text) {
    search = text;
    let pattern = null;
    try {
      // Small letters find capitals too.
      pattern = text ? new RegExp(text, text === text.toLowerCase() ? "iu" : "u") : null;
      input.removeAttribute("aria-invalid");
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      matches.textContent = "not a regular expression";
      return;
    }
    let count = 0;
    for (const frame of frames) {
      frame.hit = pattern !== null && frame.kind !== "o" && frame.kind !== "a" &&
        (pattern.test(frame.name) || pattern.test(frame.name + " " + frame.place));
      frame.element.classList.toggle("hit", frame.hit);
      if (frame.hit) ++count;
    }
    const counted = count === 1 ? " match: " : " matches: ";
    if (!pattern) matches.textContent = "";
    else if (count === 0) matches.textContent = "no match";
    else if (side === "both") {
      matches.textContent = count + counted + "waits " + share_of(frame => frame.row <= lock_row) + ", holds " +
        share_of(frame => frame.row >= lock_row);
    } else matches.textContent = count + counted + share_of(() => true);
    if (width < kNarrow) {  // the tools may take another line now
      flow_head();
      draw();
    }
  }

  // --- Keys and pointer ---

  function focus(frame) {
    for (const other of frames) if (other.element.getAttribute("tabindex") === "0") other.element.setAttribute("tabindex", "-1");
    frame.element.setAttribute("tabindex", "0");
    frame.element.focus();
  }
  // The frame over, under or beside another one, as it is drawn.
  function neighbour(frame, key) {
    const overlap = other => Math.min(frame.x + frame.pixels, other.x + other.pixels) - Math.max(frame.x, other.x);
    const in_row = row => frames.filter(other => other.shown && other.row === row);
    if (key === "ArrowUp" || key === "ArrowDown") {
      const candidates = in_row(frame.row + (key === "ArrowUp" ? -1 : 1)).filter(other => overlap(other) > 1e-6);
      return candidates.reduce((best, other) => !best || overlap(other) > overlap(best) ? other : best, null);
    }
    const sorted = in_row(frame.row).sort((left, right) => left.x - right.x);
    return sorted[sorted.indexOf(frame) + (key === "ArrowLeft" ? -1 : 1)] || null;
  }
  const frame_at = event => frame_of_element.get(event.target.closest && event.target.closest(".frames > g")) || null;
  frames_group.addEventListener("click", event => {
    const frame = frame_at(event);
    if (!frame) return;
    focus(frame);
    zoom(frame);
  });
  frames_group.addEventListener("dblclick", () => zoom(null));
  frames_group.addEventListener("mouseover", event => tell(frame_at(event)));
  frames_group.addEventListener("mouseleave", () => tell(zoomed));
  frames_group.addEventListener("focusin", event => tell(frame_at(event)));
  frames_group.addEventListener("keydown", event => {
    const frame = frame_at(event);
    if (!frame) return;
    const next = event.key.startsWith("Arrow") ? neighbour(frame, event.key) : null;
    if (event.key === "Enter" || event.key === " ") zoom(frame);
    else if (next) focus(next);
    else return;
    event.preventDefault();
  });
  back.addEventListener("click", () => zoom(null));
  input.addEventListener("input", () => find(input.value));
  // In a page of others only while something in the picture has the focus.
  (is_document ? document : svg).addEventListener("keydown", event => {
    const is_find = (event.ctrlKey || event.metaKey) && event.key === "f";
    if ((is_find || (event.key === "/" && !event.ctrlKey)) && document.activeElement !== input) {
      input.focus();
      input.select();
    } else if (event.key === "Escape") {
      if (document.activeElement === input && search) {
        input.value = "";
        find("");
      } else zoom(null);
    } else return;
    event.preventDefault();
  });

  // --- Start, and whenever the width changes ---

  function resize() {
    const now = Math.max(240, svg.getBoundingClientRect().width);
    if (now === width) return;
    width = now;
    flow_head();
    draw();
    tell(zoomed);
  }
  svg.classList.add("live");
  svg.removeAttribute("viewBox");
  svg.setAttribute("width", "100%");
  resize();
  new ResizeObserver(resize).observe(is_document ? svg : svg.parentElement);
}
