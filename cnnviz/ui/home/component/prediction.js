// Prediction of the network: the likeliest digit, large, and ten bars.

import { percent } from "../../shared/component/number.js";
import { filled } from "../../shared/component/words.js";
/** @import { Words } from "../../shared/component/words.js" */

const UNSURE_BELOW = 0.5;
const SPOKEN_AFTER = 600; // ms of rest before a screen reader hears the answer

/**
 * Fills `host`; returns { configure(strings), show(probabilities or null) }.
 * @param {HTMLElement} host
 * @returns {{ configure: (strings: Words) => void, show: (probabilities: ArrayLike<number> | null) => void }}
 */
export function createPrediction(host) {
  host.innerHTML = `
    <h2></h2><p class="shape">fc3 + softmax, 10</p>
    <p class="winner" aria-hidden="true"><b></b><span></span></p>
    <ol class="bars">${"<li><i></i><span class='track'><span class='bar'></span></span><em></em></li>".repeat(10)}</ol>
    <p class="unseen" data-part="spoken" aria-live="polite"></p>`;
  const rows = [...host.querySelectorAll("li")].map((row, digit) => {
    row.querySelector("i").textContent = digit;
    return { row, bar: row.querySelector(".bar"), share: row.querySelector("em") };
  });
  const winner = host.querySelector(".winner");
  const spoken = host.querySelector("[data-part=spoken]");
  let strings = {};
  let timer = 0;

  function show(probabilities) {
    const best = probabilities ? leaders(probabilities) : [];
    const [first, second] = best;
    const unsure = probabilities && probabilities[first] < UNSURE_BELOW;
    rows.forEach(({ row, bar, share }, digit) => {
      const probability = probabilities?.[digit] ?? 0;
      bar.style.transform = `scaleX(${probability})`;
      share.textContent = probabilities ? percent(probability, 0) : "";
      row.classList.toggle("best", digit === first);
    });
    winner.classList.toggle("unsure", Boolean(unsure));
    winner.firstChild.textContent = probabilities ? `${first}` : "";
    winner.lastChild.textContent = !probabilities
      ? strings.blank
      : unsure ? filled(strings.unsure, { first, second }) : percent(probabilities[first], 0);
    const sentence = !probabilities
      ? strings.blank
      : filled(unsure ? strings.readsUnsure : strings.reads,
          { first, second, percent: percent(probabilities[first], 0) });
    clearTimeout(timer);
    timer = setTimeout(() => (spoken.textContent = sentence), SPOKEN_AFTER);
  }

  return {
    show,
    configure(changed) {
      strings = changed;
      host.querySelector("h2").textContent = strings.answer;
      host.querySelector("ol").setAttribute("aria-label", strings.probabilities);
    },
  };
}

/** The digits from most to least probable. */
function leaders(probabilities) {
  return Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
}
