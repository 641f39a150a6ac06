// Axis ticks: where an axis gets its numbers, and how they are written.

import { isExtreme, percent, powerText } from "./number.js";

/**
 * About `most` round numbers from `low` to `high`, two at the least; whole ones only, if asked.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @param {boolean} whole
 * @returns {number[]}
 */
export function roundTicks(low, high, most, whole = false) {
  const ticks = multiples(low, high, most, whole);
  return ticks.length > 1 || whole || !(high > low) ? ticks : roundTicks(low, high, most * 2); // 0 to 0.0039: 0.005 is beyond
}

function multiples(low, high, most, whole) {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  if (whole) step = Math.max(1, Math.round(step));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/**
 * Powers of ten from `low` to `high`, at most about `most` of them.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @returns {number[]}
 */
export function powerTicks(low, high, most) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks = [];
  for (let power = first; power <= last; power += stride) ticks.push(10 ** power);
  return ticks;
}

/**
 * A number on an axis or in the legend: "97.8%", "0.25", "10⁶".
 * @param {number} value
 * @param {"percent" | "number" | "rate"} format
 * @param {number | null} digits
 * @returns {string}
 */
export function numberText(value, format, digits) {
  if (value === null || value === undefined) return "–";
  if (format === "percent") return digits === 1 ? percent(value) : `${(value * 100).toFixed(digits)}%`;
  if (format === "rate") return rateText(Number(value.toPrecision(3)));
  if (isExtreme(value)) return digits === null ? powerText(Number(value.toPrecision(3))) : powerText(value, 1);
  return digits === null ? String(value) : value.toFixed(digits);
}

function rateText(rate) {
  return rate && rate < 1e-4 ? rate.toExponential() : String(rate);
}
