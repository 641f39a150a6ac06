// Arithmetic of one value of a feature map. Pure functions; the same as cnnviz/inspection/trace.py, see twins.py.

import { powerText } from "../../../shared/component/number.js";

/** @typedef {{ shape: number[], values: Float32Array }} Maps [c, h, w] */
/**
 * A layer's work on one map; `kernel_size`, `stride`, `padding` and `dilation` are [height, width].
 * @typedef {object} Step
 * @property {string} kind
 * @property {Maps} inputs
 * @property {Maps} output
 * @property {Maps | null} weights
 * @property {number} bias
 * @property {number[]} kernel_size
 * @property {number[]} stride
 * @property {number[]} padding
 * @property {number[]} dilation
 * @property {boolean} counts_padding
 * @property {number[][][] | null} [spans] of adaptive pooling: [first, end] of every row, and of every column
 */

/**
 * What the output at (row, column) reads: { shape: [c, kh, kw], values }, or less of it at the edge of a pooling's map.
 * @param {Step} step
 * @param {number} row of the output
 * @param {number} column of the output
 * @returns {{ shape: number[], values: Float32Array }}
 */
export function windowAt(step, row, column) {
  const [channels, height, width] = step.inputs.shape;
  if (step.kind === "sum") return { shape: step.inputs.shape, values: step.inputs.values };
  const rows = taps(step, 0, row);
  const columns = taps(step, 1, column);
  const values = new Float32Array(channels * rows.length * columns.length);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (const y of rows) {
      for (const x of columns) {
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        values[at++] = inside ? step.inputs.values[(c * height + y) * width + x] : 0;
      }
    }
  }
  return { shape: [channels, rows.length, columns.length], values };
}

/**
 * The rows (axis 0) or columns (axis 1) of the input that output row or column `index` reads; of the padding, if its
 * zeros count, below 0 and beyond the last.
 * @param {Step} step
 * @param {number} axis
 * @param {number} index
 * @returns {number[]}
 */
function taps(step, axis, index) {
  if (step.spans) {
    const [first, end] = step.spans[axis][index];
    return Array.from({ length: end - first }, (_, tap) => first + tap);
  }
  const counted = step.counts_padding ? step.padding[axis] : 0;
  const first = index * step.stride[axis] - step.padding[axis];
  return Array.from({ length: step.kernel_size[axis] }, (_, tap) => first + tap * step.dilation[axis]).filter(
    (at) => at >= -counted && at < step.inputs.shape[1 + axis] + counted,
  );
}

/**
 * Each value times its weight.
 * @param {Float32Array} values
 * @param {Float32Array} weights
 * @returns {Float32Array}
 */
export function products(values, weights) {
  return values.map((value, i) => value * weights[i]);
}

/**
 * Their sum, added up in their order.
 * @param {ArrayLike<number> & Iterable<number>} values
 * @returns {number}
 */
export function total(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/**
 * Where the map answers most strongly, [row, column].
 * @param {Step} step
 * @returns {number[]}
 */
export function strongest(step) {
  const { values, shape } = step.output;
  let best = 0;
  values.forEach((value, i) => {
    if (value > values[best]) best = i;
  });
  return [Math.floor(best / shape[2]), best % shape[2]];
}

/**
 * Three decimals, a real minus sign; powers of ten where three decimals would say nothing.
 * @param {number} value
 * @returns {string}
 */
export function number(value) {
  if (value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6)) return powerText(value, 1);
  return (Math.round(value * 1000) / 1000 + 0).toFixed(3).replace("-", "−");
}
