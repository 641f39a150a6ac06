// Quiz questions: settings to predict, small numbers, harder with the level, the same ones for the same seed. Pure.

import { RANGES, refusalOf } from "../arithmetic/axis.js";
import { hash32 } from "../arithmetic/hash.js";
import { axesOf } from "../arithmetic/setting.js";
/** @import { Setting } from "../arithmetic/setting.js" */

export const TOP_LEVEL = 4;
const QUESTION_STREAM = 7777; // no pixels and no weights come from it

// A range for each letter, a level a row; "k" as a stride: the kernel's size, as pooling mostly has it.
const ASKED_SIZES = {
  conv: [
    { n: [5, 9], k: [2, 4] },
    { n: [4, 9], k: [3, 5], p: [1, 2] },
    { n: [6, 12], k: [2, 4], s: [2, 3] },
    { n: [8, 18], k: [3, 5], p: [1, 3], s: [2, 4] },
    { n: [9, 28], k: [2, 5], p: [0, 3], s: [1, 3], d: [2, 3] },
  ],
  pool: [
    { n: [6, 12], k: [2, 3], s: "k" },
    { n: [6, 14], k: [2, 4], s: [1, 3] },
    { n: [6, 14], k: [2, 5], p: [1, 2], s: [1, 3] },
    { n: [7, 18], k: [2, 4], p: [0, 2], s: [2, 3] },
    { n: [9, 28], k: [2, 4], p: [0, 2], s: [2, 4] },
  ],
  transposed: [
    { n: [3, 6], k: [2, 4] },
    { n: [3, 6], k: [2, 4], s: [2, 3] },
    { n: [3, 7], k: [3, 5], p: [1, 2], s: [1, 3] },
    { n: [3, 8], k: [3, 5], p: [0, 2], s: [2, 4], o: [1, 3] },
    { n: [3, 9], k: [2, 4], p: [0, 2], s: [2, 3], d: [2, 3], o: [0, 2] },
  ],
};
const PLAIN_SIZES = { p: 0, s: 1, d: 1, o: 0 };

/**
 * What to change in `setting` for question number `seed` of `level`, 0 to 4; from level 3 on some do not fit.
 * @param {Setting} setting
 * @param {number} level
 * @param {number} seed
 * @returns {Partial<Setting>}
 */
export function questionFor(setting, level, seed) {
  const ceil = setting.mode === "pool" && level >= 3;
  const wantsRefusal = level >= 3 && hash32(seed, 0, QUESTION_STREAM) % 4 === 0;
  for (let attempt = 1; attempt < 200; attempt++) {
    const seeds = [0, 1].map((axis) => hash32(seed, 2 * attempt + axis, QUESTION_STREAM));
    const axes = seeds.map((one) => drawnAxis(setting.mode, level, one, wantsRefusal));
    if (!setting.apart) axes[0] = axes[1];
    const pairs = Object.keys(RANGES).map((letter) => [letter, axes.map((one) => one[letter])]);
    const patch = { ...Object.fromEntries(pairs), ceil };
    if (isAsked({ ...setting, ...patch }, wantsRefusal)) return patch;
  }
  return {};
}

function drawnAxis(mode, level, seed, wantsRefusal) {
  const from = ASKED_SIZES[mode][level];
  /** @type {Record<string, number>} */
  const one = { ...PLAIN_SIZES };
  Object.keys(from).forEach((letter, i) => {
    one[letter] = from[letter] === "k" ? one.k : numberIn(from[letter], hash32(seed, i, QUESTION_STREAM));
  });
  if (!wantsRefusal) return one;
  if (mode === "conv") return { ...one, n: numberIn([1, 4], hash32(seed, 9, QUESTION_STREAM)) };
  if (mode === "pool") return { ...one, p: Math.floor(one.k / 2) + 1 };
  return { ...one, o: Math.max(one.s, one.d) };
}

/** Whether it fits or not, as wanted. */
function isAsked(setting, wantsRefusal) {
  const axes = axesOf(setting).slice(setting.flat ? 1 : 0);
  return axes.some((axis) => refusalOf(axis) !== null) === wantsRefusal;
}

function numberIn([low, high], number) {
  return low + (number % (high - low + 1));
}
