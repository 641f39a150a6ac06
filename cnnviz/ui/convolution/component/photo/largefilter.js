// Large filter: the stage's layer on a picture or sound too large for one frame: one row of the output at a time. Knows no page.
// Same axes, same sums as grid.js, which makes whole pictures; tests/browser/test_convolution_content.py compares them.

import { outputSize } from "../arithmetic/axis.js";
import { windowOf } from "../arithmetic/grid.js";
/** @import { Axis } from "../arithmetic/axis.js" */

const PIECE = 10; // milliseconds of work between two frames

/**
 * { size, values, row(y) } for { axes, pooling, pixels, weights, bias }: values is one Float32Array, pooled one a channel.
 * @param {{ axes: Axis[], pooling: string, pixels: ArrayLike<number>[], weights: Float64Array[], bias: number }} layer
 * @returns {{ size: number[], values: Float32Array[], row: (y: number) => void }}
 */
export function largeFilter({ axes, pooling, pixels, weights, bias }) {
  const size = axes.map(outputSize);
  const across = flatWindows(axes[1], size[1]);
  const isPool = axes[0].kind === "pool";
  const values = Array.from({ length: isPool ? pixels.length : 1 }, () => new Float32Array(size[0] * size[1]).fill(bias));
  const width = axes[1].n;
  const row = (y) => {
    const down = windowOf(axes[0], y);
    pixels.forEach((picture, channel) => {
      if (isPool) poolRow(values[channel], y * size[1], picture, width, down, across, LARGE_POOLINGS[pooling]);
      else sumRow(values[0], y * size[1], picture, width, down, across, weights[channel], axes[1].k);
    });
  };
  return { size, values, row };
}

/**
 * Calls work(0) ... work(count - 1), a few milliseconds at a time, then done(). Returns a function that stops it.
 * @param {number} count
 * @param {(index: number) => void} work
 * @param {() => void} done
 * @returns {() => void}
 */
export function inPieces(count, work, done) {
  let next = 0;
  let timer = setTimeout(piece);
  function piece() {
    const end = performance.now() + PIECE;
    while (next < count && performance.now() < end) work(next++);
    if (next < count) timer = setTimeout(piece);
    else done();
  }
  return () => clearTimeout(timer);
}

/** The windows along one axis without their padding, one after the other: of output x from starts[x] to starts[x + 1]. */
function flatWindows(axis, size) {
  const [starts, counts] = [new Int32Array(size + 1), new Int32Array(size)];
  const [inputs, taps] = [new Int32Array(size * axis.k), new Int32Array(size * axis.k)];
  for (let x = 0, at = 0; x < size; x++) {
    const window = windowOf(axis, x);
    counts[x] = window.length; // with the padding
    for (const [index, tap] of window) {
      if (index < 0) continue;
      inputs[at] = index;
      taps[at++] = tap;
    }
    starts[x + 1] = at;
  }
  return { starts, counts, inputs, taps };
}

function sumRow(out, start, picture, width, down, { starts, inputs, taps }, weights, kw) {
  for (const [y, i] of down) {
    if (y < 0) continue;
    for (let x = 0; x < starts.length - 1; x++) {
      let sum = 0;
      for (let at = starts[x]; at < starts[x + 1]; at++) {
        sum += picture[y * width + inputs[at]] * weights[i * kw + taps[at]];
      }
      out[start + x] += sum;
    }
  }
}

const windowValues = new Float64Array(121); // of one window: 11 x 11 at most

function poolRow(out, start, picture, width, down, { starts, counts, inputs }, pooled) {
  for (let x = 0; x < starts.length - 1; x++) {
    let found = 0;
    for (const [y] of down) {
      if (y < 0) continue;
      for (let at = starts[x]; at < starts[x + 1]; at++) windowValues[found++] = picture[y * width + inputs[at]];
    }
    out[start + x] = found ? pooled(windowValues, found, down.length * counts[x]) : 0;
  }
}

const LARGE_POOLINGS = {
  max: (values, found) => extremeOf(values, found, 1),
  min: (values, found) => extremeOf(values, found, -1),
  average: (values, found, count) => {
    let sum = 0;
    for (let i = 0; i < found; i++) sum += values[i];
    return sum / count;
  },
  softmax: (values, found) => {
    const largest = extremeOf(values, found, 1);
    let [sum, total] = [0, 0];
    for (let i = 0; i < found; i++) {
      const power = Math.exp(values[i] - largest);
      sum += power * values[i];
      total += power;
    }
    return sum / total;
  },
};

function extremeOf(values, found, sign) {
  let best = values[0];
  for (let i = 1; i < found; i++) if ((values[i] - best) * sign > 0) best = values[i];
  return best;
}
