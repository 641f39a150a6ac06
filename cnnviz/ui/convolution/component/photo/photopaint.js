// Photo painting, filtered ones as pixels: which number is white, and what a negative one looks like. Knows no page.

import { lookupTable } from "../../../shared/component/theme.js";
/** @import { View } from "../explorer.js" */

const MOST_LIGHT = 255;
const BINS = 1024;
const BRIGHTEST = 0.995; // share of the pixels below full white: a few extremes must not darken all others

/**
 * How the result shows itself best: "picture", or "magnitude" where the weights cancel each other out.
 * @param {View} view
 * @returns {"picture" | "magnitude"}
 */
export function ownManner(view) {
  const { sum, size } = weighed(view.weights);
  return view.mode === "pool" || sum > 0.05 * size ? "picture" : "magnitude";
}

/**
 * { manner, span }: what full white, or full colour, stands for.
 * @param {View} view
 * @param {Float32Array} values of one map
 * @param {string} manner "picture", "magnitude" or "signed"
 * @returns {{ manner: string, span: number }}
 */
export function scaleOf(view, values, manner) {
  if (manner !== "picture") return { manner, span: highest(values) };
  if (view.mode === "pool") return { manner, span: MOST_LIGHT };
  const span = view.mode === "transposed" ? highest(values) : MOST_LIGHT * weighed(view.weights).sum;
  return { manner, span: span > 0 ? span : MOST_LIGHT };
}

/**
 * Paints one map in the scale's manner, or three as red, green and blue.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array[]} maps
 * @param {number[]} size height and width
 * @param {{ manner: string, span: number }} scale
 * @param {HTMLElement} root
 */
export function paintResult(canvas, maps, [height, width], { manner, span }, root) {
  paintPixels(canvas, width, height, (rgba, i) => {
    if (manner !== "signed") {
      for (let c = 0; c < 3; c++) {
        const value = maps[maps.length === 3 ? c : 0][i];
        rgba[4 * i + c] = ((manner === "magnitude" ? Math.abs(value) : value) / span) * MOST_LIGHT;
      }
    } else {
      const level = Math.max(0, Math.min(255, Math.round(127.5 + (maps[0][i] / span) * 127.5)));
      for (let c = 0; c < 3; c++) rgba[4 * i + c] = table(root)[3 * level + c];
    }
  });
}

/**
 * Paints planes of 0..255: one is grey, three are colour.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>[]} planes
 * @param {number[]} size height and width
 */
export function paintPlanes(canvas, planes, [height, width]) {
  paintPixels(canvas, width, height, (rgba, i) => {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = planes[planes.length === 3 ? c : 0][i];
  });
}

function paintPixels(canvas, width, height, paint) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  image.data.fill(255); // opaque
  for (let i = 0; i < width * height; i++) paint(image.data, i);
  context.putImageData(image, 0, 0);
}

const tables = new Map(); // of light and dark

function table(root) {
  const theme = root.classList.contains("dark");
  if (!tables.has(theme)) tables.set(theme, lookupTable(root, "diverging"));
  return tables.get(theme);
}

function weighed(weights) {
  let [sum, size] = [0, 0];
  for (const channel of weights) {
    for (const weight of channel) {
      sum += weight;
      size += Math.abs(weight);
    }
  }
  return { sum, size };
}

/** The magnitude that all but a few values stay below; never 0. Sorting all of a photo would take 200 ms. */
function highest(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 1;
  const binOf = (value) => Math.min(BINS - 1, Math.floor((Math.abs(value) / largest) * BINS));
  const counts = new Uint32Array(BINS);
  for (const value of values) counts[binOf(value)]++;
  let rank = Math.min(values.length - 1, Math.floor(values.length * BRIGHTEST)); // from the smallest
  let bin = 0;
  while (rank >= counts[bin]) rank -= counts[bin++];
  const inBin = values.filter((value) => binOf(value) === bin).map(Math.abs);
  return inBin.sort()[rank] || largest;
}
