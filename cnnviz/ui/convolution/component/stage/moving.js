// Moving paint: what changes from frame to frame: the window, the results so far, the cells that belong to what is pointed at.

import { extent, paddedSize } from "../arithmetic/axis.js";
import { sharesOf } from "../arithmetic/grid.js";
import { cornerOf } from "../arithmetic/links.js";
import { signed, shown } from "../arithmetic/numbers.js";
import { fits, paintText, paintValue, tile } from "./paint.js";
import { shadesOf, valuesOf } from "./shades.js";
/** @import { Axis } from "../arithmetic/axis.js" */
/** @import { Span } from "../arithmetic/links.js" */
/** @import { View } from "../explorer.js" */
/** @import { Panel } from "./layout.js" */
/** @import { Context, Look } from "./paint.js" */

/** @typedef {{ values: Float64Array, touched: Uint8Array }} Stamps of the output: sums so far, and which cells were reached */

/**
 * The kernel on the grid it moves over, its corner at [row, column] of the panel, fractions while it slides.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {number[]} corner row and column
 * @param {Look} look
 */
export function paintWindow(context, view, panel, [row, column], look) {
  const { cell } = panel;
  const [rows, columns] = view.axes;
  const ends = view.axes.map((a) => (view.mode === "transposed" ? Infinity : paddedSize(a) - 1 + 1e-6));
  for (let i = 0; i < rows.k; i++) {
    for (let j = 0; j < columns.k; j++) {
      const [y, x] = [row + i * rows.d, column + j * columns.d];
      const isOut = y > ends[0] || x > ends[1];
      const box = tile(panel, y, x);
      paintTap(context, box, panel, isOut, rows.d > 1 || columns.d > 1, view, look);
      if (isOut) continue;
      if (cell >= 15 && view.mode !== "transposed") paintPixelAgain(context, view, panel, [y, x], box, look);
      if (cell >= 36 && view.weights.length) paintWeight(context, box, view.weights[panel.channel][i * columns.k + j], cell, look);
    }
  }
  outline(context, panel, row, column, extent(rows), extent(columns), look.colors.kernel, look);
}

function paintTap(context, box, panel, isOut, framed, view, look) {
  const color = isOut && view.mode !== "pool" ? look.colors.wrong : look.colors.kernel;
  shape(context, box, panel.cell, 0);
  const photo = view.setting.input === "photo";
  if (!photo && view.mode !== "transposed") {
    context.globalAlpha = 0.72;
    context.fillStyle = look.colors.background;
    context.fill();
  }
  context.globalAlpha = photo ? 0.22 : 0.3;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
  if ((!framed && !isOut) || panel.cell < 10) return;
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  if (isOut) context.setLineDash([3, 3]);
  shape(context, box, panel.cell, 0.75);
  context.stroke();
  context.setLineDash([]);
}

function shape(context, { x, y, side }, cell, inset) {
  context.beginPath();
  if (cell < 12) context.rect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
  else context.roundRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset, cell >= 26 ? 4 : 2);
}

/** The number under a tap again, crisp. While the kernel slides it belongs to the nearest pixel. */
function paintPixelAgain(context, view, panel, [y, x], box, look) {
  const [rows, columns] = view.axes;
  const [r, c] = [Math.round(y) - rows.p, Math.round(x) - columns.p];
  const isInside = r >= 0 && c >= 0 && r < rows.n && c < columns.n;
  const value = isInside ? valuesOf(view, panel)[r * columns.n + c] : 0;
  if (!isInside && view.mode === "pool") return;
  const own = tile(panel, Math.round(y), Math.round(x));
  const ink = view.setting.input === "photo" && isInside ? inkOn(value) : look.colors.text;
  if (fits(shown(value), panel.cell)) paintText(context, own, shown(value), ink, panel.cell, look);
}

function inkOn(light) {
  return light > 140 ? "#000" : "#fff";
}

function paintWeight(context, box, value, cell, look) {
  context.font = `700 ${Math.max(10, cell * 0.24)}px ${look.font}`;
  context.textAlign = "right";
  context.textBaseline = "alphabetic";
  context.fillStyle = look.colors.kernel;
  context.fillText(`×${Number.isInteger(value) ? signed(value) : shown(value)}`, box.x + box.side - 3, box.y + box.side - 4);
}

/**
 * Pooling: the window's values where the kernel would be, and each one's share in the result.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel the kernel's
 * @param {number[]} step row and column of the output
 * @param {Look} look
 */
export function paintShares(context, view, panel, [row, column], look) {
  const shares = sharesOf(view.axes, row, column, view.pixels[panel.channel], view.setting.pooling);
  const input = { ...panel, name: "input" };
  const shades = shadesOf(view, input, look, panel.cell >= 20);
  const many = view.setting.pooling === "average" || view.setting.pooling === "softmax";
  for (const { i, j, pixel, share } of shares) {
    const box = tile(panel, i, j);
    paintValue(context, box, pixel, shades.of(pixel), panel.cell, look);
    if (many && panel.cell >= 36) paintWeight(context, box, share, panel.cell, look);
    if (!many && share === 1) outline(context, panel, i, j, 1, 1, look.colors.kernel, look);
  }
}

/**
 * A frame around one cell.
 * @param {Context} context
 * @param {Panel} panel
 * @param {number} row
 * @param {number} column
 * @param {string} color CSS
 * @param {Look} look
 */
export function paintFrame(context, panel, row, column, color, look) {
  outline(context, panel, row, column, 1, 1, color, look);
}

/**
 * Tint and frame every cell of `rows` x `columns` of a panel.
 * @param {Context} context
 * @param {Panel} panel
 * @param {Span} span
 * @param {string} color CSS
 * @param {Look} look
 */
export function paintMarks(context, panel, { rows, columns }, color, look) {
  const { cell } = panel;
  for (const row of rows) {
    for (const column of columns) {
      const { x, y, side } = tile(panel, row, column);
      context.globalAlpha = cell < 12 ? 0.75 : 0.22;
      context.fillStyle = color;
      context.fillRect(x, y, side, side);
      context.globalAlpha = 1;
      if (cell >= 8) outline(context, panel, row, column, 1, 1, color, { ...look, thin: cell < 16 });
    }
  }
}

/**
 * A dashed frame around everything that `rows` and `columns` span.
 * @param {Context} context
 * @param {Panel} panel
 * @param {Span} span
 * @param {string} color CSS
 */
export function paintReach(context, panel, { rows, columns }, color) {
  if (!rows.length || !columns.length) return;
  const { x, y, cell } = panel;
  const [top, bottom] = [rows[0], rows[rows.length - 1] + 1];
  const [left, right] = [columns[0], columns[columns.length - 1] + 1];
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash([7, 4]);
  context.beginPath();
  context.roundRect(x + left * cell - 0.5, y + top * cell - 0.5, (right - left) * cell, (bottom - top) * cell, cell >= 16 ? 5 : 1);
  context.stroke();
  context.setLineDash([]);
}

function outline(context, { x, y, cell }, row, column, height, width, color, look) {
  const { colors, thin } = look;
  const line = thin ? 1.5 : cell >= 20 ? 3 : 2;
  for (const [stroke, thickness] of [[colors.background, line + 2], [color, line]]) {
    if (thin && stroke === colors.background) continue;
    context.strokeStyle = stroke;
    context.lineWidth = thickness;
    context.beginPath();
    context.roundRect(x + column * cell - 0.5, y + row * cell - 0.5, width * cell, height * cell, cell >= 16 ? 5 : 1);
    context.stroke();
  }
}

/**
 * What a transposed convolution's output holds after its first `count` inputs: { values, touched } of the output.
 * @param {View} view
 * @param {number} channel
 * @param {number} count of inputs
 * @returns {Stamps}
 */
export function stampedSoFar(view, channel, count) {
  const [rows, columns] = view.axes;
  const [height, width] = view.size;
  const values = new Float64Array(height * width);
  const touched = new Uint8Array(height * width);
  for (let step = 0; step < count; step++) stamp(view, channel, step, values, touched, [rows, columns], [height, width]);
  return { values, touched };
}

/**
 * Add the stamp of input number `step`; returns nothing, changes `values` and `touched`.
 * @param {View} view
 * @param {number} channel
 * @param {number} step from 0
 * @param {Float64Array} values of the output
 * @param {Uint8Array} touched of the output
 * @param {Axis[]} axes rows, columns
 * @param {number[]} size height and width of the output
 */
export function stamp(view, channel, step, values, touched, [rows, columns], [height, width]) {
  const [r, c] = [Math.floor(step / columns.n), step % columns.n];
  const [top, left] = cornerOf(view, r, c);
  const pixel = view.pixels[channel][step];
  for (let i = 0; i < rows.k; i++) {
    const y = top + i * rows.d - rows.p;
    if (y < 0 || y >= height) continue;
    for (let j = 0; j < columns.k; j++) {
      const x = left + j * columns.d - columns.p;
      if (x < 0 || x >= width) continue;
      values[y * width + x] += pixel * view.weights[channel][i * columns.k + j];
      touched[y * width + x] = 1;
    }
  }
}
