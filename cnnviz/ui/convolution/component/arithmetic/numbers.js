// Number texts for people: a true minus sign, few digits, counted from 1.

/**
 * A value as text: whole numbers whole, others with at most three significant digits.
 * @param {number} value
 * @returns {string}
 */
export function shown(value) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "?";
  if (Number.isInteger(value)) return signed(value);
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.01 ? 2 : 3;
  const text = size < 0.0005 ? size.toExponential(0) : `${Number(size.toFixed(digits))}`;
  return value < 0 ? `−${text}` : text;
}

/**
 * Whether `shown` writes a value without rounding it.
 * @param {number} value
 * @returns {boolean}
 */
export function isExact(value) {
  return Math.abs(Number(shown(value).replace("−", "-")) - value) < 1e-9;
}

/**
 * A whole number as text, with a true minus sign.
 * @param {number} value
 * @returns {string}
 */
export function signed(value) {
  return value < 0 ? `−${-value}` : `${value}`;
}

/**
 * "6 × 8" for [height, width]; a signal (`flat`) has its length only.
 * @param {number[]} size height and width
 * @param {boolean} flat
 * @returns {string}
 */
export function sidesText([height, width], flat) {
  return flat ? `${width}` : `${height} × ${width}`;
}

/**
 * ["2", "4–6"] for the indices [1, 3, 4, 5]: counted from 1, runs joined.
 * @param {number[]} indices from 0, ascending
 * @returns {string[]}
 */
export function ranges(indices) {
  const runs = [];
  for (const index of indices) {
    const run = runs[runs.length - 1];
    if (run && index === run[1] + 1) run[1] = index;
    else runs.push([index, index]);
  }
  const written = ([a, b]) => (a === b ? [`${a + 1}`] : b === a + 1 ? [`${a + 1}`, `${b + 1}`] : [`${a + 1}–${b + 1}`]);
  return runs.flatMap(written);
}
