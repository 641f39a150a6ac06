// Size controls: the modes, the sliders with their number fields, and what is wrong with a setting: everything that changes sizes.
// Knows nothing of pictures; says what it wants with explorer.change.

import { RANGES } from "../arithmetic/axis.js";
import { ModeBar } from "./modebar.js";
import { Refusal } from "./refusal.js";
import { SizeSlider } from "./sizeslider.js";
/** @import { Explorer, Part } from "../explorer.js" */

/**
 * The controls in `host`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createControls(host, explorer) {
  const bar = new ModeBar(explorer);
  const grid = document.createElement("div");
  grid.className = "sliders";
  const refusal = new Refusal(explorer, (letter, axis) => sliderOf(letter, axis).focus());
  const notify = (sentence) => refusal.showEntry(sentence);
  const both = (letter) => [0, 1].map((axis) => new SizeSlider(letter, axis, explorer, notify));
  const sliders = Object.keys(RANGES).flatMap(both);
  const sliderOf = (letter, axis) => sliders.find((slider) => slider.letter === letter && slider.axis === axis);
  grid.append(...sliders.map(({ root }) => root));
  host.replaceChildren(bar.root, grid, refusal.root);

  function update(view) {
    const { setting } = view;
    const apart = setting.apart && !setting.flat;
    bar.update(setting);
    grid.classList.toggle("apart", apart);
    grid.classList.toggle("six", setting.mode === "transposed");
    for (const slider of sliders) {
      const shown = (slider.axis === 1 || apart) && isUsed(setting.mode, slider.letter);
      slider.update(setting, shown, apart);
    }
    refusal.update(view, apart);
  }
  return { update, destroy: () => sliders.forEach((slider) => slider.destroy()) };
}

/** Whether the size `letter` means anything in `mode`. */
function isUsed(mode, letter) {
  if (mode === "flatten") return letter === "n";
  return letter !== "o" || mode === "transposed";
}
