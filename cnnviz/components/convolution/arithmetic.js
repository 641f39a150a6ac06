// What a convolution does to sizes and indices along one axis: pure functions of { n, k, p, s, d }, no drawing.
// The same table as cnnviz/arithmetic/conv.py; tests/browser/test_convolution.py compares the two in Chromium.

const SEED = 3;

/** How many pixels the kernel spans, its gaps counted. */
export function extent({ k, d }) {
  return d * (k - 1) + 1;
}

/** The input with its padding on both ends. */
export function paddedSize({ n, p }) {
  return n + 2 * p;
}

/** The output's size, floored as torch does; 0 where torch refuses. */
export function outputSize(c) {
  const room = paddedSize(c) - extent(c);
  return room < 0 ? 0 : Math.floor(room / c.s) + 1;
}

/** The padded input indices that the window of output `index` lies on. */
export function taps({ k, s, d }, index) {
  return Array.from({ length: k }, (_, tap) => index * s + tap * d);
}

/** For every output index the padded input indices it reads. */
export function windows(c) {
  return Array.from({ length: outputSize(c) }, (_, index) => taps(c, index));
}

/** For every PADDED input index all output indices that read it. */
export function paddedReaders(c) {
  const found = Array.from({ length: paddedSize(c) }, () => []);
  windows(c).forEach((window, output) => window.forEach((index) => found[index].push(output)));
  return found;
}

/** For every input index (no padding) all output indices that read it. */
export function readers(c) {
  return paddedReaders(c).slice(c.p, c.p + c.n);
}

/** The input indices (no padding) that no window reads; none where torch refuses. */
export function unused(c) {
  if (outputSize(c) === 0) return [];
  return readers(c).flatMap((outputs, index) => (outputs.length ? [] : [index]));
}

/** The smallest change of each single parameter that mends a refused configuration: [[name, value], ...]. */
export function repairs(c) {
  const span = extent(c);
  const padded = paddedSize(c);
  if (span <= padded) return [];
  const dilation = Math.floor((padded - 1) / (c.k - 1));
  return [
    ["k", Math.floor((padded - 1) / c.d) + 1],
    ["p", Math.ceil((span - c.n) / 2)],
    ...(dilation >= 1 ? [["d", dilation]] : []),
    ["n", c.n + span - padded],
  ];
}

/** "2, 4–6" for the indices [1, 3, 4, 5]: counted from 1, runs joined. */
export function ranges(indices) {
  const runs = [];
  for (const index of indices) {
    const run = runs[runs.length - 1];
    if (run && index === run[1] + 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([a, b]) => (a === b ? `${a + 1}` : b === a + 1 ? `${a + 1}, ${b + 1}` : `${a + 1}–${b + 1}`)).join(", ");
}

/** A number in [0, 2^32) that row, column and stream decide: the same picture whatever the sizes are. */
function hashed(row, column, stream) {
  let h = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca6b) ^ Math.imul(stream + SEED, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The pixel at (row, column) of the input: 0 to 5. */
export function pixel(row, column) {
  return hashed(row, column, 1) % 6;
}

/** The pixel at (row, column) of the padded input: 0 in the padding. */
export function paddedPixel({ n, p }, row, column) {
  const inside = row >= p && column >= p && row < n + p && column < n + p;
  return inside ? pixel(row - p, column - p) : 0;
}

/** The kernel's weight at (row, column): -1 to 2. */
export function weight(row, column) {
  return (hashed(row, column, 2) % 4) - 1;
}

/** Every product of output (row, column): [[pixel, weight], ...], row by row. */
export function products(c, row, column) {
  const rows = taps(c, row);
  const columns = taps(c, column);
  return rows.flatMap((y, i) => columns.map((x, j) => [paddedPixel(c, y, x), weight(i, j)]));
}

/** The value of output (row, column): the sum of its products, in plain loops because a map has thousands. */
export function outputValue(c, row, column) {
  let sum = 0;
  for (let i = 0; i < c.k; i++) {
    for (let j = 0; j < c.k; j++) {
      sum += paddedPixel(c, row * c.s + i * c.d, column * c.s + j * c.d) * weight(i, j);
    }
  }
  return sum;
}

/** A whole number as text, with a true minus sign. */
export function signed(value) {
  return value < 0 ? `−${-value}` : `${value}`;
}
