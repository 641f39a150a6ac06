// Confusion shades: how strongly a share of a true class is coloured, and which ink is readable on it. Pure functions.
import { percent } from "../number.js";

const ENOUGH = 4.5; // WCAG 2.1, 1.4.3: the contrast of text

/**
 * count / total; 0 for a class with no examples.
 * @param {number} count
 * @param {number} total
 * @returns {number} 0..1
 */
export function share(count, total) {
  return total > 0 ? count / total : 0;
}

/**
 * A share as per cent with one decimal; something that is not 0 or 100 never reads as if it were.
 * @param {number} part 0..1
 * @returns {string}
 */
export function shareText(part) {
  return part === 1 ? "100" : percent(part).slice(0, -1);
}

/**
 * 0..1: how much of the role's colour. Wrong ones by the root, so that 1 in 1,000 still shows; the scale is fixed.
 * @param {number} part 0..1
 * @param {boolean} right
 * @returns {number} 0..1
 */
export function tint(part, right) {
  if (part === 0) return 0.025;
  return right ? 0.12 + 0.76 * part : Math.min(0.95, 0.09 + 1.5 * Math.sqrt(part));
}

/**
 * `amount` of `color` on `background`, each [r, g, b].
 * @param {number[]} background
 * @param {number[]} color
 * @param {number} amount 0..1
 * @returns {number[]}
 */
export function mix(background, color, amount) {
  return background.map((channel, c) => Math.round(channel + (color[c] - channel) * amount));
}

/**
 * Whichever of two inks has more contrast on `fill`; black or white where neither has enough (one of them has).
 * @param {number[]} fill [r, g, b]
 * @param {number[]} ink
 * @param {number[]} paper
 * @returns {number[]}
 */
export function readable(fill, ink, paper) {
  const better = (one, other) => (contrast(fill, one) >= contrast(fill, other) ? one : other);
  const chosen = better(ink, paper);
  return contrast(fill, chosen) >= ENOUGH ? chosen : better([0, 0, 0], [255, 255, 255]);
}

function contrast(a, b) {
  const [x, y] = [light(a), light(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function light(color) {
  const [r, g, b] = color.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
