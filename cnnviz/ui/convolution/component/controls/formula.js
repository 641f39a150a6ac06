// Output size formula, animated: symbols, the numbers put in, the fraction, its floor, plus one, the result.
// A term lights up while its slider moves. Knows nothing of sliders or canvases.

import { filled, followed, isChinese, withColon } from "../../../shared/component/words.js";
import { rawSize, refusalOf } from "../arithmetic/axis.js";
import { flattenHtml, formulaHtml } from "./formulahtml.js";
import { decimalText, formulaText, quotientOf } from "./formulatext.js";
import { signed } from "../arithmetic/numbers.js";
/** @import { Explorer, Part } from "../explorer.js" */

const FORMULA_TERMS = ["n", "k", "p", "s", "d", "o"];
const GLOW_TIME = 900; // ms that a term stays lit after its value came
const REVEAL_STEP = { delay: 120, duration: 180, fill: "backwards" }; // ms: the last of four steps ends after 540

/**
 * The formula in `host`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createFormula(host, explorer) {
  const formula = new Formula(host, explorer);
  return { update: (view) => formula.update(view), destroy: () => clearTimeout(formula.timer) };
}

class Formula {
  constructor(host, explorer) {
    this.explorer = explorer;
    this.host = host;
    this.line = document.createElement("div");
    this.note = document.createElement("p");
    this.note.className = "note";
    host.setAttribute("role", "math");
    host.replaceChildren(this.line, this.note);
    this.key = "";
    this.shape = "";
    this.axes = null;
    this.secret = false;
    this.slots = new Map(); // name -> { element, text }
    this.running = [];
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
  }

  update(view) {
    const { explorer } = this;
    if (view.mode === "flatten") return this.showFlattening(view);
    const axes = view.setting.apart && !view.flat ? view.axes : [view.axes[1]];
    const key = JSON.stringify([axes, explorer.hidden, explorer.data.language]);
    if (key !== this.key) this.show(axes, explorer.hidden, key);
    if (explorer.moving) this.light([explorer.moving]);
  }

  /** Flattening has no formula of an axis: it multiplies. */
  showFlattening({ shape, pixels, size }) {
    const { explorer } = this;
    const factors = [pixels.length, ...shape];
    const key = JSON.stringify([factors, explorer.data.language]);
    if (key !== this.key) {
      Object.assign(this, { key, shape: "", axes: null });
      this.line.className = "line";
      this.line.innerHTML = flattenHtml(factors, size[1]);
      this.note.textContent = explorer.words("formula").flatten;
      this.host.setAttribute("aria-label", `n_out = ${factors.join(" × ")} = ${size[1]}. ${this.note.textContent}`);
    }
    if (explorer.moving) this.light([explorer.moving]);
  }

  show(axes, secret, key) {
    const before = this.axes;
    const wasSecret = this.secret;
    Object.assign(this, { key, axes, secret });
    for (const animation of this.running.splice(0)) animation.cancel();
    this.reshape(axes, secret);
    axes.forEach((axis, index) => this.fill(axis, index, secret));
    const words = this.explorer.words("formula");
    this.note.textContent = ceilNote(axes, secret, words);
    const note = this.note.textContent;
    this.host.setAttribute("aria-label", followed(spokenFormula(axes, secret, words), note));
    if (!before || this.explorer.moving) return;
    const changed = changedTerms(before, axes);
    if (changed.length) this.light(changed);
    const isLeap = changed.length > 1 || before[0].kind !== axes[0].kind;
    if (isLeap || (wasSecret && !secret)) this.reveal(isLeap ? 1 : 2);
  }

  /** New elements, only where the kind of formula is another one. */
  reshape(axes, secret) {
    const words = this.explorer.words("formula");
    const shape = {
      kind: axes[0].kind,
      dilated: axes.some(({ d }) => d > 1),
      ceil: axes[0].ceil,
      secret,
      names: axes.length === 1 ? [""] : [words.height, words.width],
      refused: axes.map((axis) => !secret && refusalOf(axis) !== null),
    };
    const text = JSON.stringify(shape);
    if (text === this.shape) return;
    this.shape = text;
    this.line.className = `line ${lengthOf(shape)} ${axes.length > 1 ? "apart" : ""}`;
    this.line.innerHTML = formulaHtml(shape);
    const elements = [...this.line.querySelectorAll("[data-slot]")];
    this.slots = new Map(elements.map((element) => [element.dataset.slot, { element, text: "" }]));
  }

  fill(axis, index, secret) {
    for (const [name, text] of Object.entries(slotTexts(axis))) {
      const slot = this.slots.get(`${name}${index}`);
      if (!slot || slot.text === text) continue;
      slot.element.textContent = slot.text = text;
    }
    if (!axis.ceil) return;
    const drops = !secret && quotientOf(axis).drops;
    for (const one of this.line.querySelectorAll(`[data-drop="${index}"]`)) one.hidden = !drops;
  }

  /** Light `letters` up; they go out by themselves. */
  light(letters) {
    const lit = letters.join(" ");
    if (this.host.dataset.lit !== lit) this.host.dataset.lit = lit;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dim(), GLOW_TIME);
  }

  dim() {
    if (this.explorer.moving) this.light([this.explorer.moving]); // the finger rests on it
    else delete this.host.dataset.lit;
  }

  /** The chain again, step by step, from step number `first`. */
  reveal(first) {
    if (this.calm.matches) return;
    const from = [{ opacity: 0, transform: "translateX(-0.4em)" }, {}];
    for (const chain of this.line.querySelectorAll(".chain")) {
      const steps = [...chain.querySelectorAll(".step")].slice(first - 1);
      steps.forEach((step, i) => this.running.push(step.animate(from, { ...REVEAL_STEP, delay: i * REVEAL_STEP.delay })));
    }
  }
}

/** What stands in each slot of an axis' chain. */
function slotTexts(axis) {
  const letters = Object.fromEntries(FORMULA_TERMS.map((letter) => [letter, `${axis[letter]}`]));
  const all = { ...letters, result: signed(rawSize(axis)) };
  if (axis.kind === "transposed") {
    const [steps, cut, span] = [(axis.n - 1) * axis.s, 2 * axis.p, axis.d * (axis.k - 1)].map(String);
    return { ...all, steps, cut, span, extra: `${axis.o}` };
  }
  const { exact, whole } = quotientOf(axis);
  const text = decimalText(exact);
  const cut = !axis.ceil && exact > 0 && text.includes(".") ? text.indexOf(".") : text.length; // what the floor takes
  return { ...all, whole: text.slice(0, cut), rest: text.slice(cut), rounded: signed(whole) };
}

/** The class that makes it fit into one line, of a transposed convolution into two. */
function lengthOf({ kind, dilated, ceil, names }) {
  if (dilated && kind !== "transposed" && names.length === 1) return "longer";
  return kind === "transposed" || dilated || ceil ? "long" : "";
}

function spokenFormula(axes, secret, words) {
  if (axes.length === 1) return formulaText(axes[0], secret);
  const named = axes.map((axis, i) => withColon(i ? words.width : words.height, formulaText(axis, secret)));
  return named.join(isChinese(words.width) ? "；" : "; ");
}

/** With ceil mode: the rule of the last window, and what it takes away. */
function ceilNote(axes, secret, words) {
  if (!axes[0].ceil) return "";
  const dropped = secret ? undefined : axes.find((axis) => quotientOf(axis).drops);
  return dropped ? filled(words.drops, { size: quotientOf(dropped).whole + 1 }) : words.ceil;
}

function changedTerms(before, axes) {
  const differs = (letter) => axes.some((axis, i) => axis[letter] !== (before[i] ?? before[0])[letter]);
  return FORMULA_TERMS.filter(differs);
}
