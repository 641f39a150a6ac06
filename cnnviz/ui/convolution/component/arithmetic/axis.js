// Axis arithmetic: what a convolution, a transposed convolution or pooling does to sizes and indices along one axis. Pure, no drawing.
// The same table as cnnviz/arithmetic/{conv,pooling,axis}.py; tests/js/twins.test.mjs compares them.

/**
 * One axis: sizes in cells of the input; `p` is added at both ends.
 * @typedef {{ kind: "conv" | "transposed" | "pool", n: number, k: number, p: number, s: number, d: number, o: number,
 *   ceil: boolean, average?: boolean }} Axis
 */

export const RANGES = { n: [1, 64], k: [1, 11], p: [0, 10], s: [1, 8], d: [1, 4], o: [0, 7] };

/**
 * How many pixels the kernel spans, its gaps counted.
 * @param {Axis} axis
 * @returns {number} input cells
 */
export function extent({ k, d }) {
  return d * (k - 1) + 1;
}

/**
 * The input with its padding on both ends; a transposed convolution pads its input with nothing.
 * @param {Axis} axis
 * @returns {number} cells
 */
export function paddedSize({ kind, n, p }) {
  return kind === "transposed" ? n : n + 2 * p;
}

/**
 * What the formula gives, below 1 where nothing fits.
 * @param {Axis} a
 * @returns {number} cells
 */
export function rawSize(a) {
  if (a.kind === "transposed") return (a.n - 1) * a.s - 2 * a.p + extent(a) + a.o;
  const room = paddedSize(a) - extent(a);
  if (!a.ceil) return Math.floor(room / a.s) + 1;
  const size = Math.ceil(room / a.s) + 1;
  return hangsOutside(a, size) ? size - 1 : size;
}

/**
 * With ceil: whether the last of `size` windows would start in the padding at the end, where torch drops it.
 * @param {Axis} a
 * @param {number} size cells of the output
 * @returns {boolean}
 */
export function hangsOutside(a, size) {
  return (size - 1) * a.s >= a.n + a.p;
}

/**
 * The output's size; 0 where torch refuses.
 * @param {Axis} a
 * @returns {number} cells
 */
export function outputSize(a) {
  return refusalOf(a) ? 0 : rawSize(a);
}

/**
 * The rule of torch's that this axis breaks, or null.
 * @param {Axis} a
 * @returns {string | null} the rule's name
 */
export function refusalOf(a) {
  if (a.kind === "transposed" && a.o > 0 && a.o >= Math.max(a.s, a.d)) return "outputPadding";
  if (a.kind === "pool" && a.average && a.d > 1) return "dilation";
  if (a.kind === "pool" && a.p > Math.floor(a.k / 2)) return "padding";
  if (rawSize(a) >= 1) return null;
  return { conv: "extent", transposed: "output", pool: "empty" }[a.kind];
}

/**
 * The padded input indices that the window of output `index` lies on; a transposed one: the inputs that reach it.
 * @param {Axis} a
 * @param {number} index of the output
 * @returns {number[]}
 */
function taps(a, index) {
  return pairs(a, index).map(([position]) => position);
}

/**
 * The products behind output `index`: [[padded input index, index of the weight], ...].
 * @param {Axis} a
 * @param {number} index of the output
 * @returns {number[][]}
 */
export function pairs(a, index) {
  const every = Array.from({ length: a.k }, (_, tap) => tap);
  if (a.kind !== "transposed") {
    const end = paddedSize(a); // with ceil a last window hangs over it
    return every.map((tap) => [index * a.s + tap * a.d, tap]).filter(([position]) => position < end);
  }
  return every
    .map((tap) => [(index + a.p - tap * a.d) / a.s, tap])
    .filter(([position]) => Number.isInteger(position) && position >= 0 && position < a.n)
    .sort((one, other) => one[0] - other[0]);
}

/**
 * For every output index the padded input indices it reads.
 * @param {Axis} a
 * @returns {number[][]}
 */
export function windows(a) {
  return Array.from({ length: outputSize(a) }, (_, index) => taps(a, index));
}

/** For every PADDED input index all output indices that read it. */
function paddedReaders(a) {
  const found = Array.from({ length: paddedSize(a) }, () => []);
  windows(a).forEach((window, output) => window.forEach((index) => found[index].push(output)));
  return found;
}

/**
 * For every input index (no padding) all output indices that read it.
 * @param {Axis} a
 * @returns {number[][]}
 */
export function readers(a) {
  const before = a.kind === "transposed" ? 0 : a.p;
  return paddedReaders(a).slice(before, before + a.n);
}

/**
 * The input indices (no padding) that no window reads; none where torch refuses.
 * @param {Axis} a
 * @returns {number[]}
 */
export function unused(a) {
  if (outputSize(a) === 0) return [];
  return readers(a).flatMap((outputs, index) => (outputs.length ? [] : [index]));
}

/**
 * The smallest change of each single parameter that fixes a refused axis: [[letter, value], ...], within RANGES.
 * @param {Axis} a
 * @returns {any[][]} [letter, value] each
 */
export function repairs(a) {
  if (!refusalOf(a)) return [];
  return ["k", "p", "s", "d", "o", "n"].flatMap((letter) => {
    const value = nearest(a, letter);
    return value === null ? [] : [[letter, value]];
  });
}

function nearest(a, letter) {
  const [low, high] = RANGES[letter];
  const works = (value) => value >= low && value <= high && !refusalOf({ ...a, [letter]: value });
  for (let distance = 1; distance <= high - low; distance++) {
    for (const value of [a[letter] - distance, a[letter] + distance]) if (works(value)) return value;
  }
  return null;
}
