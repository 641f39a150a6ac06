// Prediction quiz: hides the output's size until somebody has said it, and names the slip behind a wrong number.
// Says explorer.hidden. The sentences come from verdict.js, the settings to predict from questions.js.

import { filled } from "../../../shared/component/words.js";
import { questionFor, TOP_LEVEL } from "./questions.js";
import { Score } from "./score.js";
import { axesOf } from "../arithmetic/setting.js";
import { verdictOn } from "./verdict.js";
/** @import { Explorer, Part } from "../explorer.js" */

/**
 * The prediction in `host`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createPredict(host, explorer) {
  const predict = new Predict(host, explorer);
  explorer.hides = (setting) => predict.hides(setting);
  return { update: (view) => predict.update(view) };
}

class Predict {
  constructor(host, explorer) {
    this.host = host;
    this.explorer = explorer;
    this.score = new Score();
    this.revealed = "";
    this.question = "";
    this.isCounted = false;
    host.innerHTML = `<div class="head">
        <label class="check"><input type="checkbox" role="switch" /><span></span></label>
        <span class="score"></span><button type="button" class="again"></button>
      </div>
      <form novalidate>
        <span class="ask"></span>
        <label><span></span><input type="number" inputmode="numeric" min="0" step="1" autocomplete="off" /></label>
        <label><span></span><input type="number" inputmode="numeric" min="0" step="1" autocomplete="off" /></label>
        <button type="submit" class="check-answer"></button>
        <button type="button" class="no-fit"></button>
        <button type="button" class="show"></button>
        <button type="button" class="next"></button>
      </form>
      <div class="verdict" aria-live="polite"></div>`;
    const find = (selector) => host.querySelector(selector);
    this.toggle = find("[role=switch]");
    this.form = find("form");
    this.fields = [...host.querySelectorAll("[type=number]")]; // height, width
    this.buttons = { check: find(".check-answer"), noFit: find(".no-fit"), show: find(".show"), next: find(".next") };
    this.verdict = find(".verdict");
    this.listen(find(".again"));
  }

  listen(again) {
    const { check, noFit, show, next } = this.buttons;
    this.toggle.addEventListener("change", () => this.explorer.change({ predict: this.toggle.checked }));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!check.hidden) this.check();
    });
    noFit.addEventListener("click", () => this.judge(null));
    show.addEventListener("click", () => this.reveal("shown", null, false));
    next.addEventListener("click", () => this.askAnother());
    again.addEventListener("click", () => {
      this.score.reset();
      this.writeScore();
      this.toggle.focus(); // the button is gone
    });
  }

  /** Whether the size of `setting` is still to be said. Wanted often, so the last result is remembered. */
  hides(setting) {
    if (setting !== this.judged) {
      this.judged = setting;
      this.askedKey = sizesOf(setting);
    }
    return setting.predict && setting.mode !== "flatten" && this.askedKey !== this.revealed;
  }

  update({ setting }) {
    this.name();
    this.host.hidden = setting.mode === "flatten"; // nothing to work out
    const isOpen = setting.predict && !this.host.hidden;
    const hidden = this.hides(setting);
    const axes = fieldAxes(setting).join();
    const shown = JSON.stringify([isOpen, hidden, axes, this.askedKey]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.toggle.checked = isOpen;
    this.host.classList.toggle("open", isOpen);
    this.form.hidden = this.verdict.hidden = !isOpen;
    if (this.question !== this.askedKey || !isOpen) this.begin();
    const { check, noFit, show, next } = this.buttons;
    for (const element of [check, noFit, show, this.host.querySelector(".ask")]) element.hidden = !hidden;
    next.classList.toggle("main", !hidden);
    this.fields.forEach((_, axis) => this.nameField(axis, hidden, fieldAxes(setting)));
    if (this.wantsFocus) this.fields[fieldAxes(setting)[0]].focus();
    this.wantsFocus = false;
    this.writeScore();
  }

  /** The field of `axis`, where it is asked for; named after its axis where there are two. */
  nameField(axis, hidden, axes) {
    const words = this.explorer.words("predict");
    const label = this.fields[axis].parentElement;
    const isOne = axes.length === 1;
    label.hidden = !hidden || !axes.includes(axis);
    label.firstChild.textContent = isOne ? "" : [words.height, words.width][axis];
    this.fields[axis].setAttribute("aria-label", isOne ? words.ask : [words.height_of, words.width_of][axis]);
  }

  /** A question nobody has answered yet. */
  begin() {
    this.question = this.askedKey;
    this.isCounted = false;
    this.verdict.replaceChildren();
    for (const field of this.fields) this.mark(field, false).value = "";
    if (!this.explorer.setting.predict) this.revealed = "";
  }

  /** What stands in the fields, if it is numbers. */
  check() {
    const axes = fieldAxes(this.explorer.setting);
    const fields = axes.map((axis) => this.fields[axis]);
    const wrong = fields.filter((field) => !/^\d{1,4}$/.test(field.value));
    for (const field of fields) this.mark(field, wrong.includes(field));
    if (wrong.length === 0) return this.judge(fields.map((field) => Number(field.value)));
    this.say("wrong", [this.explorer.words("predict").number]);
    wrong[0].focus();
  }

  /** `prediction`: the numbers, or null for "it does not fit". */
  judge(prediction) {
    const { explorer } = this;
    const verdict = verdictOn(explorer.setting, explorer.view.refusal, prediction, explorer.words("predict"));
    if (verdict.isRight) return this.reveal("right", prediction, true);
    this.count(false);
    this.say("wrong", verdict.sentences);
    if (prediction === null) return;
    const field = this.fields[fieldAxes(explorer.setting)[verdict.wrong.indexOf(true)]];
    field.focus();
    field.select();
  }

  reveal(how, prediction, isRight) {
    const { explorer } = this;
    this.count(isRight);
    this.revealed = sizesOf(explorer.setting);
    const shown = how === "shown" ? undefined : prediction;
    const { sentences } = verdictOn(explorer.setting, explorer.view.refusal, shown, explorer.words("predict"));
    this.say(how, sentences);
    explorer.refresh();
    this.buttons.next.focus();
  }

  askAnother() {
    const { explorer } = this;
    const { level, seed } = this.score.nextQuestion(TOP_LEVEL);
    this.revealed = this.question = ""; // even where chance asks the same once more
    this.wantsFocus = true;
    explorer.change(questionFor(explorer.setting, level, seed));
  }

  /** Only the first answer to a question counts. */
  count(isRight) {
    if (this.isCounted) return;
    this.isCounted = true;
    this.score.count(isRight);
    this.writeScore();
  }

  writeScore() {
    const { asked, first } = this.score.now;
    const isShown = this.explorer.setting.predict && asked > 0;
    const text = filled(this.explorer.words("predict").score, { first, asked });
    this.host.querySelector(".score").textContent = isShown ? text : "";
    this.host.querySelector(".again").hidden = !isShown;
  }

  say(kind, sentences) {
    this.verdict.className = `verdict ${kind}`;
    const paragraphs = sentences.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
    this.verdict.replaceChildren(...paragraphs);
  }

  mark(field, isWrong) {
    if (isWrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    return field;
  }

  /** The words, where the language is another one. */
  name() {
    const { explorer, host, buttons } = this;
    if (explorer.data.language === this.language) return;
    this.language = explorer.data.language;
    this.shown = "";
    const words = explorer.words("predict");
    const texts = { ".check span": words.toggle, ".ask": words.ask, ".again": words.again };
    for (const [selector, text] of Object.entries(texts)) host.querySelector(selector).textContent = text;
    host.querySelector(".check").title = words.why;
    for (const [name, button] of Object.entries(buttons)) button.textContent = words[name];
  }
}

/** What the size depends on, as text: another one is another question. */
function sizesOf(setting) {
  return JSON.stringify([setting.flat, axesOf(setting)]);
}

/** The axes whose size is asked: both, where height and width may differ. */
function fieldAxes({ apart, flat }) {
  return apart && !flat ? [0, 1] : [1];
}
