// Named kernels: their weights for any height and width, row by row. Knows nothing of pictures or of networks.

import { hash32, weightStream } from "../arithmetic/hash.js";

/** The kernels with a name and a formula, in the order they are taught. */
export const NAMED_KERNELS = ["identity", "blur", "sharpen", "sobel-x", "sobel-y", "laplacian", "emboss"];

const KERNEL_MAKERS = {
  identity: (kh, kw) => eachTap(kh, kw, (y, x) => (y === 0 && x === 0 ? 1 : 0)),
  blur: (kh, kw) => new Float64Array(kh * kw).fill(1 / (kh * kw)),
  sharpen: (kh, kw) => aroundCentre(kh, kw, -1, 1),
  laplacian: (kh, kw) => aroundCentre(kh, kw, 1, 0),
  "sobel-x": (kh, kw) => outer(smoothing(kh), difference(kw)),
  "sobel-y": (kh, kw) => outer(difference(kh), smoothing(kw)),
  emboss: embossed,
};

/**
 * A named kernel of `kh` rows and `kw` columns; its 3 x 3 form is the textbook's.
 * @param {string} name of NAMED_KERNELS
 * @param {number[]} size rows and columns
 * @returns {Float64Array} kh * kw
 */
export function namedKernel(name, [kh, kw]) {
  return KERNEL_MAKERS[name](kh, kw);
}

/**
 * Small whole numbers, -1 to 2, that seed, channel and place decide.
 * @param {number} filter the seed, from 1
 * @param {number} channel from 0
 * @param {number[]} size rows and columns
 * @returns {Float64Array} kh * kw
 */
export function randomKernel(filter, channel, [kh, kw]) {
  const weights = new Float64Array(kh * kw);
  const stream = weightStream(filter, channel);
  for (let i = 0; i < weights.length; i++) weights[i] = (hash32(Math.floor(i / kw), i % kw, stream) % 4) - 1;
  return weights;
}

/**
 * Rows of numbers laid on the middle of `kh` x `kw`: cut off where they stick out, zeros where they do not reach.
 * @param {number[][]} rows
 * @param {number[]} size rows and columns
 * @returns {Float64Array} kh * kw
 */
export function centredRows(rows, [kh, kw]) {
  const weights = new Float64Array(kh * kw);
  const top = Math.floor((kh - rows.length) / 2);
  rows.forEach((row, y) => {
    const left = Math.floor((kw - row.length) / 2);
    row.forEach((value, x) => {
      const inside = y + top >= 0 && y + top < kh && x + left >= 0 && x + left < kw;
      if (inside) weights[(y + top) * kw + x + left] = value;
    });
  });
  return weights;
}

/**
 * Turned by 180 degrees, both axes reversed: what true convolution lays on the picture.
 * @param {Float64Array} weights
 * @returns {Float64Array}
 */
export function turned(weights) {
  return weights.slice().reverse();
}

/**
 * `weights`, which lie row by row, as rows.
 * @param {Float64Array} weights
 * @param {number} columns
 * @returns {number[][]}
 */
export function rowsOf(weights, columns) {
  return Array.from({ length: weights.length / columns }, (_, y) =>
    Array.from(weights.subarray(y * columns, (y + 1) * columns)),
  );
}

// The middle of an even side is the left one of the two, where torch's padding="same" puts it.
function middle(length) {
  return Math.floor((length - 1) / 2);
}

function eachTap(kh, kw, value) {
  return Float64Array.from({ length: kh * kw }, (_, i) => value(Math.floor(i / kw) - middle(kh), (i % kw) - middle(kw)));
}

/** `weight` on the direct neighbours of the centre, and on the centre what brings the sum to `total`. */
function aroundCentre(kh, kw, weight, total) {
  const weights = eachTap(kh, kw, (y, x) => (Math.abs(y) + Math.abs(x) === 1 ? weight : 0));
  weights[middle(kh) * kw + middle(kw)] = total - weights.reduce((sum, each) => sum + each, 0);
  return weights;
}

/** Light from the upper left: falls along the diagonal, sums to 1. On even sides the middle is two or four pixels. */
function embossed(kh, kw) {
  const far = (index, length) => (length === 1 ? 0 : index - (length - 1) / 2);
  const middles = (length) => (length % 2 ? 1 : 2);
  return Float64Array.from({ length: kh * kw }, (_, i) => {
    const [y, x] = [far(Math.floor(i / kw), kh), far(i % kw, kw)];
    const distance = Math.max(Math.abs(y), Math.abs(x));
    return (distance <= 1 ? y + x : 0) + (distance < 1 ? 1 / (middles(kh) * middles(kw)) : 0);
  });
}

function outer(column, row) {
  return Float64Array.from({ length: column.length * row.length }, (_, i) => {
    return column[Math.floor(i / row.length)] * row[i % row.length];
  });
}

/** Binomial numbers: 1; 1 1; 1 2 1; 1 3 3 1; ... */
function smoothing(length) {
  let row = [1];
  while (row.length < length) row = [...row, 0].map((value, i) => value + (i ? row[i - 1] : 0));
  return row;
}

/** The slope, smoothed where there is room: -1 1; -1 0 1; -1 -1 1 1; -1 -2 0 2 1; ... as OpenCV's larger Sobel kernels. */
function difference(length) {
  if (length === 1) return [1];
  const smooth = smoothing(length - 1);
  return [...smooth, 0].map((value, i) => (i ? smooth[i - 1] : 0) - value);
}
