// Shades: which colour a value has: a tint of the grid's own colour, or the light of a photo. Knows no canvas.

import { rgb } from "../../../shared/component/theme.js";
/** @import { View } from "../explorer.js" */
/** @import { Panel } from "./layout.js" */
/** @import { Look } from "./paint.js" */

/** @typedef {{ css: string, rgb: number[], ink: string }} Shade `ink`: what is readable on it */

const LEVELS = 128;
const TINT = { bare: [0.06, 0.88], numbered: [0.08, 0.46] }; // behind a number a tint keeps 4.5 : 1
const LIGHTS = { 1: [[255, 255, 255]], 3: [[255, 92, 80], [96, 220, 110], [104, 160, 255]] };

/**
 * { css, rgb, ink } for any value: `of(value)`. `numbered`: a number stands on it.
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 * @param {boolean} numbered
 * @returns {{ of: (value: number) => Shade }}
 */
export function shadesOf(view, panel, look, numbered) {
  const values = valuesOf(view, panel);
  const photo = view.setting.input === "photo" && !view.flat && panel.name !== "kernel";
  const [low, high] = photo ? lightRange(panel, values) : tintRange(panel, values);
  const table = photo ? lightTable(view, panel) : tintTable(panel, look, numbered);
  const scale = (LEVELS - 1) / (high - low || 1);
  const of = (value) => {
    const size = panel.name === "kernel" ? Math.abs(value) : value;
    return table[Math.max(0, Math.min(LEVELS - 1, Math.round((size - low) * scale) || 0))];
  };
  return { of };
}

/**
 * The numbers that a panel shows, row by row.
 * @param {View} view
 * @param {{ name: string, channel: number }} panel
 * @returns {ArrayLike<number>}
 */
export function valuesOf(view, { name, channel }) {
  if (name === "input") return view.pixels[channel];
  if (name === "kernel") return view.weights[channel] ?? [];
  if (name === "partial" || view.mode === "pool") return view.partial[channel] ?? [];
  return view.values;
}

function extremes(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

/**
 * The smallest and the largest value of a panel.
 * @param {View} view
 * @param {Panel} panel
 * @returns {number[]} [smallest, largest]
 */
export function rangeOf(view, panel) {
  return extremes(valuesOf(view, panel));
}

function tintRange({ name }, values) {
  const [low, high] = extremes(values);
  if (name === "kernel") return [0, Math.max(Math.abs(low), Math.abs(high))];
  return name === "input" ? [Math.min(0, low), Math.max(1, high)] : [low, high];
}

/** Light is absolute in the input; in an output 0 is black, or middle grey where some are negative. */
function lightRange({ name }, values) {
  if (name === "input") return [0, 255];
  const [low, high] = extremes(values);
  const largest = Math.max(Math.abs(low), Math.abs(high), 1);
  return low < 0 ? [-largest, largest] : [0, largest];
}

function tintTable({ name }, look, numbered) {
  const color = look.colors[name === "partial" ? "output" : name];
  const [least, most] = TINT[numbered ? "numbered" : "bare"];
  return levels((share) => mixed(look.colors.background, color, least + share * (most - least)), () => look.colors.text);
}

function lightTable(view, { name, channel }) {
  const lights = LIGHTS[name === "input" ? view.pixels.length : 1];
  const light = lights[Math.min(channel, lights.length - 1)];
  return levels((share) => light.map((part) => part * share), (share) => (share > 0.55 ? "#000" : "#fff"));
}

function levels(colorAt, inkAt) {
  return Array.from({ length: LEVELS }, (_, level) => {
    const share = level / (LEVELS - 1);
    const parts = colorAt(share).map(Math.round);
    return { css: `rgb(${parts.join(" ")})`, rgb: parts, ink: inkAt(share) };
  });
}

/** [r, g, b] of `share` of one colour over another. */
function mixed(under, over, share) {
  const [a, b] = [rgb(under), rgb(over)];
  return a.map((part, i) => part + (b[i] - part) * share);
}
