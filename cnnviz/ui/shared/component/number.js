// Powers of ten: numbers that are very small or very large.

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
