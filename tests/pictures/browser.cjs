// A browser without a window that is used as a person uses one: with a pointer and with keys, in a chosen width and colour scheme. It is spoken
// to by Chromium's DevTools protocol over two pipes, so that nothing listens on a port. A page tells what it did wrong in `problems`.
"use strict";
const {spawn} = require("child_process");
const {openSync, writeFileSync} = require("fs");

const kKeys = {
  Tab: {code: "Tab", windowsVirtualKeyCode: 9}, Enter: {code: "Enter", windowsVirtualKeyCode: 13, text: "\r"}, " ": {code: "Space", windowsVirtualKeyCode: 32, text: " "},
  Escape: {code: "Escape", windowsVirtualKeyCode: 27}, ArrowDown: {code: "ArrowDown", windowsVirtualKeyCode: 40}, ArrowUp: {code: "ArrowUp", windowsVirtualKeyCode: 38}
};
const kShift = 8, kLongestAnswer = 60000;

class Browser {
  // `folder`: for what the browser itself keeps, and what it says.
  constructor(program, folder) {
    this.process = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir=" + folder + "/browser"],
    {env: {...process.env, HOME: folder}, stdio: ["ignore", "ignore", openSync(folder + "/chromium.log", "w"), "pipe", "pipe"]});
    this.answers = new Map();
    this.listeners = [];
    this.last_id = 0;
    let rest = "";
    this.process.stdio[4].on("data", bytes => {
      const messages = (rest + bytes).split("\0");
      rest = messages.pop();
      for (const message of messages) this.take(JSON.parse(message));
    });
    this.process.on("exit", code => {
      for (const {reject} of this.answers.values()) reject(new Error("Chromium ended with " + code));
    });
  }
  take(message) {
    const answer = this.answers.get(message.id);
    if (!answer) return this.listeners.forEach(listen => listen(message));
    this.answers.delete(message.id);
    if (message.error) answer.reject(new Error(message.error.message));
    else answer.resolve(message.result);
  }
  send(method, parameters = {}, sessionId = undefined) {
    const id = ++this.last_id;
    this.process.stdio[3].write(JSON.stringify({id, method, params: parameters, sessionId}) + "\0");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no answer to " + method)), kLongestAnswer);
      this.answers.set(id, {resolve: result => (clearTimeout(timer), resolve(result)), reject: error => (clearTimeout(timer), reject(error))});
    });
  }
  async page(url, width, scheme) {
    const {targetId} = await this.send("Target.createTarget", {url: "about:blank"});
    const {sessionId} = await this.send("Target.attachToTarget", {targetId, flatten: true});
    const page = new Page(this, sessionId, targetId, url);
    await page.open(width, scheme);
    return page;
  }
  async end() {
    const ended = new Promise(resolve => this.process.on("exit", resolve));
    await this.send("Browser.close").catch(() => {});
    await ended;
  }
}

class Page {
  constructor(browser, session, target, url) {
    Object.assign(this, {browser, session, target, url, problems: []});
    browser.listeners.push(message => {
      if (message.sessionId !== session) return;
      const {method, params} = message;
      if (method === "Network.requestWillBeSent" && params.request.url.split("#")[0] !== url) this.problems.push("asks for " + params.request.url.slice(0, 200));
      if (method === "Runtime.exceptionThrown") this.problems.push("a script ends with " + (params.exceptionDetails.exception || params.exceptionDetails).description);
      if (method === "Runtime.consoleAPICalled" && params.type === "error") this.problems.push("says " + JSON.stringify(params.args.map(arg => arg.value)));
      if (method === "Log.entryAdded" && params.entry.level !== "verbose") this.problems.push("the browser says: " + params.entry.text);
      if (method === "Page.loadEventFired" && this.loaded) this.loaded();
    });
  }
  send(method, parameters) { return this.browser.send(method, parameters, this.session); }
  async open(width, scheme) {
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await this.send(domain + ".enable");
    await this.send("Emulation.setDeviceMetricsOverride", {width, height: 900, deviceScaleFactor: 1, mobile: false});
    await this.send("Emulation.setEmulatedMedia", {features: [{name: "prefers-color-scheme", value: scheme}]});
    const loaded = new Promise(resolve => this.loaded = resolve);
    await this.send("Page.navigate", {url: this.url});
    await loaded;
  }
  // What `inside`, a function without surroundings, returns in the page.
  async evaluate(inside, ...values) {
    const expression = "(" + inside + ")(" + values.map(value => JSON.stringify(value)).join(",") + ")";
    const {result, exceptionDetails} = await this.send("Runtime.evaluate", {expression, returnByValue: true, awaitPromise: true});
    if (exceptionDetails) throw new Error((exceptionDetails.exception || exceptionDetails).description);
    return result.value;
  }
  async press(key, is_shifted = false) {
    const event = {key, ...kKeys[key], modifiers: is_shifted ? kShift : 0};
    await this.send("Input.dispatchKeyEvent", {type: event.text ? "keyDown" : "rawKeyDown", ...event});
    await this.send("Input.dispatchKeyEvent", {type: "keyUp", ...event, text: undefined});
  }
  type(text) { return this.send("Input.insertText", {text}); }
  async click(selector) {
    const at = await this.evaluate(wanted => {
      const element = document.querySelector(wanted);
      element.scrollIntoView({block: "center", inline: "center"});
      const box = element.getBoundingClientRect();
      return {x: box.left + box.width / 2, y: box.top + box.height / 2};
    }, selector);
    for (const type of ["mousePressed", "mouseReleased"]) await this.send("Input.dispatchMouseEvent", {type, ...at, button: "left", clickCount: 1});
  }
  // All of it, not only what the window shows; very long pages are cut.
  async picture(path) {
    const {cssContentSize: size} = await this.send("Page.getLayoutMetrics");
    const clip = {x: 0, y: 0, width: size.width, height: Math.min(size.height, 8000), scale: 1};
    const {data} = await this.send("Page.captureScreenshot", {captureBeyondViewport: true, clip});
    writeFileSync(path, Buffer.from(data, "base64"));
  }
  close() { return this.browser.send("Target.closeTarget", {targetId: this.target}); }
}

module.exports = {Browser};
