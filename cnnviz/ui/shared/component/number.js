// Number texts: per cent, thousands, powers of ten. The same in both languages, as Python writes them.

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/**
 * Whether digits alone would say nothing of `value`, or far too much. The same rule as in cnnviz/base/text.py.
 * @param {number} value
 * @returns {boolean}
 */
export function isExtreme(value) {
  return value !== 0 && (Math.abs(value) >= 1e4 || Math.abs(value) < 1e-3);
}

/**
 * "3.2×10⁻⁴" with `digits` after the point; without them as few as it takes: "10⁶".
 * @param {number} value
 * @param {number} [digits]
 * @returns {string}
 */
export function powerText(value, digits) {
  const [mantissa, power] = value.toExponential(digits).split("e");
  const raised = [...power.replace("+", "")].map((each) => RAISED[each]).join("");
  return (digits === undefined && mantissa === "1" ? `10${raised}` : `${mantissa}×10${raised}`).replace("-", "−");
}

/**
 * 0.618 -> "61.8%"; what is not quite all, or not quite none, never reads as if it were. The same rule as in
 * cnnviz/base/text.py, but that a whole "0%" is short for little.
 * @param {number} share 0..1
 * @param {number} digits after the point
 * @returns {string}
 */
export function percent(share, digits = 1) {
  const text = (share * 100).toFixed(digits);
  const step = 10 ** -digits;
  if (share < 1 && text === (100).toFixed(digits)) return `>${(100 - step).toFixed(digits)}%`;
  return digits > 0 && share > 0 && text === (0).toFixed(digits) ? `<${step.toFixed(digits)}%` : `${text}%`;
}

/**
 * 61706 -> "61,706"; what is no whole number is rounded.
 * @param {number} number
 * @returns {string}
 */
export function grouped(number) {
  return Math.round(number).toLocaleString("en-US");
}
