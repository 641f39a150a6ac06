// Number texts, as they are read aloud.

/**
 * [6, 28, 28] -> "6×28×28".
 * @param {number[]} shape
 * @returns {string}
 */
export function timesSigns(shape) {
  return shape.join("×");
}

/**
 * A value of a map, to three digits, with a true minus sign.
 * @param {number} value
 * @returns {string}
 */
export function shortNumber(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2).replace("-", "−");
}
