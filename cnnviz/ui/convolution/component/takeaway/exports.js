// Export form, which makes files: width and number of steps, animation and stills, progress, what was saved.

import { filled } from "../../../shared/component/words.js";
import { fileName, gifOf, MOST_FRAMES, pngOf, saveFile, svgOf } from "./files.js";
/** @import { Explorer } from "../explorer.js" */

const WIDTHS = [480, 720, 960];
const USUAL_WIDTH = 720;
const EXPORT_TEXTS = {
  ".export-width span": "width",
  ".export-steps span": "steps",
  ".make-gif": "gif",
  ".make-svg": "svg",
  ".make-png": "png",
  ".export-progress button": "cancel",
};
const MOST_RATE = 50; // steps a second that browsers still show

const EXPORTS_HTML = `
  <div class="export-fields">
    <label class="export-width"><span></span><select></select></label>
    <label class="export-steps"><span></span><input type="number" min="1" step="1" inputmode="numeric" /></label>
  </div>
  <p class="export-note"></p>
  <div class="export-buttons">
    <button type="button" class="make-gif"></button>
    <button type="button" class="make-svg"></button>
    <button type="button" class="make-png"></button>
  </div>
  <div class="export-progress" hidden>
    <progress max="1" value="0"></progress><span></span><button type="button"></button>
  </div>
  <p role="status"></p>
`;

/**
 * The form inside `host`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Exports}
 */
export function createExports(host, explorer) {
  return new Exports(host, explorer);
}

class Exports {
  constructor(host, explorer) {
    host.insertAdjacentHTML("beforeend", EXPORTS_HTML);
    this.host = host;
    this.explorer = explorer;
    this.working = null;
    this.steps = null;
    this.words = {};
    this.find = (selector) => host.querySelector(selector);
    const options = WIDTHS.map((width) => new Option(`${width} px`, `${width}`, false, width === USUAL_WIDTH));
    this.find("select").append(...options);
    this.find(".export-steps input").addEventListener("change", (event) => this.chooseSteps(event.target));
    this.find(".make-gif").addEventListener("click", () => this.animate());
    this.find(".make-svg").addEventListener("click", () => this.still("svg", svgOf));
    this.find(".make-png").addEventListener("click", () => this.still("png", pngOf));
    this.find(".export-progress button").addEventListener("click", () => this.working?.abort());
  }

  destroy() {
    this.working?.abort();
  }

  get width() {
    return Number(this.find("select").value);
  }

  /** How many steps there are to see, none where torch refuses. */
  get count() {
    return this.explorer.view.refusal ? 0 : this.explorer.stage.last + 1;
  }

  get frames() {
    return Math.min(this.count, MOST_FRAMES, this.steps ?? MOST_FRAMES);
  }

  chooseSteps(field) {
    const value = Math.round(Number(field.value));
    this.steps = value >= 1 && value < this.count ? value : null;
    field.value = this.frames;
    this.update(this.explorer.view, this.words);
  }

  update(view, words) {
    this.words = words;
    const { count, frames, find } = this;
    const secret = this.explorer.hidden;
    for (const [selector, name] of Object.entries(EXPORT_TEXTS)) find(selector).textContent = words[name];
    find("progress").setAttribute("aria-label", words.gif);
    const field = find(".export-steps input");
    Object.assign(field, { max: Math.min(count, MOST_FRAMES), disabled: count < 2 || secret });
    if (!isBeingTyped(field)) field.value = frames;
    find(".export-note").textContent = secret ? words.predictFirst : this.note();
    find(".make-gif").disabled = count === 0 || secret;
    for (const name of ["svg", "png"]) find(`.make-${name}`).disabled = secret;
  }

  note() {
    const { words, count, frames } = this;
    if (count === 0) return words.nothingMoves;
    const rate = Math.min(MOST_RATE, this.explorer.stage.rate);
    const some = frames === MOST_FRAMES ? words.capped : words.firstSteps;
    return filled(frames === count ? words.allSteps : some, { n: count, frames, rate });
  }

  async animate() {
    this.working = new AbortController();
    const { width, frames: steps } = this;
    const { view, stage } = this.explorer;
    const given = { width, steps, rate: stage.rate, progress: (share) => this.report(share), signal: this.working.signal };
    this.showWork(true);
    try {
      this.save(await gifOf(this.explorer, given), `${fileName(view)}.gif`);
    } catch (error) {
      this.say(error.name === "AbortError" ? this.words.cancelled : filled(this.words.failed, { reason: error.message }));
    } finally {
      this.working = null;
      this.showWork(false);
    }
  }

  /** Progress and Cancel in the place of the buttons, the keyboard with them. */
  showWork(isWorking) {
    const [buttons, bar] = [this.find(".export-buttons"), this.find(".export-progress")];
    const wasHere = (isWorking ? buttons : bar).contains(this.host.getRootNode().activeElement);
    if (isWorking) this.say("");
    this.report(0);
    buttons.hidden = isWorking;
    bar.hidden = !isWorking;
    if (wasHere) (isWorking ? bar : buttons).querySelector("button").focus();
  }

  report(share) {
    this.find("progress").value = share;
    this.find(".export-progress span").textContent = `${Math.round(100 * share)} %`;
  }

  say(text) {
    this.find("[role=status]").textContent = text;
  }

  async still(ending, make) {
    const { view, stage } = this.explorer;
    const { position } = stage;
    try {
      const blob = await make(this.explorer, { width: this.width, position });
      this.save(blob, `${fileName(view, this.count > 1 ? position + 1 : null)}.${ending}`);
    } catch (error) {
      this.say(filled(this.words.failed, { reason: error.message }));
    }
  }

  save(blob, name) {
    saveFile(blob, name);
    this.say(filled(this.words.saved, { name, size: `${Math.max(1, Math.round(blob.size / 1000))} kB` }));
  }
}

function isBeingTyped(field) {
  return field.getRootNode().activeElement === field && field.matches(":focus");
}
