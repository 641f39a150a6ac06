// Signal strips: a signal's bars, and its kernel that moves along between input and output. Paints with a 2D context.

import { outputSize } from "../arithmetic/axis.js";
import { cornerOf } from "../arithmetic/links.js";
import { paintKernel } from "./paint.js";
import { rangeOf, valuesOf } from "./shades.js";
/** @import { View } from "../explorer.js" */
/** @import { Panel } from "./layout.js" */
/** @import { Context, Look } from "./paint.js" */

const ROLES = { input: "input", kernel: "kernel", output: "output" };

/**
 * A bar a value above the cells of `panel`, up or down from zero; only the first `count` of them.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {number} bars height, CSS pixels
 * @param {Look} look
 * @param {number} count
 * @param {ArrayLike<number>} values
 */
export function paintBars(context, view, panel, bars, look, count = Infinity, values = valuesOf(view, panel)) {
  const [low, high] = rangeOf(view, panel);
  const [bottom, top] = [Math.min(0, low), Math.max(0, high)];
  const scale = (bars - 6) / (top - bottom || 1);
  const zero = panel.y - panel.edge - 3 + bottom * scale;
  const start = panel.x - panel.first[1] * panel.cell;
  context.fillStyle = look.colors[ROLES[panel.name]];
  const gap = panel.cell >= 8 ? 2 : 0;
  for (let i = 0; i < Math.min(count, values.length); i++) {
    const height = values[i] * scale;
    context.fillRect(start + i * panel.cell, Math.min(zero, zero - height), panel.cell - gap, Math.max(1, Math.abs(height)));
  }
  context.fillStyle = look.colors.line;
  context.fillRect(panel.x, zero, panel.columns * panel.cell, 1);
}

/**
 * The kernel's strip where the window is at `column` (a step, fractions while it slides), with lines to what it joins.
 * @param {Context} context
 * @param {View} view
 * @param {Record<string, Panel>} panels by name
 * @param {number} column
 * @param {number} bars height, CSS pixels
 * @param {Look} look
 */
export function paintKernelStrip(context, view, panels, column, bars, look) {
  const kernel = kernelStripAt(view, panels, column);
  paintKernel(context, view, kernel, look);
  paintBars(context, view, kernel, bars, look);
  joinStrips(context, view, panels, column, look);
}

/**
 * The kernel's panel, moved to where the window is. Its taps lie apart by the dilation only in the input's strip.
 * @param {View} view
 * @param {Record<string, Panel>} panels by name
 * @param {number} column a step, fractions while it slides
 * @returns {Panel}
 */
export function kernelStripAt(view, { input, kernel, output }, column) {
  const axis = view.axes[1];
  const over = view.mode === "transposed" ? output : input;
  const [, corner] = cornerOf(view, 0, column);
  const middle = over.x + (corner + (axis.d * (axis.k - 1) + 1) / 2) * over.cell;
  const width = kernel.columns * kernel.cell;
  const limit = Math.max(input.x + input.columns * input.cell, output.x + output.columns * output.cell);
  const x = Math.max(input.x, Math.min(limit - width, middle - width / 2));
  return { ...kernel, x };
}

function joinStrips(context, view, panels, column, look) {
  const { input, output } = panels;
  const kernel = kernelStripAt(view, panels, column);
  const axis = view.axes[1];
  if (!outputSize(axis)) return;
  const span = (axis.d * (axis.k - 1) + 1) * input.cell;
  const corner = column * axis.s;
  const isTransposed = view.mode === "transposed";
  const above = isTransposed ? [column * input.cell, (column + 1) * input.cell] : [corner * input.cell, corner * input.cell + span];
  const below = isTransposed ? [corner * output.cell, corner * output.cell + span] : [column * output.cell, (column + 1) * output.cell];
  const kernelTop = kernel.captionY + 20;
  quad(context, above.map((x) => input.x + x), input.y + input.cell, [kernel.x, kernel.x + kernel.columns * kernel.cell], kernelTop, look);
  const kernelBottom = kernel.y + kernel.cell;
  quad(context, [kernel.x, kernel.x + kernel.columns * kernel.cell], kernelBottom, below.map((x) => output.x + x), output.y - 2, look);
}

/** A tinted band from one span to another below it. */
function quad(context, upper, top, lower, bottom, look) {
  const [[left, right], [lowLeft, lowRight]] = [upper, lower];
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(right, top);
  context.lineTo(lowRight, bottom);
  context.lineTo(lowLeft, bottom);
  context.closePath();
  context.globalAlpha = 0.1;
  context.fillStyle = look.colors.kernel;
  context.fill();
  context.globalAlpha = 1;
}
