// Setting: everything the page can be set to, and its one text form, a link's query string. Pure.
// The same table as cnnviz/arithmetic/setting.py; tests/js/twins.test.mjs compares them.

import { outputSize, RANGES } from "./axis.js";
import { packNumbers, unpackNumbers } from "./pack.js";
/** @import { Axis } from "./axis.js" */

export const CHOICES = {
  mode: ["conv", "transposed", "pool", "flatten"],
  pooling: ["max", "average", "min", "softmax"],
  input: ["numbers", "digit", "photo", "noise", "drawing", "typed", "tone", "step", "chirp"],
};
/** In every link; a link that has one of our names is complete: what it leaves out has its default. */
const ALWAYS = ["mode", "n", "k", "p", "s"];
const SWITCHES = ["flat", "apart", "ceil", "flip", "predict"];
const COUNTS = { channels: [1, 3], pick: [1, 9999], filter: [1, 9999], step: [1, 9999] };
const BIAS_LIMIT = 9999;

/** @typedef {{ parameter: string, value: string }} Problem of a link: what was not taken */
/**
 * What the page shows. Sizes are [height, width].
 * @typedef {object} Setting
 * @property {"conv" | "transposed" | "pool" | "flatten"} mode
 * @property {boolean} flat a signal instead of a picture: one row
 * @property {boolean} apart height and width each with sliders of their own
 * @property {number[]} n size of the input
 * @property {number[]} k size of the kernel
 * @property {number[]} p padding
 * @property {number[]} s stride
 * @property {number[]} d dilation
 * @property {number[]} o output padding
 * @property {string} pooling one of CHOICES.pooling
 * @property {boolean} ceil
 * @property {number} channels 1 or 3
 * @property {string} input one of CHOICES.input
 * @property {number} pick which of the inputs, from 1
 * @property {string} kernel a named one, "random", "typed", or a network
 * @property {number} filter which of the kernels, from 1
 * @property {boolean} flip true convolution
 * @property {number} bias
 * @property {number} step of the animation, from 1
 * @property {boolean} predict
 * @property {number[][][] | null} pixels of "typed" and "drawing": channel -> rows -> numbers
 * @property {number[][][] | null} weights of "typed"
 */

/** @type {Readonly<Setting>} */
export const DEFAULTS = Object.freeze({
  mode: "conv",
  flat: false,
  apart: false,
  n: [6, 6],
  k: [3, 3],
  p: [0, 0],
  s: [1, 1],
  d: [1, 1],
  o: [0, 0],
  pooling: "max",
  ceil: false,
  channels: 1,
  input: "numbers",
  pick: 1,
  kernel: "random",
  filter: 1,
  flip: false,
  bias: 0,
  step: 1,
  predict: false,
  pixels: null,
  weights: null,
});

const PACKED = { pixels: "x", weights: "w" }; // their names in the link

const NEUTRAL = { k: 1, p: 0, s: 1, d: 1, o: 0 };

/**
 * The axes, [rows, columns], of a setting; a signal's rows are neutral.
 * @param {Setting} setting
 * @returns {Axis[]}
 */
export function axesOf(setting) {
  return [0, 1].map((axis) => axisOf(setting, axis));
}

function axisOf(setting, axis) {
  const { mode: kind, ceil } = setting;
  const shape = setting.flat && axis === 0 ? { n: 1, ...NEUTRAL } : {};
  if (!("n" in shape)) for (const letter of Object.keys(RANGES)) shape[letter] = setting[letter][axis];
  if (kind === "flatten") Object.assign(shape, NEUTRAL); // each value is read once, by itself
  if (kind !== "transposed") shape.o = 0;
  const rules = { ceil: kind === "pool" && ceil, average: kind === "pool" && setting.pooling === "average" };
  return /** @type {Axis} */ ({ kind, ...shape, ...rules });
}

/**
 * [rows, columns] of the output; flattening has one row. 0 where torch refuses.
 * @param {Setting} setting
 * @returns {number[]}
 */
export function sizeOf(setting) {
  const size = axesOf(setting).map(outputSize);
  return setting.mode === "flatten" ? [1, setting.channels * size[0] * size[1]] : size;
}

/**
 * { setting, problems } of a query string; a problem, { parameter, value }, has its default in the setting.
 * @param {string} text
 * @returns {{ setting: Setting, problems: Problem[] }}
 */
export function parseLink(text) {
  const setting = { ...DEFAULTS };
  const problems = [];
  for (const [parameter, value] of new URLSearchParams(text)) {
    const name = Object.keys(PACKED).find((key) => PACKED[key] === parameter) ?? parameter;
    if (!Object.hasOwn(DEFAULTS, name) || (name in PACKED && name === parameter)) continue;
    const read = readValue(name, value);
    if (read === null) problems.push({ parameter, value });
    else setting[name] = read;
  }
  if (Object.keys(RANGES).some((letter) => setting[letter][0] !== setting[letter][1])) setting.apart = true;
  return { setting: Object.freeze(setting), problems };
}

function readValue(name, text) {
  if (name in RANGES) return readPair(text, RANGES[name]);
  if (name in CHOICES) return CHOICES[name].includes(text) ? text : null;
  if (SWITCHES.includes(name)) return ["0", "1"].includes(text) ? text === "1" : null;
  if (name in PACKED) return unpackNumbers(text);
  if (name === "kernel") return /^[a-z0-9-]{1,40}$/.test(text) ? text : null;
  if (name === "bias") return readBias(text);
  const count = readWhole(text, COUNTS[name]);
  return name === "channels" && count === 2 ? null : count;
}

function readPair(text, range) {
  const parts = text.split("x").map((part) => readWhole(part, range));
  return parts.length > 2 || parts.includes(null) ? null : [parts[0], parts[parts.length - 1]];
}

function readWhole(text, [low, high]) {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value >= low && value <= high ? value : null;
}

function readBias(text) {
  const value = Number(text);
  return /^-?\d{1,5}(\.\d{1,9})?$/.test(text) && Math.abs(value) <= BIAS_LIMIT ? value : null;
}

/**
 * The query string of a setting, never empty: ALWAYS, and of the rest what has not its default.
 * `custom`: with the pixels and weights a visitor made.
 * @param {Setting} setting
 * @param {{ custom?: boolean }} options
 * @returns {string}
 */
export function linkOf(setting, { custom = true } = {}) {
  const query = new URLSearchParams();
  for (const name of Object.keys(DEFAULTS)) {
    const value = setting[name];
    if (!ALWAYS.includes(name) && JSON.stringify(value) === JSON.stringify(DEFAULTS[name])) continue;
    if (!(name in PACKED)) query.set(name, writeValue(value));
    else if (custom && isUsed(setting, name)) query.set(PACKED[name], packNumbers(value));
  }
  return query.toString();
}

function writeValue(value) {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (Array.isArray(value)) return value[0] === value[1] ? `${value[0]}` : value.join("x");
  return typeof value === "number" ? value.toFixed(9).replace(/\.?0+$/, "") : value;
}

function isUsed(setting, name) {
  if (name === "weights") return setting.kernel === "typed" && !["pool", "flatten"].includes(setting.mode);
  return setting.input === "typed" || setting.input === "drawing";
}
