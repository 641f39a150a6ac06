// Size slider: one size on one axis, with a field for typing the number. A wrong entry changes nothing but itself.

import { filled } from "../../../shared/component/words.js";
import { RANGES } from "../arithmetic/axis.js";
/** @import { Setting } from "../arithmetic/setting.js" */
/** @import { Explorer } from "../explorer.js" */

const SIZE_PAUSE = 350; // ms without a key before a typed number counts

/** A slider for `letter` on `axis`: 0 height, 1 width (and both, where they are alike). */
export class SizeSlider {
  /**
   * @param {string} letter
   * @param {number} axis
   * @param {Explorer} explorer
   * @param {(sentence: string) => void} notify what is wrong with the typed number, or ""
   */
  constructor(letter, axis, explorer, notify) {
    this.letter = letter;
    this.axis = axis;
    this.explorer = explorer;
    this.notify = notify;
    const id = `cnn-size-${letter}-${axis}`;
    const [low, high] = RANGES[letter];
    this.root = document.createElement("div");
    this.root.className = "slider";
    this.root.dataset.term = letter;
    this.root.innerHTML = `<label for="${id}"></label>
      <input type="number" class="entry" inputmode="numeric" min="${low}" max="${high}" step="1" />
      <input type="range" class="range" id="${id}" min="${low}" max="${high}" step="1" />`;
    const [label, entry, range] = this.root.children;
    this.label = label;
    this.entry = entry;
    this.range = range;
    this.value = null;
    this.listen();
  }

  listen() {
    const { range, entry } = this;
    range.addEventListener("input", () => this.set(Number(range.value), { commit: false, moving: this.letter }));
    range.addEventListener("change", () => this.set(Number(range.value)));
    for (const end of ["pointerup", "pointercancel", "blur"]) range.addEventListener(end, () => this.release());
    entry.addEventListener("focus", () => entry.select());
    entry.addEventListener("input", () => this.soon());
    entry.addEventListener("change", () => this.judge());
    entry.addEventListener("blur", () => this.restore());
    entry.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.restore({ silent: true });
    });
  }

  focus() {
    this.range.focus();
  }

  update(setting, shown, apart) {
    if (this.root.hidden === shown) this.root.hidden = !shown;
    if (!shown) return;
    this.name(apart);
    const value = setting[this.letter][this.axis];
    if (value === this.value) return;
    this.value = value;
    this.range.value = value;
    const [low, high] = RANGES[this.letter];
    this.root.style.setProperty("--filled", (value - low) / (high - low));
    if (this.entry.value !== "" && Number(this.entry.value) === value) return;
    this.entry.value = value;
    this.markRight();
  }

  /** Labels in the visitor's language, with the axis where height and width are apart. */
  name(apart) {
    const words = this.explorer.words("controls");
    const key = `${this.explorer.data.language}${apart}`;
    if (key === this.named) return;
    this.named = key;
    const axis = this.axis === 0 ? words.height : words.width;
    const named = (text) => (apart ? filled(words.on_axis, { name: text, axis }) : text);
    this.title = named(words[`size_${this.letter}`]);
    this.label.textContent = this.title;
    this.entry.setAttribute("aria-label", named(filled(words.as_number, { letter: this.letter.toUpperCase() })));
  }

  set(value, options) {
    this.notify("");
    this.explorer.change({ [this.letter]: withAxis(this.explorer.setting, this.letter, this.axis, value) }, options);
  }

  /** A drag that ends where it began has no change event. */
  release() {
    if (this.explorer.moving === this.letter) this.explorer.commit();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.judge(), SIZE_PAUSE);
  }

  /** Take the typed number, or say why not. */
  judge() {
    clearTimeout(this.timer);
    const [low, high] = RANGES[this.letter];
    const value = Number(this.entry.value);
    const isRight = this.entry.value !== "" && Number.isInteger(value) && value >= low && value <= high;
    if (!isRight) return this.refuse(low, high);
    this.markRight();
    if (value !== this.value) this.set(value);
  }

  refuse(low, high) {
    const words = this.explorer.words("controls");
    const got = this.entry.value.replace("-", "−") || words.nothing;
    const gaps = { name: this.title, low, high, got, kept: this.value };
    this.entry.setAttribute("aria-invalid", "true");
    this.notify(filled(words.wrong_entry, gaps));
  }

  markRight() {
    this.entry.removeAttribute("aria-invalid");
    this.notify("");
  }

  /** The number of the picture again; on leaving the field the sentence stays, to be read. */
  restore({ silent = false } = {}) {
    clearTimeout(this.timer);
    this.entry.value = this.value;
    this.entry.removeAttribute("aria-invalid");
    if (silent) this.notify("");
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

/**
 * The pair of `letter` with `value` on `axis`, or on both axes where they are alike.
 * @param {Setting} setting
 * @param {string} letter
 * @param {number} axis 0 height, 1 width
 * @param {number} value
 * @returns {number[]} [height, width]
 */
export function withAxis(setting, letter, axis, value) {
  return setting.apart ? setting[letter].map((old, index) => (index === axis ? value : old)) : [value, value];
}
