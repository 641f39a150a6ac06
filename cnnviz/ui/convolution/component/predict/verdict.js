// Verdict on a predicted output size: right, or which slip gives that number. Pure.

import { filled, isChinese } from "../../../shared/component/words.js";
import { extent, paddedSize, rawSize } from "../arithmetic/axis.js";
import { axesOf } from "../arithmetic/setting.js";
import { diagnose, worked, workedRight } from "../arithmetic/slips.js";
/** @import { Setting } from "../arithmetic/setting.js" */
/** @import { Refused } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const MOST_SLIPS = 2; // that one wrong number is traced to: the likeliest

/**
 * { isRight, wrong, sentences } for `prediction`: a number for each axis; null: "it does not fit"; undefined: tell it.
 * @param {Setting} setting
 * @param {Refused | null} refusal
 * @param {number[] | null | undefined} prediction
 * @param {Words} words
 * @returns {{ isRight: boolean, wrong: boolean[], sentences: string[] }}
 */
export function verdictOn(setting, refusal, prediction, words) {
  const isApart = setting.apart && !setting.flat;
  const axes = axesOf(setting).slice(isApart ? 0 : 1);
  const isShown = prediction === undefined;
  if (refusal) return verdictOnRefused(axes, refusal, prediction, words);
  if (prediction === null) return { isRight: false, wrong: [], sentences: [fitSentence(axes[0], words)] };
  const wrong = axes.map((axis, i) => !isShown && prediction[i] !== rawSize(axis));
  if (!wrong.includes(true)) return { isRight: true, wrong, sentences: [rightSentence(axes, isShown, words)] };
  const explained = (axis, i) => explainSlip(axis, prediction[i], axisPrefix(i, isApart, words), words);
  const sentences = axes.flatMap((axis, i) => (wrong[i] ? explained(axis, i) : []));
  return { isRight: false, wrong, sentences };
}

function verdictOnRefused(axes, refusal, prediction, words) {
  if (prediction === undefined) return { isRight: false, wrong: [], sentences: [words.told_refused] };
  if (prediction === null) return { isRight: true, wrong: [], sentences: [words.right_refused] };
  const { values } = refusal;
  const index = Math.max(0, axes.findIndex((axis) => JSON.stringify(axis) === JSON.stringify(values)));
  const cut = values.kind === "transposed" ? words.hint_cut : words.hint_refused;
  const hint = rawSize(values) < 1 ? cut : words.hint_rule;
  const sentences = explainSlip(values, prediction[index], "", words, hint);
  return { isRight: false, wrong: axes.map((_, i) => i === index), sentences };
}

function rightSentence(axes, isShown, words) {
  const size = axes.map(rawSize).join(" × ");
  const sentence = isShown ? words.told : words.right;
  const lines = axes.map((axis) => `${workedRight(axis)} = ${rawSize(axis)}`);
  return filled(sentence, { size, worked: lines.join(isChinese(sentence) ? "；" : "; ") });
}

function fitSentence(axis, words) {
  return filled(axis.kind === "transposed" ? words.fits_transposed : words.fits, sizeGaps(axis));
}

/** One sentence a slip that gives `prediction`; a hint where none does. */
function explainSlip(axis, prediction, name, words, hint = hintFor(axis, words)) {
  const found = diagnose(axis, prediction).slice(0, MOST_SLIPS);
  if (found.length === 0) return [name + filled(hint, { ...sizeGaps(axis), answer: prediction })];
  return found.map((slip, i) => {
    const text = worked(axis, slip);
    const template = text === `${prediction}` ? words.slip_plain : i ? words.slip_or : words.slip;
    return (i ? "" : name) + filled(template, { answer: prediction, worked: text, slip: words[`slip_${slip}`] });
  });
}

function hintFor({ kind }, words) {
  return kind === "transposed" ? words.hint_transposed : words.hint;
}

function sizeGaps(axis) {
  return { n: axis.n, s: axis.s, extent: extent(axis), padded: paddedSize(axis), cut: 2 * axis.p };
}

function axisPrefix(index, isApart, words) {
  return isApart ? words[index ? "Width" : "Height"] : "";
}
