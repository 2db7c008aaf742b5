// What must be so in every page, run inside it: page_looks(scheme) returns the sentences of what is not.
"use strict";
module.exports = function page_looks(scheme) {
  const failures = [];
  const check = (is_right, sentence) => is_right || failures.push(sentence);
  const shorten = text => text.trim().replace(/\s+/g, " ").slice(0, 60);
  const is_seen = element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  };

  // --- Size ---

  const page_width = document.documentElement.scrollWidth;
  check(page_width <= window.innerWidth, "the page is " + page_width + " pixels wide in a window of " + window.innerWidth);
  for (const text of document.querySelectorAll("svg text")) {
    if (!is_seen(text)) continue;
    const box = text.getBoundingClientRect(), room = text.ownerSVGElement.getBoundingClientRect();
    check(box.left >= room.left - 1 && box.right <= room.right + 1 && box.bottom <= room.bottom + 1, "runs out of its picture: " + shorten(text.textContent));
  }
  for (const text of document.querySelectorAll("caption span, h1, h2, h3, p, li")) {
    const box = text.getBoundingClientRect();
    check(box.left >= 0 && box.right <= window.innerWidth, "is not all in the window: " + shorten(text.textContent));
  }
  for (const element of document.querySelectorAll("th, td, h1, h2, h3, li, p, figcaption, caption, button, summary")) {
    const style = getComputedStyle(element);
    check(style.overflow === "visible" || element.scrollWidth <= element.clientWidth + 1, "is cut: " + shorten(element.textContent));
  }

  // --- Colours: the contrast of WCAG 2, of which 4.5 is asked for text ---

  const luminance = colour => {
    const [red, green, blue] = colour.map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  // [red, green, blue, opacity]
  const parsed = text => {
    const numbers = (text.match(/[\d.]+/g) || []).map(Number);
    return numbers.length < 3 ? [0, 0, 0, 0] : [...numbers.slice(0, 3), numbers.length > 3 ? numbers[3] : 1];
  };
  const over = (upper, lower) => lower.map((value, index) => index === 3 ? 1 : upper[3] * upper[index] + (1 - upper[3]) * value);
  const layers_behind = element => {
    const layers = [], at = element.getBoundingClientRect(), x = at.left + at.width / 2, y = at.top + at.height / 2;
    for (let below = element; below; below = below.parentElement) {
      if (below instanceof SVGElement) {
        for (let shape = below === element ? below.previousElementSibling : below.lastElementChild; shape; shape = shape.previousElementSibling) {
          if (!/^(rect|polygon|ellipse|path|circle)$/.test(shape.tagName)) continue;
          const box = shape.getBoundingClientRect(), style = getComputedStyle(shape);
          if (style.fill === "none" || x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
          const fill = parsed(style.fill);
          layers.push([...fill.slice(0, 3), fill[3] * Number(style.fillOpacity)]);
        }
      }
      layers.push(parsed(getComputedStyle(below).backgroundColor));
    }
    return layers;
  };
  const ground = parsed(getComputedStyle(document.body).backgroundColor);
  check((luminance(ground) < 0.5) === (scheme === "dark"), "the page does not follow the chosen scheme");
  const contrasts = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || /^(script|style|title|desc)$/i.test(element.tagName) || !is_seen(element)) continue;
    const style = getComputedStyle(element), is_svg = element instanceof SVGElement;
    const layers = layers_behind(element.closest("text") || element);
    const behind = layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
    const text = over(parsed(is_svg ? style.fill : style.color), behind);
    const [low, high] = [luminance(text), luminance(behind)].sort((left, right) => left - right), contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) contrasts.set(element.tagName + "." + (element.getAttribute("class") || ""), contrast.toFixed(2) + " of '" + shorten(node.textContent) + "'");
  }
  for (const [where, what] of contrasts) failures.push("too little contrast: " + where + " " + what);

  // --- Names, headings, tables ---

  const name_of = element => element.getAttribute("aria-label") || (element.getAttribute("aria-labelledby") || "").split(" ").map(
    id => (document.getElementById(id) || {textContent: ""}).textContent).join(" ") || (element.labels && [...element.labels].map(label => label.textContent).join(" ")) ||
    element.textContent;  // of a frame of a flame graph, its title
  for (const element of document.querySelectorAll("a[href], button, input, summary, [role=button], [role=region], [tabindex='0'], section, nav, svg[role]")) {
    if (element.matches("svg[role]") && element.querySelector(":scope > title")) continue;
    check(name_of(element).trim() !== "", "has no name: " + element.outerHTML.slice(0, 120));
  }
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.tagName[1]);
    check(next <= level + 1, "a level of headings is left out before " + shorten(heading.textContent));
    level = next;
  }
  check(document.querySelectorAll("h1").length === 1, "not one main heading");
  check(document.documentElement.lang !== "" && document.title.trim() !== "", "the page has no language or no title");
  for (const table of document.querySelectorAll("table")) {
    check(table.caption && table.caption.textContent.trim() !== "", "a table without a caption: " + table.id);
    for (const head of table.querySelectorAll("th")) check(head.scope === "col" || head.scope === "row", "a heading without scope: " + head.textContent);
    for (const row of table.tBodies[0].rows) check(row.cells.length === table.tHead.rows[0].cells.length, "a row of other length in " + table.id);
  }
  for (const link of document.querySelectorAll("a[*|href]")) {  // an SVG's too
    const target = link.getAttribute("href") || link.getAttribute("xlink:href");
    check(target.startsWith("#") && document.getElementById(target.slice(1)), "a link to nowhere, or to somewhere else: " + target);
  }
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  check(new Set(ids).size === ids.length, "an id is there twice");
  return [...new Set(failures)];
};
