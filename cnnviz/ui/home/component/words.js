// Number texts, as they are read aloud.

/**
 * "98%"; what is not quite certain never reads 100%.
 * @param {number} probability 0..1
 * @returns {string}
 */
export function percent(probability) {
  if (probability >= 0.995 && probability < 1) return ">99%";
  return `${Math.round(100 * probability)}%`;
}

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
