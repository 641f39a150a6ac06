// Arithmetic of one value of a feature map. Pure functions; the same as cnnviz/inspection/value_trace.py, see twins.py.

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
 */

/**
 * What the output at (row, column) reads: { shape: [c, kh, kw], values }; padding is zero.
 * @param {Step} step
 * @param {number} row of the output
 * @param {number} column of the output
 * @returns {{ shape: number[], values: Float32Array }}
 */
export function windowAt(step, row, column) {
  const [channels, height, width] = step.inputs.shape;
  if (step.kind === "sum") return { shape: step.inputs.shape, values: step.inputs.values };
  const [kh, kw] = step.kernel_size;
  const values = new Float32Array(channels * kh * kw);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const y = row * step.stride[0] - step.padding[0] + i * step.dilation[0];
        const x = column * step.stride[1] - step.padding[1] + j * step.dilation[1];
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        values[at++] = inside ? step.inputs.values[(c * height + y) * width + x] : 0;
      }
    }
  }
  return { shape: [channels, kh, kw], values };
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
 * Three decimals, a real minus sign.
 * @param {number} value
 * @returns {string}
 */
export function number(value) {
  return (Math.round(value * 1000) / 1000 + 0).toFixed(3).replace("-", "−");
}
