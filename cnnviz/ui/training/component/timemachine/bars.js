// Probability bars of the pinned picture: one for each class, the right one marked; they move with the epochs.
import { element } from "../../../shared/component/elements.js";
import { percent } from "../../../shared/component/number.js";
import { barsWords, pinWords } from "./text.js";
import { mapsAt } from "./pieces.js";
import { nearest } from "./playhead.js";
/** @import { Film } from "./playhead.js" */

const MOST = 10; // bars

/**
 * The picture, and one row for each class that is shown.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function layBars(root, film) {
  const { pin, classes, strings } = film.data;
  const box = root.querySelector(".fl-pin");
  box.hidden = !pin;
  const image = box.querySelector("img");
  if (pin && image.getAttribute("src") !== pin.picture) image.src = pin.picture;
  image.alt = pinWords(film);
  film.bars = shownClasses(film);
  const rows = film.bars.map((index) => {
    const isTrue = pin?.true === index;
    const name = element("span", { className: "fl-name", textContent: isTrue ? `${classes[index]} ✓` : classes[index], title: isTrue ? strings.isTrue : "" });
    return element("li", { className: isTrue ? "fl-true" : "" }, [name, element("span", { className: "fl-bar-box" }, [element("i")]), element("span", { className: "fl-share" })]);
  });
  root.querySelector(".fl-bars").replaceChildren(...rows);
}

/**
 * Lengths and colours at the present place.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function drawBars(root, film) {
  const [first, second] = [probabilitiesAt(film, film.place.from), probabilitiesAt(film, film.place.to)];
  const list = root.querySelector(".fl-bars");
  list.hidden = !film.data.pin || film.data.gone;
  list.classList.toggle("fl-pale", !first && !second);
  root.querySelector(".fl-pin p").textContent = barsWords(film, probabilitiesAt(film, nearest(film.place)));
  if (list.hidden || (!first && !second)) return;
  const shares = film.bars.map((index) => blend((first ?? second)[index], (second ?? first)[index], film.place.t));
  const largest = Math.max(...shares);
  [...list.children].forEach((row, i) => {
    const bar = row.querySelector("i");
    bar.style.transform = `scaleX(${shares[i].toFixed(4)})`;
    const isTrue = film.data.pin?.true === film.bars[i];
    bar.className = film.data.pin?.true == null ? "" : isTrue ? "fl-right" : shares[i] === largest ? "fl-wrong" : "";
    row.lastChild.textContent = percent(shares[i]);
  });
}

/**
 * The probabilities of a stop; undefined while they are not here.
 * @param {Film} film
 * @param {number} index of the stop
 * @returns {number[] | undefined} one a class
 */
function probabilitiesAt(film, index) {
  const { layers } = film.data;
  return layers.map((layer) => mapsAt(film, index, layer)).find((piece) => piece?.answer)?.answer;
}

/** All classes if they are few; else those that the newest stop finds likeliest, and the right one. */
function shownClasses(film) {
  const count = film.data.classes.length;
  const all = Array.from({ length: count }, (_, i) => i);
  if (count <= MOST) return all;
  const newest = probabilitiesAt(film, film.data.stops.length - 1) ?? [];
  const likeliest = [...all].sort((a, b) => (newest[b] ?? 0) - (newest[a] ?? 0)).slice(0, MOST);
  const right = film.data.pin?.true;
  if (right != null && !likeliest.includes(right)) likeliest[MOST - 1] = right;
  return likeliest.sort((a, b) => a - b);
}

function blend(a, b, t) {
  return a * (1 - t) + b * t;
}
