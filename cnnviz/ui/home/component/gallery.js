// Gallery: a row of real handwritten digits to show to the network.

import { DIGIT_SIDE } from "../../shared/component/digit.js";
import { paintNumbers } from "../../shared/component/paint.js";
import { filled } from "../../shared/component/words.js";

const GALLERY_SIZE = 10; // one picture of each digit at a time

/**
 * Fills `host`; onPick(picture, { digit, set }) for a click. Returns { configure, paint(tables), sets(),
 * pick(digit, set), release() }; sets are counted from 0.
 * @param {HTMLElement} host
 * @param {(picture: Uint8Array, place: { digit: number, set: number }) => void} onPick
 * @returns {object}
 */
export function createGallery(host, onPick) {
  host.innerHTML = `<h2></h2><div class="digits">${"<button type='button'><canvas></canvas></button>".repeat(GALLERY_SIZE)}</div>
    <button type="button" class="more"></button>`;
  const buttons = [...host.querySelectorAll(".digits button")];
  const more = host.querySelector(".more");
  let digits = { pictures: new Uint8Array(0), labels: [] };
  let strings = {};
  let tables = null;
  let page = 0;

  const pictureAt = (index) => digits.pictures.subarray(index * DIGIT_SIDE ** 2, (index + 1) * DIGIT_SIDE ** 2);

  function paint(changed = tables) {
    tables = changed;
    if (digits.labels.length === 0) return;
    buttons.forEach((button, place) => {
      const index = page * GALLERY_SIZE + place;
      const canvas = button.firstChild;
      button.setAttribute("aria-label", filled(strings.testDigit, { digit: digits.labels[index] }));
      paintNumbers(canvas, { values: pictureAt(index), width: DIGIT_SIDE, height: DIGIT_SIDE, span: 255, table: tables.ink });
    });
  }

  const sets = () => Math.floor(digits.labels.length / GALLERY_SIZE);

  function pick(digit, set = page) {
    if (set !== page) {
      page = set;
      paint();
    }
    onPick(pictureAt(page * GALLERY_SIZE + digit), { digit, set });
    release();
    buttons[digit].setAttribute("aria-pressed", "true");
  }

  function release() {
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
  }

  buttons.forEach((button, place) => button.addEventListener("click", () => pick(place)));
  more.addEventListener("click", () => {
    page = (page + 1) % sets();
    release();
    paint();
  });

  return {
    paint,
    sets,
    pick,
    release,
    configure(changedStrings, changedDigits) {
      strings = changedStrings;
      digits = changedDigits;
      host.hidden = digits.labels.length === 0;
      host.querySelector("h2").textContent = strings.gallery;
      more.textContent = strings.more;
      more.hidden = digits.labels.length <= GALLERY_SIZE;
    },
  };
}
