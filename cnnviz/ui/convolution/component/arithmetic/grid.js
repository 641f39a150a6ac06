// The values of a whole picture: convolution, transposed convolution, pooling. Typed arrays in, typed arrays out.
// Pictures are one Float64Array a channel, row by row; axes are [rows, columns] of axis.js.

import { outputSize, pairs } from "./axis.js";
/** @import { Axis } from "./axis.js" */

/**
 * A value of a window at (y, x) of the input, -1 in the padding, and the weight at (i, j) of the kernel upon it.
 * @typedef {{ y: number, x: number, i: number, j: number, pixel: number, weight: number | null }} Product
 */

/**
 * { partial: one output a channel, before the sum; values: the sum over channels and the bias }.
 * @param {Axis[]} axes rows, columns
 * @param {Float64Array[]} pixels one plane (h * w) a channel
 * @param {Float64Array[]} weights one kernel (kh * kw) a channel
 * @param {number} bias
 * @returns {{ partial: Float64Array[], values: Float64Array }}
 */
export function convolveAll(axes, pixels, weights, bias) {
  const one = axes[0].kind === "transposed" ? scatter : gather;
  const partial = pixels.map((picture, channel) => one(axes, picture, weights[channel]));
  const values = new Float64Array(partial[0].length).fill(bias);
  for (const part of partial) for (let i = 0; i < values.length; i++) values[i] += part[i];
  return { partial, values };
}

/** Windows with their padded indices turned into plain ones, -1 in the padding: [[[index, tap], ...], ...]. */
function plainWindows(a) {
  return Array.from({ length: outputSize(a) }, (_, output) => windowOf(a, output));
}

/**
 * The products behind one output along one axis: [[input index or -1 in the padding, weight index], ...].
 * @param {Axis} a
 * @param {number} output index
 * @returns {number[][]}
 */
export function windowOf(a, output) {
  if (a.kind === "transposed") return pairs(a, output);
  return pairs(a, output).map(([index, tap]) => [index >= a.p && index < a.p + a.n ? index - a.p : -1, tap]);
}

/** @param {Axis[]} axes rows, columns */
function gather([rows, columns], picture, weights) {
  const down = plainWindows(rows);
  const across = plainWindows(columns).map((window) => window.filter(([index]) => index >= 0));
  const out = new Float64Array(down.length * across.length);
  down.forEach((window, row) => {
    for (const [y, i] of window) {
      if (y < 0) continue;
      for (let column = 0; column < across.length; column++) {
        let sum = 0;
        for (const [x, j] of across[column]) sum += picture[y * columns.n + x] * weights[i * columns.k + j];
        out[row * across.length + column] += sum;
      }
    }
  });
  return out;
}

/**
 * Every input stamps the kernel, times itself, onto the output; what falls outside is cut off.
 * @param {Axis[]} axes rows, columns
 */
function scatter([rows, columns], picture, weights) {
  const [height, width] = [outputSize(rows), outputSize(columns)];
  const out = new Float64Array(height * width);
  for (let y = 0; y < rows.n; y++) {
    for (let i = 0; i < rows.k; i++) {
      const row = y * rows.s - rows.p + i * rows.d;
      if (row < 0 || row >= height) continue;
      for (let x = 0; x < columns.n; x++) {
        const pixel = picture[y * columns.n + x];
        for (let j = 0; j < columns.k; j++) {
          const column = x * columns.s - columns.p + j * columns.d;
          if (column >= 0 && column < width) out[row * width + column] += pixel * weights[i * columns.k + j];
        }
      }
    }
  }
  return out;
}

/** What each kind of pooling makes of the values in a window; `count` includes padding, as torch's average does. */
const POOLINGS = {
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  average: (values, count) => values.reduce((sum, value) => sum + value, 0) / count,
  softmax: (values) => weightsOfSoftmax(values).reduce((sum, share, i) => sum + share * values[i], 0),
};

/** exp(v) / sum of exp: each value's share in softmax pooling. */
function weightsOfSoftmax(values) {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * { partial: one output a channel; values: the first channel's }: pooling never mixes channels.
 * @param {Axis[]} axes rows, columns
 * @param {string} pooling "max", "average", "min" or "softmax"
 * @param {Float64Array[]} pixels one plane (h * w) a channel
 * @returns {{ partial: Float64Array[], values: Float64Array }}
 */
export function poolAll(axes, pooling, pixels) {
  const [down, across] = axes.map(plainWindows);
  const partial = pixels.map((picture) => {
    const out = new Float64Array(down.length * across.length);
    down.forEach((window, row) =>
      across.forEach((other, column) => {
        out[row * across.length + column] = poolWindow(window, other, pooling, picture, axes[1].n);
      }),
    );
    return out;
  });
  return { partial, values: partial[0] };
}

function poolWindow(down, across, pooling, picture, width) {
  const values = [];
  for (const [y] of down) {
    if (y < 0) continue;
    for (const [x] of across) if (x >= 0) values.push(picture[y * width + x]);
  }
  return values.length ? POOLINGS[pooling](values, down.length * across.length) : 0;
}

/**
 * For the window of output (row, column) in one channel: [{ y, x, i, j, pixel, weight }], -1 for padding.
 * @param {Axis[]} axes rows, columns
 * @param {number} row of the output
 * @param {number} column of the output
 * @param {Float64Array} picture h * w
 * @param {Float64Array | null} weights kh * kw
 * @returns {Product[]}
 */
export function productsOf([rows, columns], row, column, picture, weights) {
  const across = windowOf(columns, column);
  return windowOf(rows, row).flatMap(([y, i]) =>
    across.map(([x, j]) => {
      const pixel = y < 0 || x < 0 ? 0 : picture[y * columns.n + x];
      return { y, x, i, j, pixel, weight: weights ? weights[i * columns.k + j] : null };
    }),
  );
}

/**
 * Each pixel's share in one pooled value: where the gradient goes. Padding has none; { y, x, pixel, share }.
 * @param {Axis[]} axes rows, columns
 * @param {number} row of the output
 * @param {number} column of the output
 * @param {Float64Array} picture h * w
 * @param {string} pooling
 * @returns {(Product & { share: number })[]} 0..1 each
 */
export function sharesOf([rows, columns], row, column, picture, pooling) {
  const every = productsOf([rows, columns], row, column, picture, null);
  const inside = every.filter(({ y, x }) => y >= 0 && x >= 0);
  const values = inside.map(({ pixel }) => pixel);
  const shares = {
    average: () => values.map(() => 1 / every.length),
    softmax: () => weightsOfSoftmax(values),
    max: () => firstOnly(values, Math.max(...values)),
    min: () => firstOnly(values, Math.min(...values)),
  }[pooling]();
  return inside.map((cell, at) => ({ ...cell, share: shares[at] }));
}

function firstOnly(values, wanted) {
  const first = values.indexOf(wanted);
  return values.map((_, at) => (at === first ? 1 : 0));
}
