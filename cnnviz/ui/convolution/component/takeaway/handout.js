// Handout, one picture for a file: caption, formula, the stage, the step's sum, and the link that shows it again.
// Painted with one context, a canvas's or svg.js's; everything on it is kept from when it was asked for.

import { role } from "../../../shared/component/theme.js";
import { filled, followed, isChinese, withColon } from "../../../shared/component/words.js";
import { sidesText } from "../arithmetic/numbers.js";
import { formulaText } from "../controls/formulatext.js";
import { brokenRuns, lineHeight, paintLines, runsOfHtml, unbroken } from "./runs.js";
import { paintScene } from "../stage/scene.js";
import { sumNow } from "../stage/describe.js";
import { paintFormula } from "./typeset.js";
/** @import { Explorer } from "../explorer.js" */
/** @import { Context } from "../stage/paint.js" */
/** @import { Line } from "./runs.js" */

/** @typedef {any} Handout as `handoutOf` makes it */

const MARGIN = 24;
const SIZES = { caption: 18, formula: 19, sum: 17, many: 14, address: 11 };
const FORMULA_ROLES = ["stride", "dilation"]; // colours that the stage does without

/**
 * All that a picture of the page as it is now needs; `ratio`: pixels of the file for one of its width.
 * @param {Explorer} explorer
 * @param {number} width
 * @param {number} ratio
 * @returns {Handout}
 */
export function handoutOf(explorer, width, ratio = 1) {
  const { view, root } = explorer;
  const shown = explorer.stage.board.lookNow(false);
  const more = Object.fromEntries(FORMULA_ROLES.map((name) => [name, role(root, name)]));
  const link = explorer.link();
  const parts = captionParts(view, explorer.words("takeaway"));
  return {
    view,
    width,
    look: { ...shown, ratio, colors: { ...shown.colors, ...more } },
    language: explorer.data.language,
    caption: parts.join(""),
    captionParts: parts.map(keptTogether),
    axisNames: ["height", "width"].map((name) => explorer.words("controls")[name]),
    stageWords: explorer.words("stage"),
    link,
    address: link.replace(/^\w+:\/\/[^/]*/, ""),
    columns: stepColumns(view),
  };
}

/** How many steps one row has: outputs, or the inputs that a transposed convolution stamps. */
function stepColumns(view) {
  return (view.mode === "transposed" ? view.axes[1].n : view.size[1]) || 1;
}

/** "Convolution, ", "6 × 6, ", ..., "→ 4 × 4" in the language of `words`. */
function captionParts(view, words) {
  const { mode, setting, flat, axes } = view;
  const sides = (pair) => sidesText(pair, flat);
  const shown = flat ? [axes[1]] : axes;
  const value = (letter) => {
    const values = shown.map((a) => a[letter]);
    return values.every((one) => one === values[0]) ? `${values[0]}` : values.join(" × ");
  };
  const differs = { d: "1", o: "0" };
  const sizes = mode === "flatten" ? [] : ["k", "p", "s", "d", "o"];
  const letters = sizes.filter((letter) => value(letter) !== differs[letter]);
  const name = words[`caption_${mode === "pool" ? setting.pooling : mode}`];
  const titles = { k: mode === "pool" ? "window" : "k" };
  const given = letters.map((letter) => filled(words[`caption_${titles[letter] ?? letter}`], { value: value(letter) }));
  const size = sides(axes.map(({ n }) => n));
  const maps = mode === "flatten" ? `${setting.channels} × ` : "";
  const input = flat ? filled(words.caption_signal, { size }) : maps + size;
  const parts = [name, input, ...given, ...(axes[1].ceil ? [words.caption_ceil] : [])];
  const listed = parts.map((part, i) => part + (i < parts.length - 1 ? words.separator : " "));
  return [...listed, `→ ${view.refusal ? words.refused : sidesText(view.size, flat || mode === "flatten")}`];
}

/** A part of the caption that is broken at its end only. */
function keptTogether(part) {
  const text = part.trimEnd();
  return unbroken(text) + part.slice(text.length);
}

/** The axes whose formula is shown: one where both are alike, with their names where they are apart. */
function formulaAxes({ view, axisNames }) {
  if (view.mode === "flatten") return []; // the caption says it all
  const [rows, columns] = view.axes.map((a, i) => ({ ...a, size: view.size[i] }));
  if (view.flat || JSON.stringify(rows) === JSON.stringify(columns)) return [[columns, ""]];
  return [[rows, axisNames[0]], [columns, axisNames[1]]];
}

/**
 * Caption and formula as text, for who does not see the picture.
 * @param {Handout} handout
 * @returns {string}
 */
export function describedHandout(handout) {
  const formulas = formulaAxes(handout).map(([a, name]) => (name ? withColon(name, formulaText(a)) : formulaText(a)));
  return [handout.caption, ...formulas].reduce((text, next) => followed(text, next, isChinese(handout.caption)));
}

/**
 * Paint the step `position`; returns the height. `sumHeight`: room for the sum, or as much as it needs.
 * @param {Context} context
 * @param {Handout} handout
 * @param {number} position of the step, from 0
 * @param {{ sumHeight?: number }} room
 * @returns {number}
 */
export function paintHandout(context, handout, position, { sumHeight } = {}) {
  const { width, look, view } = handout;
  const [inner, center] = [width - 2 * MARGIN, width / 2];
  const { colors, font } = look;
  const runs = [{ text: handout.captionParts.join(""), color: colors.text, weight: 650 }];
  const caption = brokenRuns(context, runs, inner, SIZES.caption, font);
  let y = paintLines(context, caption, center, MARGIN - 6, SIZES.caption, font) + 6;
  const size = Math.min(SIZES.formula, width / 30);
  for (const [a, name] of formulaAxes(handout)) y = paintFormula(context, a, name, center, y, size, look) + 4;
  context.save();
  context.translate(MARGIN, Math.round(y + 10));
  y += 10 + paintScene(context, view, look, handout.stageWords, inner, position, Math.max(300, width * 0.6));
  context.restore();
  const sum = sumBlock(context, handout, position);
  paintLines(context, sum.lines, center, y + 10, sum.size, font);
  return paintAddress(context, handout, center, y + 18 + (sumHeight ?? sum.height)) + MARGIN / 2;
}

/**
 * The sum of a step, broken into lines: { lines, size, height }.
 * @param {Context} context
 * @param {Handout} handout
 * @param {number} position of the step, from 0
 * @returns {{ lines: Line[], size: number, height: number }}
 */
export function sumBlock(context, { view, stageWords, columns, look, width }, position) {
  const step = [Math.floor(position / columns), position % columns];
  const html = view.refusal ? "" : sumNow(view, null, step, stageWords).html;
  const size = html.includes('class="many"') ? SIZES.many : SIZES.sum;
  const lines = html ? brokenRuns(context, runsOfHtml(html, look.colors), width - 2 * MARGIN, size, look.font) : [];
  return { lines, size, height: lines.length * lineHeight(size) };
}

/** The link without its host, cut where it is too long. */
function paintAddress(context, { address, look, width }, center, top) {
  context.font = `400 ${SIZES.address}px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = look.colors.muted;
  let shown = address;
  while (shown.length > 9 && context.measureText(shown).width > width - 2 * MARGIN) shown = `${shown.slice(0, -9)}…`;
  context.fillText(shown, center, top + SIZES.address);
  return top + 2 * SIZES.address;
}
