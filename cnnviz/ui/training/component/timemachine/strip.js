// Curve strip under the scrubber: test accuracy and loss over the epochs, with a cursor at the present place.
import { svgNode } from "../../../shared/component/svg.js";
import { positionOf } from "./playhead.js";
/** @import { Film, Stop } from "./playhead.js" */

const HEIGHT = 46;
const EDGE = 9; // half the thumb of the range above: its ends are the curve's

/**
 * The curve for the present data and width.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function layStrip(root, film) {
  const strip = root.querySelector(".fl-strip");
  const { curve, stops } = film.data;
  const width = strip.clientWidth || 600;
  film.axis = axisOf(stops, width);
  strip.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  strip.setAttribute("aria-label", film.strings.curve);
  const most = Math.max(...curve.loss.filter(Number.isFinite), 1e-9);
  const lines = [
    line("accuracy", curve.epochs, curve.accuracy, (share) => share, film.axis),
    line("loss", curve.epochs, curve.loss, (loss) => loss / most, film.axis),
  ];
  const ticks = stops.filter((stop) => stop.v && !stop.now).map((stop) => svgNode("line", { class: "fl-tick", x1: film.axis(stop.at), x2: film.axis(stop.at), y1: HEIGHT - 4, y2: HEIGHT }));
  const cursor = svgNode("line", { class: "fl-cursor", y1: 0, y2: HEIGHT });
  strip.replaceChildren(...(ticks.length <= 240 ? ticks : []), ...lines, cursor);
}

/**
 * Cursor and thumb at the present place.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function drawStrip(root, film) {
  const { stops } = film.data;
  const at = positionOf(film.data, film.place);
  const x = film.axis(at);
  const cursor = root.querySelector(".fl-cursor");
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  const range = root.querySelector(".fl-scrub");
  range.min = stops[0].at;
  range.max = Math.max(stops.at(-1).at, stops[0].at + 1e-6);
  range.value = at;
}

/**
 * Epochs -> pixels, as wide as the range.
 * @param {Stop[]} stops
 * @param {number} width CSS pixels
 * @returns {(at: number) => number}
 */
function axisOf(stops, width) {
  const [first, last] = [stops[0].at, stops.at(-1).at];
  return (at) => EDGE + (width - 2 * EDGE) * (last > first ? Math.min(1, Math.max(0, (at - first) / (last - first))) : 0);
}

function line(kind, epochs, values, height, axis) {
  let path = "";
  let isDown = false;
  values.forEach((value, i) => {
    const y = 3 + (HEIGHT - 9) * (1 - height(value));
    path += Number.isFinite(value) ? `${isDown ? "L" : "M"}${axis(epochs[i]).toFixed(1)} ${y.toFixed(1)}` : "";
    isDown = Number.isFinite(value);
  });
  return svgNode("path", { class: `fl-curve fl-${kind}`, d: path });
}
