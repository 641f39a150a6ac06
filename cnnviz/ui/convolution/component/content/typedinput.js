// Typed input: the text box of numbers, read while they are typed, refused in one sentence, never lost.

import { element } from "../../../shared/component/elements.js";
import { filled, sentencesOf } from "../../../shared/component/words.js";
import { isFocused, labelled, say } from "./panelparts.js";
import { readNumbers, writeNumbers } from "./typednumbers.js";
/** @import { Setting } from "../arithmetic/setting.js" */
/** @import { Explorer } from "../explorer.js" */

const TYPING_PAUSE = 150; // milliseconds after which a text is read

/**
 * Inside `host`. Returns { update(view, words), destroy }.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {object}
 */
export function createTypedInput(host, explorer) {
  const box = element("textarea", { className: "content-text", rows: 7, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  const field = labelled(box, "wide");
  const help = element("p", { className: "content-note", id: "content-typed-help" });
  const problem = element("p", { className: "content-error", id: "content-typed-problem" });
  problem.setAttribute("aria-live", "polite");
  box.setAttribute("aria-describedby", `${problem.id} ${help.id}`);
  host.append(field, problem, help);
  let words = {};
  let error = null;
  let typed = null; // the numbers that the text stands for
  let timer = 0;

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => read(false), TYPING_PAUSE);
  });
  box.addEventListener("change", () => {
    clearTimeout(timer);
    read(true);
  });
  box.addEventListener("keydown", (event) => event.stopPropagation()); // space and arrows are for the text

  function read(commit) {
    const { setting } = explorer;
    const found = readNumbers(box.value, setting);
    error = found.error ?? null;
    if (!error) {
      typed = found.channels;
      explorer.change({ input: "typed", pixels: typed, ...typedSize(typed, setting) }, { commit });
    }
    writeProblem();
  }

  function writeProblem() {
    say(problem, error ? filled(words[error.rule], error) : "");
    box.setAttribute("aria-invalid", Boolean(error));
  }

  return {
    update({ setting, flat }, changed) {
      words = changed;
      say(field.firstChild, flat ? words.numbersFlat : words.numbers);
      say(help, setting.channels > 1 ? sentencesOf([words.numbersHelp, words.numbersHelpRgb]) : words.numbersHelp);
      if (setting.pixels !== typed && !isFocused(box)) {
        typed = setting.pixels;
        error = null;
        box.value = typed ? writeNumbers(typed) : "";
      }
      writeProblem();
    },
    destroy: () => clearTimeout(timer),
  };
}

/**
 * The setting's part that makes the input as large as what was typed.
 * @param {number[][][]} channels channel -> rows -> numbers
 * @param {Setting} setting
 * @returns {Partial<Setting>}
 */
export function typedSize([rows], { flat, n, apart }) {
  const [height, width] = [rows.length, rows[0].length];
  if (flat) return { n: apart ? [n[0], width] : [width, width] };
  return { n: [height, width], apart: apart || height !== width };
}
