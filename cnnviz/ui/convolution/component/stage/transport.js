// Transport bar: play, restart, step, scrubber, count, speed. Shows a clock; knows nothing of what is stepped through.

import { filled } from "../../../shared/component/words.js";
import { RATES } from "./clock.js";
/** @import { Clock } from "./clock.js" */

const ICONS = {
  play: '<path d="M7 4.5v15l12-7.5z"/>',
  pause: '<path d="M6.5 5h4v14h-4zM13.5 5h4v14h-4z"/>',
  back: '<path d="M6 5h2.5v14H6zM19 5v14L9.5 12z"/>',
  forward: '<path d="M15.5 5H18v14h-2.5zM5 5v14l9.5-7z"/>',
  restart: '<path d="M12 5V1.5L7 6.25 12 11V7.5a5.5 5.5 0 1 1-5.5 5.5H4A8 8 0 1 0 12 5z"/>',
};

/**
 * The bar's controls, which show a clock and move it.
 */
export class Transport {
  /**
   * @param {HTMLElement} bar
   * @param {Clock} clock
   * @param {{ onToggle: () => void, onStep: (position: number) => void, onScrub: (position: number) => void, onScrubbed: () => void }} on
   */
  constructor(bar, clock, on) {
    const { onToggle, onStep, onScrub, onScrubbed } = on;
    this.bar = bar;
    this.clock = clock;
    this.find = (selector) => bar.querySelector(selector);
    this.scrubber = this.find(".scrubber");
    this.find(".play").addEventListener("click", onToggle);
    this.find(".back").addEventListener("click", () => onStep(clock.position - 1));
    this.find(".forward").addEventListener("click", () => onStep(clock.position + 1));
    this.find(".restart").addEventListener("click", () => onStep(0));
    this.scrubber.addEventListener("input", () => onScrub(Number(this.scrubber.value)));
    this.scrubber.addEventListener("change", onScrubbed);
    this.find(".speed input").addEventListener("input", (event) => clock.setRate(Number(event.target.value)));
  }

  /** After another setting, language, or a change between playing and not. */
  write(words, secret) {
    const { clock } = this;
    for (const name of ["back", "forward", "restart"]) writeIcon(this.find(`.${name}`), words[name], ICONS[name]);
    writeIcon(this.find(".play"), clock.playing ? words.pause : words.play, ICONS[clock.playing ? "pause" : "play"]);
    for (const control of this.bar.querySelectorAll("button, .scrubber")) control.disabled = clock.count === 0 || secret;
    this.scrubber.max = clock.last;
    this.scrubber.setAttribute("aria-label", words.position);
    this.find(".speed span").textContent = words.speed;
    const slider = this.find(".speed input");
    slider.value = clock.speed;
    fillTrack(slider);
    slider.title = filled(words.rate, { n: RATES[clock.speed] });
    slider.setAttribute("aria-valuetext", slider.title);
  }

  /** After a step. */
  writeStep(words, secret) {
    const { clock, scrubber } = this;
    const isShown = !secret && clock.count > 0;
    scrubber.value = clock.position;
    fillTrack(scrubber);
    const place = { i: clock.position + 1, n: clock.last + 1 };
    scrubber.setAttribute("aria-valuetext", isShown ? filled(words.of, place) : "");
    this.find(".count").textContent = isShown ? `${place.i} / ${place.n}` : "";
  }
}

function writeIcon(button, text, icon) {
  if (button.title === text) return;
  button.title = text;
  button.setAttribute("aria-label", text);
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${icon}</svg>`;
}

/** A range's track is filled up to its thumb. */
function fillTrack(range) {
  range.style.setProperty("--filled", `${(100 * range.value) / Math.max(1, range.max)}%`);
}
