// page_use.cjs STEP PICTURES FOLDER PAGE...: opens pages of `lockwrap html` in a browser and uses them. STEP:
//   mouse WIDTH SCHEME   each column is sorted by a click, rows are filtered, parts are gone to
//   keys WIDTH SCHEME    the same with Tab, Enter, Space and letters alone
//   look WIDTH SCHEME    what page_looks.cjs asks for; a picture of each stays in PICTURES
//   axe WIDTH SCHEME     axe-core, which npm has put into $AXE, finds nothing wrong
// Prints what is not as it should be; exit status 1 then.
"use strict";
const {basename} = require("path");
const {readFileSync} = require("fs");
const {Browser} = require("./browser.cjs");
const page_looks = require("./page_looks.cjs");
const [step, width, scheme, pictures, folder, ...pages] = process.argv.slice(2);
let failures = [], checks = 0;
function check(is_right, sentence) {
  ++checks;
  if (!is_right) failures.push(sentence);
}

// --- Inside the page ---

const columns_of = id => [...document.getElementById(id).tHead.rows[0].cells].map(cell => cell.textContent);
const state_of = (id, column) => {
  const table = document.getElementById(id), head = table.tHead.rows[0].cells[column];
  const sorted = [...table.tHead.rows[0].cells].filter(cell => cell.hasAttribute("aria-sort")).length;
  return {
    sort: head.getAttribute("aria-sort"), sorted, is_number: head.classList.contains("number"),
    values: [...table.tBodies[0].rows].map(row => row.cells[column].dataset.value || row.cells[column].textContent),
    rows: [...table.tBodies[0].rows].map(row => row.textContent).sort()
  };
};
const shown_rows = id => [...document.getElementById(id).tBodies[0].rows].filter(row => row.getBoundingClientRect().height > 0).map(row => row.textContent);
// Within two seconds: the browser follows a link after the click.
const comes_into_window = async selector => {
  for (let frames = 0; frames < 120; ++frames) {
    const box = document.querySelector(selector).getBoundingClientRect();
    if (box.top >= -5 && box.bottom <= innerHeight) return true;
    await new Promise(resolve => setTimeout(resolve, 16));
  }
  return false;
};
const table_ids = () => [...document.querySelectorAll("main table")].map(table => table.id);
const filter_says = id => document.querySelector("input[data-table=" + id + "]").closest("p").querySelector("output").textContent;
const focused = () => {
  const element = document.activeElement, style = getComputedStyle(element), cell = element.closest("th");
  const box = element.getBoundingClientRect();
  return {
    tag: element.tagName.toLowerCase(), text: element.textContent.slice(0, 80), id: element.id, href: element.getAttribute("href"),
    table: cell ? cell.closest("table").id : element.dataset ? element.dataset.table : undefined, column: cell ? cell.cellIndex : -1,
    has_ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1, is_frame: element.matches(".frames > g"),
    ring_of_frame: element.matches(".frames > g") && parseFloat(getComputedStyle(element.querySelector("rect")).strokeWidth) > 1,
    is_in_window: box.bottom > 0 && box.top < innerHeight
  };
};

// --- Steps ---

const collator = new Intl.Collator("en", {numeric: true});
function check_order(before, after, wanted, what) {
  check(after.sort === wanted, what + " is " + after.sort + ", not " + wanted);
  check(after.sorted === 1, what + ": " + after.sorted + " columns say that they are sorted");
  check(JSON.stringify(before.rows) === JSON.stringify(after.rows), what + ": rows are lost");
  for (let index = 1; index < after.values.length; ++index) {
    const [left, right] = [after.values[index - 1], after.values[index]];
    const order = after.is_number ? Number(left) - Number(right) : collator.compare(left, right);
    if (wanted === "ascending" ? order > 0 : order < 0) return check(false, what + ", " + wanted + ": '" + left + "' before '" + right + "'");
  }
}
// Numbers begin with the largest, names with the first.
async function sort_twice(page, table, column, title, sort) {
  const before = await page.evaluate(state_of, table, column);
  const orders = before.is_number ? ["descending", "ascending"] : ["ascending", "descending"];
  for (const wanted of orders) {
    await sort();
    check_order(before, await page.evaluate(state_of, table, column), wanted, table + ", " + title);
  }
}

async function use_mouse(page) {
  for (const table of await page.evaluate(table_ids)) {
    const titles = await page.evaluate(columns_of, table);
    for (let column = 0; column < titles.length; ++column) {
      await sort_twice(page, table, column, titles[column], () => page.click("#" + table + " th:nth-child(" + (column + 1) + ") button"));
    }
    const all = await page.evaluate(shown_rows, table);
    const field = "input[data-table=" + table + "]";
    if (all.length <= 10) continue;
    await page.click(field);
    await page.type("ShArD 9");
    const left = await page.evaluate(shown_rows, table), wanted = all.filter(text => text.toLowerCase().includes("shard 9"));
    check(wanted.length > 0 && wanted.length < all.length && JSON.stringify(left) === JSON.stringify(wanted), table + ": the filter leaves " + left.length + " rows, not " + wanted.length);
    check((await page.evaluate(filter_says, table)) === wanted.length + " of " + all.length + " rows", table + ": the filter says " + await page.evaluate(filter_says, table));
    await page.type(" nonesuch");
    check((await page.evaluate(shown_rows, table)).length === 0, table + ": a filter that fits nothing leaves rows");
    check((await page.evaluate(filter_says, table)) === "no row has this", table + ": no row is left, and it says " + await page.evaluate(filter_says, table));
    await page.press("Escape");
    check((await page.evaluate(shown_rows, table)).length === all.length, table + ": Escape does not bring the rows back");
  }
  for (const part of await page.evaluate(() => [...document.querySelectorAll("nav a")].map(link => link.getAttribute("href")))) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.click("nav a[href='" + part + "']");
    check(await page.evaluate(comes_into_window, part + " h2"), part + " is not gone to");
  }
  const frame = ".flame .frames .w";
  await page.click(frame);
  check(await page.evaluate(() => !document.querySelector(".flame .tools button").disabled), "a click into a picture does not zoom");
}

async function tab_to(page, is_wanted, is_back = false) {
  for (let presses = 0; presses < 150; ++presses) {
    await page.press("Tab", is_back);
    const at = await page.evaluate(focused);
    check(at.has_ring || at.ring_of_frame, "the focus is not seen: " + JSON.stringify(at));
    check(at.is_in_window, "the focus is out of the window: " + JSON.stringify(at));
    if (is_wanted(at)) return at;
  }
  throw new Error("Tab does not come to " + is_wanted);
}

async function use_keys(page) {
  await tab_to(page, at => at.href === "#locks");
  await page.press("Enter");
  check(await page.evaluate(comes_into_window, "#locks h2"), "Enter does not follow a link");
  const tables = await page.evaluate(table_ids);
  for (const table of tables) {
    const rows = (await page.evaluate(shown_rows, table)).length;
    if (rows > 10) {
      await tab_to(page, at => at.tag === "input" && at.table === table);
      await page.type("shard 9");
      check((await page.evaluate(shown_rows, table)).length < rows, table + ": letters do not filter");
      await page.press("Escape");
    }
    const titles = await page.evaluate(columns_of, table);
    for (let column = 0; column < titles.length; ++column) {
      await tab_to(page, at => at.table === table && at.column === column);
      let is_first = true;
      await sort_twice(page, table, column, titles[column] + " by keys", async () => {
        await page.press(is_first ? "Enter" : " ");
        is_first = false;
        check((await page.evaluate(focused)).column === column, table + ": sorting loses the focus");
      });
    }
    // To the pictures, once: what is tabbed through is one frame of each.
    if (table !== tables[0]) continue;
    const frame = await tab_to(page, at => at.is_frame);
    await page.press("ArrowDown");
    check((await page.evaluate(focused)).text !== frame.text, "an arrow does not walk a picture");
    await page.press("Enter");
    check(await page.evaluate(() => !document.querySelector(".flame .tools button").disabled), "Enter does not zoom");
    await page.press("Escape");
    const next = await tab_to(page, at => at.is_frame && at.text !== frame.text);
    check(next.text !== undefined, "Tab does not leave a picture");
  }
}

async function open_findings(page) {
  const is_there = await page.evaluate(() => document.querySelector("#findings summary") !== null);
  if (!is_there) return;
  await tab_to(page, at => at.tag === "summary");
  await page.press("Enter");
  check(await page.evaluate(() => document.querySelector("#findings details").open), "Enter does not open a finding");
}

async function look(page, name) {
  await page.picture(pictures + "/page-" + name + "-" + width + "-" + scheme + ".png");
  for (const failure of await page.evaluate(page_looks, scheme)) check(false, failure);
  ++checks;
}

async function ask_axe(page) {
  await page.evaluate(text => { (0, eval)(text); }, readFileSync(process.env.AXE + "/node_modules/axe-core/axe.min.js", "utf8"));
  const found = await page.evaluate(async () => {
    const result = await axe.run(document, {resultTypes: ["violations"]});
    return {passes: result.passes.length, violations: result.violations.map(rule => rule.id + ": " + rule.help + "; " + rule.nodes.slice(0, 3).map(
      node => node.html.slice(0, 150) + " (" + (node.any[0] || node.all[0] || node.none[0] || {}).message + ")").join("; "))};
  });
  check(found.passes > 5, "axe has not looked");
  for (const violation of found.violations) check(false, violation);
}

(async () => {
  const browser = new Browser(process.env.CHROMIUM, folder);
  let all = 0, bad = 0;
  try {
    for (const file of pages) {
      const name = basename(file, ".html"), page = await browser.page("file://" + file, Number(width), scheme);
      failures = [];
      checks = 0;
      try {
        if (step === "mouse") await use_mouse(page);
        if (step === "keys") await use_keys(page);
        if (step === "look") {
          await look(page, name);
          await open_findings(page);
        }
        if (step === "axe") await ask_axe(page);
      } catch (error) {
        failures.push("ended with " + error.stack);
      }
      failures.push(...page.problems);
      await page.close();
      for (const failure of [...new Set(failures)].slice(0, 12)) console.log(name + ": " + failure.slice(0, 700));
      all += checks;
      bad += failures.length;
    }
  } finally {
    await browser.end();
  }
  console.log(step + ", " + width + " pixels, " + scheme + ": " + all + " checks of " + pages.length + " pages, " + bad + " failures");
  process.exitCode = bad > 0 || all === 0 ? 1 : 0;
})();
