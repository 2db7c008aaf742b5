// Uses a flame graph as a person would and says what is not as it should be. picture.sh puts it behind the picture's own script; the outcome
// is the text of an element of its own at the end, which Chromium's --dump-dom prints.
"use strict";
(function () {
  const svg = document.querySelector("svg.lockwrap-flame"), failures = [];
  let checks = 0;
  function check(is_right, sentence) {
    ++checks;
    if (!is_right) failures.push(sentence);
  }
  const groups = [...svg.querySelectorAll(".frames > g")];
  const title = group => group.querySelector("title").textContent;
  const frame = (beginning, among = groups) => among.find(group => title(group).startsWith(beginning));
  const shown = () => groups.filter(group => group.style.display !== "none");
  const pixels = group => group.style.display === "none" ? 0 : Number(group.querySelector("rect").getAttribute("width"));
  const label = group => group.querySelector("text") ? group.querySelector("text").textContent : "";
  const near = (left, right) => Math.abs(left - right) < 1.5;
  const press = (target, key, more = {}) => target.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true, ...more}));
  const click = (target, type = "click") => target.dispatchEvent(new MouseEvent(type, {bubbles: true, cancelable: true}));
  const input = svg.querySelector(".tools input"), output = svg.querySelector(".tools output");
  function type(text) {
    input.value = text;
    input.dispatchEvent(new Event("input", {bubbles: true}));
  }

  function is_well_made() {
    check(svg.classList.contains("live"), "the script has not started");
    check(groups.every(group => group.getAttribute("role") === "button" && group.getAttribute("tabindex") && title(group)), "a frame is not a named button");
    check(groups.filter(group => group.getAttribute("tabindex") === "0").length === 1, "not one frame is reached by tab");
    const width = svg.getBoundingClientRect().width;
    for (const group of shown()) {
      const text = group.querySelector("text"), rect = group.querySelector("rect").getBBox();
      check(rect.x >= 0 && rect.x + rect.width <= width, "outside of the picture: " + title(group));
      if (text && text.textContent) check(text.getComputedTextLength() <= rect.width, "wider than its box: " + text.textContent);
    }
    for (const text of svg.querySelectorAll(".head text")) {
      const box = text.getBoundingClientRect();
      check(box.right <= width + 0.5, "runs out of the picture: " + text.textContent);
    }
  }

  // The contrast of WCAG 2: 4.5 is what it asks for of text.
  function luminance(colour) {
    const [red, green, blue] = colour.map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  const colour_of = (element, property) => getComputedStyle(element)[property].match(/[\d.]+/g).slice(0, 3).map(Number);
  function contrast(text, behind) {
    const [low, high] = [luminance(text), luminance(behind)].sort((left, right) => left - right);
    return (high + 0.05) / (low + 0.05);
  }
  function has_contrast() {
    const ground = colour_of(svg.querySelector(".ground"), "fill");
    check(luminance(ground) < 0.5 === (window.driven_scheme === "dark"), "the ground does not follow the chosen scheme");
    for (const group of shown()) {
      const text = group.querySelector("text"), rect = group.querySelector("rect"), opacity = Number(getComputedStyle(rect).fillOpacity);
      if (!text) continue;
      const box = colour_of(rect, "fill").map((value, index) => opacity * value + (1 - opacity) * ground[index]);
      check(contrast(colour_of(text, "fill"), box) >= 4.5, "too little contrast: " + group.getAttribute("class") + " " + contrast(colour_of(text, "fill"), box));
    }
    for (const text of svg.querySelectorAll(".head text")) check(contrast(colour_of(text, "fill"), ground) >= 4.5, "too little contrast: " + text.textContent);
    for (const element of svg.querySelectorAll(".tools *")) {
      check(contrast(colour_of(element, "color"), ground) >= 4.5, "too little contrast: " + element.tagName);
    }
  }

  function is_as_without_script() {
    if (svg.getBoundingClientRect().width !== 1200) return;
    groups.forEach((group, index) => {
      check(label(group) === window.labels_before[index], "with the script '" + label(group) + "', without '" + window.labels_before[index] + "'");
    });
  }

  function zooms() {
    const whole = svg.getBoundingClientRect().width - 20, before = groups.map(pixels), back = svg.querySelector(".tools button");
    const is_whole = () => groups.every((group, index) => near(pixels(group), before[index]));
    const reserve = frame("Ledger::reserve()"), work_a = frame("work_a()"), main = frame("main"), save = frame("Ledger::save()");
    const ledger = frame("ledger"), nobody = frame("no holder seen");
    check(near(pixels(ledger), whole * 3 / 4) && near(pixels(reserve), whole / 2), "the widths are not those of the times");
    check(back.disabled, "there is something to go back from");

    click(reserve);
    check(near(pixels(reserve), whole), "a click does not zoom");
    check(near(pixels(ledger), whole) && ledger.classList.contains("away"), "the lock does not stay as what is zoomed into");
    check(near(pixels(work_a), whole * 3 / 4) && near(pixels(save), whole * 0.4) && near(pixels(nobody), whole * 0.6), "what hangs on it does not fill it");
    check(pixels(frame("queue")) === 0 && pixels(frame("Ledger::load()")) === 0, "others are still shown");
    check(svg.querySelector(".status-name").textContent === "Ledger::reserve() ledger.cpp:32", "what is zoomed into is not told");
    check(!back.disabled, "there is no way back");

    click(work_a);
    check(near(pixels(work_a), whole) && near(pixels(main), whole), "a caller does not fill its side");
    check(near(pixels(reserve), whole) && near(pixels(save), whole * 0.4), "a zoom into callers changes who held");
    has_contrast();
    click(save);
    check(near(pixels(save), whole) && near(pixels(work_a), whole * 3 / 4), "a zoom into a holder changes who waited");
    click(ledger);
    check(near(pixels(reserve), whole * 2 / 3), "a click on what was zoomed into does not go out to it");

    press(svg, "Escape");
    check(is_whole() && shown().length === groups.length, "Escape does not go back");
    click(reserve);
    click(reserve, "dblclick");
    check(is_whole(), "a double click does not go back");
    ledger.focus();
    press(ledger, "Enter");
    check(near(pixels(ledger), whole), "Enter does not zoom");
    back.click();
    check(is_whole(), "the button does not go back");
  }

  function walks() {
    const ledger = frame("ledger");
    ledger.focus();
    press(ledger, "ArrowUp");
    check(title(document.activeElement).startsWith("Ledger::reserve()"), "up from the lock is not where it is waited for");
    press(document.activeElement, "ArrowRight");
    check(title(document.activeElement).startsWith("Ledger::settle()"), "right is not the next place");
    press(document.activeElement, "ArrowDown");
    press(document.activeElement, "ArrowDown");
    check(/^(no holder|Ledger::load)/.test(title(document.activeElement)), "down from the lock is not who held it");
    check(document.activeElement.getAttribute("tabindex") === "0", "the walk is not kept for the next tab");
  }

  function searches() {
    press(svg, "f", {ctrlKey: true});
    check(document.activeElement === input, "Ctrl-F does not search");
    input.blur();
    press(svg, "/");
    check(document.activeElement === input, "/ does not search");
    type("^ledger::(save|load)");
    check(groups.filter(group => group.classList.contains("hit")).length === 4, "not four frames match");
    const room = svg.querySelector("foreignObject").getBoundingClientRect();
    for (const element of svg.querySelectorAll(".tools *")) {
      const box = element.getBoundingClientRect();
      check(box.bottom <= room.bottom && box.right <= room.right && box.left >= room.left, "not seen while matches are told: " + element.tagName);
    }
    has_contrast();
    check(output.textContent === "4 matches: waits 0 %, holds 70 %", "the share of the matches is told as: " + output.textContent);
    type("Work_a");
    check(output.textContent === "no match", "capitals match small letters: " + output.textContent);
    type("work_a|reserve");
    check(output.textContent === "3 matches: waits 75 %, holds 0 %", "matches count twice: " + output.textContent);
    type("(");
    check(input.getAttribute("aria-invalid") === "true" && output.textContent === "not a regular expression", "half an expression is not told");
    type("ledger.cpp:51");
    check(groups.filter(group => group.classList.contains("hit")).length === 1, "a place is not found");
    press(input, "Escape");
    check(input.value === "" && svg.querySelectorAll(".hit").length === 0, "Escape does not end the search");
  }

  function shows_thin_stacks_when_zoomed() {
    const height = () => Number(svg.getAttribute("height")), low = height(), far = frame("far_caller_9()"), queue = frame("queue");
    check(pixels(far) === 0, "a thin stack makes the picture tall");
    click(queue);
    check(pixels(far) > 500 && height() >= low + 8 * 18, "a zoom does not show the callers of what is thin");
    check(far.getBoundingClientRect().top >= svg.querySelector(".head").getBoundingClientRect().bottom, "it runs into the words above");
    press(svg, "Escape");
    check(pixels(far) === 0 && height() === low, "the picture stays tall");
  }

  // two_sided against two_sided_before.
  function compares() {
    const kind = group => [...group.classList].find(name => /^(more|less)[1-4]$|^same$/.test(name));
    const is = (beginning, wanted, sign) => {
      const group = frame(beginning);
      check(kind(group) === wanted, title(group) + " is " + kind(group));
      check(group.dataset.mark === sign, title(group) + " has the sign " + group.dataset.mark);
      check(label(group).includes(sign) || label(group).endsWith(", new") || label(group).endsWith(", as before"), "no sign is seen: " + label(group));
    };
    is("ledger", "more2", "+");
    is("Ledger::reserve()", "more3", "+");
    is("Ledger::settle()", "less1", "-");
    is("queue", "same", "=");
    is("work_b()", "more4", "+");
    is("Ledger::save()", "less1", "-");
    for (const group of shown()) {
      if (pixels(group) > 30) check(/[-+=]|, new$|, as before$/.test(label(group)), "told by colour alone: " + title(group));
    }
    // Red and blue are apart for those who do not see red, or green: as their blue is.
    const blue = name => colour_of(svg.querySelector(".frames ." + name + " rect"), "fill");
    const [more, less] = [blue("more3"), blue("less1")];
    check(more[0] > more[2] && less[2] > less[0], "more is not red or less not blue");
    check(svg.querySelector(".note").textContent.includes("journal"), "what is gone is not told");
    check(!frame("journal"), "what is gone has a frame");
    click(frame("Ledger::settle()"));
    check(svg.querySelector(".status-detail").textContent.includes("100 ms/s before, 83.3 ms/s now (-17 %)"),
      "told of what is zoomed into: " + svg.querySelector(".status-detail").textContent);
    check(label(frame("Ledger::settle()")).endsWith(", -17 %"), "the label loses the change");
    has_contrast();
    press(svg, "Escape");
    press(svg, "/");
    type("settle");
    check(output.textContent.startsWith("1 match"), "a search finds " + output.textContent);
    press(input, "Escape");
  }

  const steps = window.driven_steps === "compared" ? [is_well_made, has_contrast, is_as_without_script, compares] :
    window.driven_steps === "hair" ? [is_well_made, has_contrast, is_as_without_script, shows_thin_stacks_when_zoomed] :
    window.driven_steps === "all" ? [is_well_made, has_contrast, is_as_without_script, zooms, walks, searches] : [is_well_made, has_contrast, is_as_without_script];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      failures.push(step.name + " ended with " + error);
    }
  }
  const outcome = document.createElementNS("http://www.w3.org/2000/svg", "metadata");
  outcome.textContent = "driven: " + checks + " checks, " + failures.length + " failures\n" + failures.slice(0, 20).join("\n") + "\n:driven";
  svg.appendChild(outcome);
})();
