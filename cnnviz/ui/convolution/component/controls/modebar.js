// Mode bar: which operation, on a picture or a signal, with which rules: segmented controls and switches.

import { RANGES } from "../arithmetic/axis.js";
import { CHOICES } from "../arithmetic/setting.js";
import { SIGNALS } from "../content/signals.js";
/** @import { Explorer } from "../explorer.js" */

const SEGMENTS = { mode: CHOICES.mode, flat: [false, true], pooling: CHOICES.pooling };

/** The bar above the sliders. */
export class ModeBar {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.root = document.createElement("div");
    this.root.className = "modes";
    this.segments = Object.fromEntries(Object.keys(SEGMENTS).map((name) => [name, this.makeSegments(name)]));
    this.switches = Object.fromEntries(["ceil", "apart"].map((name) => [name, this.makeSwitch(name)]));
    const { mode, flat, pooling } = this.segments;
    this.root.append(mode, flat, pooling, this.switches.ceil, this.switches.apart);
  }

  makeSegments(name) {
    const set = document.createElement("fieldset");
    set.className = "segments";
    const option = (value) => `<label><input type="radio" name="cnn-${name}" value="${value}" /><span></span></label>`;
    set.innerHTML = `<legend></legend>${SEGMENTS[name].map(option).join("")}`;
    set.addEventListener("change", (event) => this.choose(name, event.target.value));
    return set;
  }

  makeSwitch(name) {
    const label = document.createElement("label");
    label.className = "check";
    label.innerHTML = '<input type="checkbox" /><span></span>';
    label.firstChild.addEventListener("change", (event) => this.choose(name, event.target.checked));
    return label;
  }

  choose(name, value) {
    const { setting } = this.explorer;
    if (name === "mode" && value === "flatten") return this.explorer.change({ mode: value, ...flattened(setting, false) });
    if (name === "flat") return this.explorer.change(flattened(setting, value === "true"));
    if (name === "apart" && !value) return this.explorer.change({ apart: false, ...asWide(setting) });
    this.explorer.change({ [name]: value });
  }

  update(setting) {
    this.name();
    const shown = [setting.mode, setting.flat, setting.pooling, setting.ceil, setting.apart].join();
    if (shown === this.shown) return;
    this.shown = shown;
    for (const [name, set] of Object.entries(this.segments)) {
      const chosen = set.querySelector(`input[value="${setting[name]}"]`);
      if (!chosen.checked) chosen.checked = true;
    }
    for (const [name, label] of Object.entries(this.switches)) {
      if (label.firstChild.checked !== setting[name]) label.firstChild.checked = setting[name];
    }
    this.segments.pooling.hidden = this.switches.ceil.hidden = setting.mode !== "pool";
    this.segments.flat.hidden = setting.mode === "flatten" && !setting.flat;
    this.switches.apart.hidden = setting.flat;
  }

  /** The words, where the language is another one. */
  name() {
    const { language } = this.explorer.data;
    if (language === this.language) return;
    this.language = language;
    const words = this.explorer.words("controls");
    for (const [name, set] of Object.entries(this.segments)) {
      set.querySelector("legend").textContent = words[name];
      for (const label of set.querySelectorAll("label")) {
        label.lastChild.textContent = words[`${name}_${label.firstChild.value}`];
      }
    }
    for (const [name, label] of Object.entries(this.switches)) label.lastChild.textContent = words[name];
  }
}

/** The height like the width, in everything. */
function asWide(setting) {
  const both = (letter) => [setting[letter][1], setting[letter][1]];
  return Object.fromEntries(Object.keys(RANGES).map((letter) => [letter, both(letter)]));
}

/** A signal has no height, a picture no tone. */
function flattened(setting, flat) {
  return { flat, input: !flat && SIGNALS.includes(setting.input) ? "numbers" : setting.input };
}
