// Explorer, the page's hub: one setting, what follows from it, and the parts that show it. Tells address bar and server on release.

import { paddedSize, rawSize, refusalOf, repairs } from "./arithmetic/axis.js";
import { createLibrary, pixelsOf, weightsOf } from "./content/content.js";
import { convolveAll, poolAll } from "./arithmetic/grid.js";
import { axesOf, DEFAULTS, linkOf, parseLink, sizeOf } from "./arithmetic/setting.js";
/** @import { Axis } from "./arithmetic/axis.js" */
/** @import { Setting } from "./arithmetic/setting.js" */

/** @typedef {{ update: (view: View) => void, destroy?: () => void }} Part of the page; written anew with every view */
/** @typedef {{ rule: string, axis: number, values: Axis, repairs: any[][] }} Refused the first axis that torch refuses */
/**
 * Everything that a part needs to show a setting. Sizes are [rows, columns].
 * @typedef {object} View
 * @property {Setting} setting
 * @property {Setting["mode"]} mode
 * @property {boolean} flat
 * @property {Axis[]} axes
 * @property {number[]} size of the output
 * @property {number[]} rawSize what the formula gives, also where torch refuses
 * @property {Refused | null} refusal
 * @property {number[]} shape of the input
 * @property {number[]} padded size of the padded input
 * @property {number[]} kernel size of the kernel
 * @property {Float64Array[]} pixels one plane a channel
 * @property {Float64Array[]} weights the same, as applied: flipped if the setting says so
 * @property {number} bias
 * @property {Float64Array[]} partial one output a channel
 * @property {Float64Array} values their sum and the bias
 */

const REMEMBERED = "cnnviz-convolution"; // in the tab's session storage: survives a switch to another page
const ADDRESS_LIMIT = 1500; // characters of a link that still go into the address bar

/** Everything that lives between two data changes; the root keeps one Explorer for its whole life. */
export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {(link: string) => void} notify the server
   */
  constructor(root, notify) {
    this.root = root;
    this.notify = notify;
    this.data = null; // the server's: language, words, content
    this.library = null;
    this.setting = null;
    this.derived = null; // its view, once somebody asked for it
    this.problems = []; // of the link
    this.stage = null; // the part of this name
    this.moving = null; // the letter whose slider moves now
    /** @type {(setting: Setting) => boolean} whether the result is still to be predicted; the part `predict` says */
    this.hides = () => false;
    /** @type {Part[]} */
    this.parts = [];
    this.frame = 0;
    this.lastSent = "";
    this.opened = null; // the step that a link just opened asks for
    this.task = ""; // of the lesson's question that was put on the stage: said until something else is opened
    this.onCommand = (event) => this.handleCommand(event.detail);
    window.addEventListener("cnn-convolution-command", this.onCommand);
  }

  /** Called at every data or theme change. */
  update(data) {
    const isFirst = !this.data;
    this.data = data;
    this.themeVersion = (this.themeVersion ?? 0) + 1; // words and colours may be others now
    this.library ??= createLibrary(data);
    this.library.ready = () => this.refresh();
    if (isFirst) this.begin();
    this.refresh();
    if (!isFirst) this.writeAddress(); // a new language has emptied it
  }

  begin() {
    const own = [...new URLSearchParams(location.search).keys()].some((name) => Object.hasOwn(DEFAULTS, name));
    const remembered = sessionStorage.getItem(REMEMBERED);
    const { setting, problems } = parseLink(own ? location.search : (remembered ?? ""));
    this.setting = setting;
    this.problems = problems;
    this.opened = setting.step;
    if (!own && remembered === null) this.lastSent = linkOf(DEFAULTS); // the server begins with it too
    this.commit();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    window.removeEventListener("cnn-convolution-command", this.onCommand);
    for (const part of this.parts) part.destroy?.();
  }

  get hidden() {
    return this.hides(this.setting);
  }

  words(part) {
    return this.data.strings[part];
  }

  /** A new setting, drawn in the next frame; with `commit` the server gets it. */
  change(patch, { commit = true, moving = null } = {}) {
    this.problems = [];
    this.setting = Object.freeze({ ...this.setting, ...patch });
    this.moving = moving;
    this.derived = null;
    this.schedule();
    if (commit) this.commit();
  }

  /** Draw everything again in the next frame. */
  refresh() {
    this.derived = null;
    this.schedule();
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.root.isConnected) return;
      const { view } = this;
      for (const part of this.parts) part.update(view);
    });
  }

  /** Commit without drawing anything again: only the step in time is another. */
  commitStep() {
    const { derived } = this;
    this.commit();
    if (derived) this.derived = { ...derived, setting: this.setting };
  }

  commit() {
    if (this.moving) this.schedule(); // what lit up goes out
    this.moving = null;
    const step = this.opened ?? this.stage?.keptStep ?? 1;
    if (step !== this.setting.step) this.setting = Object.freeze({ ...this.setting, step });
    const text = linkOf(this.setting, { custom: false });
    sessionStorage.setItem(REMEMBERED, linkOf(this.setting));
    this.writeAddress();
    if (text === this.lastSent) return;
    this.lastSent = text;
    this.notify(text);
  }

  /** What a panel below asks for is shown, and seen with the sliders that change it; without `link` only the words. */
  handleCommand({ link, says }) {
    if (link === null) {
      this.task &&= says;
      return this.refresh();
    }
    this.open(link);
    this.task = says;
    this.root.scrollIntoView({ block: "start" });
  }

  /** Show what a query string says, a preset or a solution, with `overrides` of it. */
  open(link, overrides = {}) {
    const { setting } = parseLink(link);
    this.opened = setting.step;
    this.task = "";
    this.change({ ...setting, ...overrides });
  }

  // ------------------------------------------------------------------ the link

  writeAddress() {
    const query = this.query(linkOf(this.setting).length <= ADDRESS_LIMIT);
    const address = `${location.pathname}${query && "?"}${query}`;
    if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
  }

  /** The query string, with whatever others keep in it (the language) in front. */
  query(custom) {
    const own = (name) => Object.hasOwn(DEFAULTS, name) || name === "x" || name === "w";
    const others = [...new URLSearchParams(location.search)].filter(([name]) => !own(name));
    return [new URLSearchParams(others).toString(), linkOf(this.setting, { custom })].filter(Boolean).join("&");
  }

  /** The absolute address that shows the same anywhere, language included. */
  link() {
    const query = new URLSearchParams(linkOf(this.setting));
    query.set("lang", this.data.language);
    return `${location.origin}${location.pathname}?${query}`;
  }

  // ------------------------------------------------------------------ what follows from the setting

  get view() {
    this.derived ??= viewOf(this.setting, this.library);
    return this.derived;
  }
}

/** @returns {View} of `setting` */
function viewOf(setting, library) {
  const axes = axesOf(setting);
  const refusal = refusalIn(axes);
  const shape = axes.map(({ n }) => n);
  const kernel = axes.map(({ k }) => k);
  const pixels = pixelsOf(setting, library, shape);
  const weights = weightsOf(setting, library, kernel);
  const bias = weights.length ? setting.bias : 0;
  const sums = refusal ? { partial: [], values: new Float64Array() } : computed(setting, axes, pixels, weights, bias);
  return {
    setting,
    mode: setting.mode,
    flat: setting.flat,
    axes,
    size: refusal ? [0, 0] : sizeOf(setting),
    rawSize: axes.map(rawSize),
    refusal,
    shape,
    padded: axes.map(paddedSize),
    kernel,
    pixels,
    weights,
    bias,
    ...sums,
  };
}

function computed(setting, axes, pixels, weights, bias) {
  if (setting.mode === "flatten") return { partial: pixels, values: Float64Array.from(pixels.flatMap((one) => [...one])) };
  return setting.mode === "pool" ? poolAll(axes, setting.pooling, pixels) : convolveAll(axes, pixels, weights, bias);
}

/** The first axis that torch refuses, and what fixes it, for both axes where both are the same. */
function refusalIn(axes) {
  const axis = axes.findIndex(refusalOf);
  if (axis < 0) return null;
  return { rule: refusalOf(axes[axis]), axis, values: axes[axis], repairs: repairs(axes[axis]) };
}
