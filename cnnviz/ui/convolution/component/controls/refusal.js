// Refusal: what is wrong with a setting, in torch's terms, and buttons with the smallest changes that fix it.
// Also the one sentence about a number field whose entry is wrong. Never part of the picture: that stays.

import { filled } from "../../../shared/component/words.js";
import { extent, paddedSize, rawSize } from "../arithmetic/axis.js";
import { signed } from "../arithmetic/numbers.js";
import { withAxis } from "./sizeslider.js";
/** @import { Explorer } from "../explorer.js" */

/** The messages below the sliders; `focus(letter, axis)` after a repair, since its button is gone. */
export class Refusal {
  /**
   * @param {Explorer} explorer
   * @param {(letter: string, axis: number) => void} focus
   */
  constructor(explorer, focus) {
    this.explorer = explorer;
    this.focus = focus;
    this.key = "";
    this.root = document.createElement("div");
    this.root.className = "messages";
    this.root.innerHTML = `<p class="entry-error" role="status"></p>
      <p class="refusal" role="alert"></p><div class="repairs" role="group"></div>`;
    const [entryError, sentence, repairs] = this.root.children;
    this.entryError = entryError;
    this.sentence = sentence;
    this.repairs = repairs;
    this.repairs.addEventListener("click", (event) => this.repair(event.target.closest("button")));
  }

  showEntry(sentence) {
    if (this.entryError.textContent !== sentence) this.entryError.textContent = sentence;
  }

  update({ refusal }, apart) {
    const shown = this.explorer.hidden ? null : refusal; // while it is to be predicted, whether it fits is secret
    this.hold(shown);
    const key = shown ? JSON.stringify([shown, apart, this.explorer.data.language]) : "";
    if (key === this.key) return;
    this.key = key;
    this.showEntry("");
    this.sentence.textContent = shown ? refusalSentence(shown, apart, this.explorer.words("controls")) : "";
    this.repairs.innerHTML = shown ? this.buttons(shown, apart) : "";
  }

  /** While a finger is down the room for a refusal stays, so that the page does not jump to and fro. */
  hold(refusal) {
    const held = Boolean(refusal) || (Boolean(this.explorer.moving) && this.root.classList.contains("held"));
    this.root.classList.toggle("held", held);
  }

  buttons({ axis, repairs }, apart) {
    const words = this.explorer.words("controls");
    this.repairs.setAttribute("aria-label", words.repairs);
    const button = ([letter, value]) => {
      const name = nameOnAxis(words[`size_${letter}`], apart && axis, words);
      const data = `data-letter="${letter}" data-value="${value}" data-axis="${axis}"`;
      return `<button type="button" data-term="${letter}" ${data}>${name} = ${value}</button>`;
    };
    return `<span aria-hidden="true">${words.repairs}</span>${repairs.map(button).join("")}`;
  }

  repair(button) {
    if (!button) return;
    const { letter } = button.dataset;
    const [value, axis] = [Number(button.dataset.value), Number(button.dataset.axis)];
    const { setting } = this.explorer;
    this.focus(letter, setting.apart && !setting.flat ? axis : 1);
    this.explorer.change({ [letter]: withAxis(setting, letter, axis, value) });
  }
}

function nameOnAxis(name, axis, words) {
  if (axis === false) return name;
  return filled(words.on_axis, { name, axis: axis === 0 ? words.height : words.width });
}

/** torch's own words, then the numbers. */
function refusalSentence({ rule, axis, values }, apart, words) {
  const { p, k, s, d, o } = values;
  const [raw, span, padded] = [rawSize(values), extent(values), paddedSize(values)];
  const gaps = { p, k, s, d, o, extent: span, padded, cut: 2 * p, whole: raw + 2 * p, size: signed(raw) };
  const sentence = filled(words[`refused_${rule}`], gaps);
  if (!apart) return sentence;
  return filled(words.axis_first, { axis: axis === 0 ? words.Height : words.Width, sentence });
}
