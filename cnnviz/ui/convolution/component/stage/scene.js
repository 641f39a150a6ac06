// Scene: the whole stage on one context: what stands still, and what moves. The board and the take-away paint with the same.

import { CHANNEL_LETTERS, isResult, layOut, stampedSize } from "./layout.js";
import { paintEmptyLine, paintFlattening } from "./flatten.js";
import { cornerOf, stepsOf } from "../arithmetic/links.js";
import { sidesText } from "../arithmetic/numbers.js";
import { paintFrame, paintMarks, paintReach, paintShares, paintWindow, stampedSoFar } from "./moving.js";
import { paintEmptyOutput, paintInput, paintKernel, paintDots, paintOutput, paintValue, tile } from "./paint.js";
import { shadesOf } from "./shades.js";
import { kernelStripAt, paintBars, paintKernelStrip } from "./strips.js";
import { filled } from "../../../shared/component/words.js";
/** @import { Cell } from "../arithmetic/links.js" */
/** @import { View } from "../explorer.js" */
/** @import { Panel, Plan } from "./layout.js" */
/** @import { Stamps } from "./moving.js" */
/** @import { Context, Look } from "./paint.js" */
/** @import { Words } from "../../../shared/component/words.js" */

/**
 * `position`: steps done; `at`: the window's [row, column], fractions while it slides; `shown`: those it stands for.
 * @typedef {{ position: number, at: number[], shown: number[] }} Moment
 */

const ROOM_FOR_WORDS = 90; // CSS pixels: a narrower kernel of one channel has its letter only

/**
 * Grids, captions, signs: everything that does not depend on time.
 * @param {Context} context
 * @param {View} view
 * @param {Plan} plan
 * @param {Look} look
 * @param {Words} words
 */
export function paintStill(context, view, plan, look, words) {
  for (const panel of plan.panels) {
    if (isResult(panel) && (look.hidden || view.refusal)) paintNoResult(context, panel, look, view.refusal && !look.hidden ? "✗" : "?");
    else if (view.mode === "flatten" && isResult(panel)) paintEmptyLine(context, view, panel, look, words);
    else PAINTERS[panel.name](context, view, panel, look, plan);
    paintCaption(context, captionOf(view, panel, words, look.hidden), panel, look);
  }
  context.font = `400 28px ${look.font}`;
  context.fillStyle = look.colors.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { x, y, text } of plan.signs) context.fillText(text, x, y);
}

const PAINTERS = {
  input: (context, view, panel, look, plan) => {
    paintInput(context, view, panel, look);
    if (plan.bars) paintBars(context, view, panel, plan.bars, look);
  },
  kernel: (context, view, panel, look, plan) => {
    if (!plan.bars) paintKernel(context, view, panel, look);
  },
  partial: (context, view, panel, look) => paintEmptyOutput(context, view, panel, look),
  output: (context, view, panel, look) => paintEmptyOutput(context, view, panel, look),
};

/** A result still to be predicted, or one that torch refuses to give. */
function paintNoResult(context, panel, look, sign) {
  const [width, height] = [panel.columns * panel.cell, panel.rows * panel.cell];
  const color = look.colors[sign === "?" ? "output" : "wrong"];
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash([6, 5]);
  context.beginPath();
  context.roundRect(panel.x, panel.y, width, height, 8);
  context.stroke();
  context.setLineDash([]);
  context.font = `650 ${Math.min(48, height / 2)}px ${look.font}`;
  context.fillStyle = color;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(sign, panel.x + width / 2, panel.y + height / 2);
}

/** What stands above a panel: [[text, role, weight], ...]. */
function captionOf(view, panel, words, hidden = false) {
  const sides = (pair) => sidesText(pair, view.flat);
  const letter = view.pixels.length > 1 && panel.name !== "output" ? `${CHANNEL_LETTERS[panel.channel]} ` : "";
  const isFirst = panel.channel === 0;
  if (view.mode === "flatten") return flattenCaption(view, panel, words);
  if (panel.name === "input") {
    const grown = view.padded.some((size, axis) => size > view.shape[axis]);
    const extra = grown && isFirst && !letter ? [[filled(words.padded, { size: sides(view.padded) }), "muted", 400]] : [];
    return [[isFirst ? words.input : "", "text", 400], [letter + (isFirst ? sides(view.shape) : ""), "input", 650], ...extra];
  }
  if (panel.name === "kernel") {
    const isTold = isFirst && (!letter || panel.columns * panel.cell > ROOM_FOR_WORDS);
    const word = view.mode === "pool" ? words.window : words.kernel;
    return [[isTold ? word : "", "text", 400], [letter + (isTold ? sides(view.kernel) : ""), "kernel", 650]];
  }
  if (panel.name === "partial") return [[letter, "output", 650]];
  return [[words.output, "text", 400], [hidden ? "?" : view.refusal ? "" : sides(view.size), "output", 650], ...cutWords(view, words, sides, hidden)];
}

/** Over each map its number, where there are several; over the row how many values it has. */
function flattenCaption(view, { name, channel, first }, words) {
  const several = view.pixels.length > 1;
  if (name === "input") return [[several ? filled(words.map, { n: channel + 1 }) : words.input, "text", 400], [sidesText(view.shape, false), "input", 650]];
  return first[1] === 0 ? [[words.in_a_row, "text", 400], [`${view.size[1]}`, "output", 650]] : [];
}

function cutWords(view, words, sides, hidden) {
  if (view.mode !== "transposed" || hidden || view.refusal || !view.axes.some(({ p }) => p)) return [];
  return [[filled(words.cut, { size: sides(view.axes.map(stampedSize)) }), "muted", 400]];
}

function paintCaption(context, parts, panel, look) {
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  let x = panel.x;
  for (const [text, role, weight] of parts) {
    if (!text) continue;
    context.font = `${weight} 15px ${look.font}`;
    context.fillStyle = look.colors[role];
    context.fillText(text, x, panel.captionY + 18);
    x += context.measureText(text).width + 6;
  }
}

/**
 * Window, results so far, and what belongs to the pointed cell. `results` paints a result panel: cached or anew.
 * @param {Context} context
 * @param {View} view
 * @param {Plan} plan
 * @param {Look} look
 * @param {Moment} moment
 * @param {Cell | null} pointed
 * @param {Function} results
 * @returns {void}
 */
export function paintMoving(context, view, plan, look, { position, at, shown }, pointed, results = paintAnew) {
  if (view.refusal || look.hidden) {
    if (view.refusal && !look.hidden) for (const panel of plan.panels) if (panel.name === "input") paintOver(context, view, plan, panel, [0, 0], look);
    return;
  }
  if (view.mode === "flatten") return paintFlattening(context, view, plan, look, { position, at }, pointed);
  for (const panel of plan.panels) if (isResult(panel)) results(context, view, plan, panel, look, position);
  if (pointed) paintLinks(context, view, plan, look, pointed);
  else paintStep(context, view, plan, look, at, shown);
}

/** The window that torch refuses, where it would start. */
function paintOver(context, view, plan, panel, at, look) {
  if (view.refusal.rule !== "outputPadding" && view.mode !== "transposed") paintWindow(context, view, panel, at, look);
}

function paintStep(context, view, plan, look, at, shown) {
  const isTransposed = view.mode === "transposed";
  const corner = cornerOf(view, at[0], at[1]);
  const offset = isTransposed ? view.axes.map(({ p }) => p) : [0, 0];
  for (const panel of plan.panels) {
    const own = isResult(panel) ? [shown[0] + offset[0], shown[1] + offset[1]] : shown;
    if (panel.name === "input" && isTransposed) paintFrame(context, panel, shown[0], shown[1], look.colors.kernel, look);
    else if (panel.name === "input") paintWindow(context, view, panel, corner, look);
    else if (panel.name === "kernel" && view.mode === "pool" && !plan.bars) paintShares(context, view, panel, shown, look);
    else if (isResult(panel) && isTransposed) paintWindow(context, view, panel, corner, look);
    else if (isResult(panel)) paintFrame(context, panel, own[0], own[1], look.colors.kernel, look);
  }
  if (plan.bars) paintKernelStrip(context, view, byName(plan), at[1], plan.bars, look);
}

function byName({ panels }) {
  return Object.fromEntries(panels.map((panel) => [panel.name, panel]));
}

/**
 * Where the kernel's panel is now: a signal's moves.
 * @param {View} view
 * @param {Plan} plan
 * @param {number[]} at row and column of the window
 * @returns {Panel}
 */
export function kernelPanelNow(view, plan, at) {
  const panels = byName(plan);
  return plan.bars ? kernelStripAt(view, panels, at[1]) : panels.kernel;
}

function paintLinks(context, view, plan, look, pointed) {
  const { name, row, column, links } = pointed;
  if (plan.bars) paintKernelStrip(context, view, byName(plan), firstStep(view, links), plan.bars, look);
  for (const panel of plan.panels) {
    const part = panel.name === "partial" ? "output" : panel.name;
    const color = look.colors[name === "partial" ? "output" : name];
    if (part === "kernel" && (plan.bars || view.mode === "pool")) {
      if (view.mode === "pool" && name === "output" && !plan.bars) paintShares(context, view, panel, [row, column], look);
      continue;
    }
    if (part === "input" && name === "output" && view.mode !== "transposed") {
      paintWindow(context, view, panel, cornerOf(view, row, column), look);
      continue;
    }
    paintMarks(context, panel, links[part], color, look);
    if (part === "output" && name === "input") paintReach(context, panel, links.output, color);
  }
}

/** A column whose window a signal's kernel may stand at while cells are pointed at. */
function firstStep(view, { output, input }) {
  const columns = view.mode === "transposed" ? input.columns : output.columns;
  return columns[0] ?? 0;
}

/** A result panel after `position` steps, painted from scratch. */
function paintAnew(context, view, plan, panel, look, position) {
  if (view.mode === "transposed") {
    paintStamped(context, view, panel, look, stampedFor(view, panel, position + 1), plan.bars);
    return;
  }
  context.save();
  clipTo(context, view, panel, position, plan.bars);
  paintOutput(context, view, panel, look);
  if (plan.bars) paintBars(context, view, panel, plan.bars, look);
  context.restore();
}

/**
 * The sums of a panel's channel, or of all, after `count` stamps.
 * @param {View} view
 * @param {Panel} panel
 * @param {number} count of stamps
 * @returns {Stamps}
 */
export function stampedFor(view, panel, count) {
  const channels = panel.name === "partial" ? [panel.channel] : view.pixels.map((_, channel) => channel);
  const parts = channels.map((channel) => stampedSoFar(view, channel, count));
  const { values, touched } = parts[0];
  for (const other of parts.slice(1)) for (let i = 0; i < values.length; i++) values[i] += other.values[i];
  if (panel.name === "output") for (let i = 0; i < values.length; i++) values[i] += view.bias;
  return { values, touched };
}

/**
 * The cells that stamps have reached.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 * @param {Stamps} stamps
 * @param {number} bars height of a signal's bars
 */
export function paintStamped(context, view, panel, look, { values, touched }, bars = 0) {
  const [, width] = view.size;
  const [top, left] = panel.first.map((first) => -first);
  const shades = shadesOf(view, panel, look, panel.cell >= 20);
  if (panel.cell < 6) {
    const inside = { top, left, height: view.size[0], width };
    paintDots(context, panel, inside, (r, c) => (touched[r * width + c] ? shades.of(values[r * width + c]).rgb : null));
    return;
  }
  for (let i = 0; i < values.length; i++) {
    if (!touched[i]) continue;
    const box = tile(panel, Math.floor(i / width) + top, (i % width) + left);
    paintValue(context, box, values[i], shades.of(values[i]), panel.cell, look);
  }
  if (bars) paintBars(context, view, panel, bars, look, Infinity, values);
}

/**
 * Clip to the outputs up to `position`, row by row.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {number} position of the step, from 0
 * @param {number} bars height of a signal's bars
 */
export function clipTo(context, view, panel, position, bars = 0) {
  const [, width] = view.size;
  const { x, y, cell } = panel;
  const [row, column] = [Math.floor(position / width), position % width];
  context.beginPath();
  if (bars) context.rect(x, y - bars - panel.edge, (column + 1) * cell, bars + panel.edge + cell);
  else {
    context.rect(x, y, width * cell, row * cell);
    context.rect(x, y + row * cell, (column + 1) * cell, cell);
  }
  context.clip();
}

/**
 * The whole picture at a step, for files: returns its height.
 * @param {Context} context
 * @param {View} view
 * @param {Look} look
 * @param {Words} words
 * @param {number} width CSS pixels
 * @param {number} position of the step, from 0
 * @param {number} tallest CSS pixels
 * @returns {number} CSS pixels
 */
export function paintScene(context, view, look, words, width, position, tallest) {
  const plan = layOut(view, width, tallest, look.ratio, look.hidden);
  const [, columns] = stepsOf(view);
  const at = columns ? [Math.floor(position / columns), position % columns] : [0, 0];
  paintStill(context, view, plan, look, words);
  paintMoving(context, view, plan, look, { position, at, shown: at }, null);
  return plan.height;
}
