// Parallel axes, drawn: an axis for each knob, one for the accuracy, and a line for each run.

import { rgb, role } from "../../../shared/component/theme.js";
import { svgNode, svgText } from "../../../shared/component/svg.js";
import { between, goodness, isInside, placeOf } from "./places.js";

export const HEIGHT = 340;
const MARGIN = { left: 64, right: 60, top: 52, bottom: 16 };
const HANDLE = 13; // half the width of a brush, in pixels

/**
 * Pixels of a chart of `width` with `count` axes.
 * @param {number} width CSS pixels
 * @param {number} count of axes
 * @returns {object} { x(i), y(place), place(pixel), top, bottom, width, gap }
 */
export function layoutOf(width, count) {
  const x = (i) => MARGIN.left + (count > 1 ? (i / (count - 1)) * (width - MARGIN.left - MARGIN.right) : 0);
  const y = (place) => HEIGHT - MARGIN.bottom - place * (HEIGHT - MARGIN.bottom - MARGIN.top);
  const place = (pixel) => (HEIGHT - MARGIN.bottom - pixel) / (HEIGHT - MARGIN.bottom - MARGIN.top);
  return { x, y, place, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom, width, gap: count > 1 ? x(1) - x(0) : width };
}

/**
 * One path for each run, the best on top; `on`: the run that stands out, or null.
 * @param {HTMLElement} root
 * @param {any} data the server's
 * @param {object} layout
 * @param {(number[] | null)[]} brushes
 * @param {number | null} on
 * @returns {SVGElement[]}
 */
export function linesOf(root, data, layout, brushes, on) {
  const dark = root.classList.contains("dark");
  const stops = [1, 2, 3, 4].map((i) => rgb(role(root, `sequential-${i}`))); // 0 is the page's own ground
  const accuracies = data.runs.map((run) => run.accuracy);
  const order = [...data.runs].sort((a, b) => Number(a.id === on) - Number(b.id === on) || (a.accuracy ?? -1) - (b.accuracy ?? -1));
  return order.map((run) => {
    const places = placesOf(data, run);
    const inside = isInside(places, brushes);
    const good = run.accuracy === null ? 0 : goodness(run.accuracy, accuracies);
    const color = between(stops, good).join(" ");
    const state = `${inside ? "" : " pc-out"}${run.early ? " pc-early" : ""}${run.id === on ? " pc-on" : ""}`;
    const path = svgNode("path", { class: `pc-line${state}`, d: pathOf(places, layout), style: `stroke: rgb(${color})`, "data-run": run.id });
    path.dataset.dark = String(dark);
    return path;
  });
}

/**
 * Where a run lies on every axis.
 * @param {any} data the server's
 * @param {any} run of them
 * @returns {(number | null)[]}
 */
export function placesOf(data, run) {
  return data.axes.map((axis, i) => placeOf(axis, i < run.values.length ? run.values[i] : run.accuracy));
}

function pathOf(places, layout) {
  let path = "";
  let before = null;
  places.forEach((place, i) => {
    if (place === null) return (before = null);
    const [x, y] = [layout.x(i), layout.y(place)];
    if (before === null) path += `M${x} ${y}`;
    else {
      const half = (x - before[0]) * 0.42; // gentle curves keep lines apart that share a value
      path += `C${before[0] + half} ${before[1]} ${x - half} ${y} ${x} ${y}`;
    }
    before = [x, y];
    return null;
  });
  return path;
}

/**
 * The axes with their names, ticks and brushes.
 * @param {any} data the server's
 * @param {any} layout
 * @param {(number[] | null)[]} brushes
 * @param {Function} handles what a brush is moved by
 * @returns {SVGElement[]}
 */
export function axesOf(data, layout, brushes, handles) {
  return data.axes.map((axis, i) => {
    const x = layout.x(i);
    const nodes = [svgNode("line", { class: "pc-axis", x1: x, x2: x, y1: layout.top, y2: layout.bottom })];
    twoLines(axis.label, layout.gap).forEach((line, row, all) => {
      const half = widthOf(line) / 2; // a name stays within the picture
      const middle = Math.max(half, Math.min(layout.width - half, x));
      nodes.push(svgText(line, { class: "pc-name", x: middle, y: layout.top - 30 + (row - all.length + 1) * 17, "text-anchor": "middle" }));
    });
    const last = i === data.axes.length - 1;
    for (const [place, label] of ticksOf(axis)) {
      const side = last ? { x: x + 8, "text-anchor": "start" } : { x: x - 8, "text-anchor": "end" };
      nodes.push(svgText(label, { class: "pc-tick", y: layout.y(place) + 5, ...side }));
    }
    const brush = brushes[i];
    if (brush) {
      const [top, bottom] = [layout.y(brush[1]), layout.y(brush[0])];
      nodes.push(svgNode("rect", { class: "pc-brush", x: x - HANDLE, y: top, width: 2 * HANDLE, height: Math.max(2, bottom - top), rx: 4 }));
    }
    nodes.push(svgNode("rect", { class: "pc-grip", x: x - HANDLE, y: layout.top - 8, width: 2 * HANDLE, height: layout.bottom - layout.top + 16, "data-axis": i }));
    return svgNode("g", {}, [...nodes, ...handles(axis, i, x)]);
  });
}

function ticksOf(axis) {
  if (axis.options) return axis.options.map((option) => [placeOf(axis, option), option]);
  return axis.ticks.map(([value, label]) => [placeOf(axis, value), label]);
}

/** About how wide a text is, in pixels. */
function widthOf(text) {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 16 : 8), 0);
}

/** A name that is wider than its place is broken at the space nearest to its middle. */
function twoLines(label, room) {
  if (widthOf(label) < room * 0.92 || !label.includes(" ")) return [label];
  const spaces = [...label].map((letter, i) => (letter === " " ? i : -1)).filter((i) => i >= 0);
  const middle = spaces.reduce((best, i) => (Math.abs(i - label.length / 2) < Math.abs(best - label.length / 2) ? i : best));
  return [label.slice(0, middle), label.slice(middle + 1)];
}
