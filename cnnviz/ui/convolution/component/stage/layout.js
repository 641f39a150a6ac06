// Stage layout: where every grid lies. Pure: a view and a width in, rectangles out. Lengths are CSS pixels.

import { extent, outputSize } from "../arithmetic/axis.js";
import { flattenPlan } from "./flattenlayout.js";
/** @import { Axis } from "../arithmetic/axis.js" */
/** @import { View } from "../explorer.js" */

/**
 * How many cells there are, and the [row, column] that the first one stands for; negative: padding.
 * @typedef {{ rows: number, columns: number, first: number[], caption?: number }} Grid
 */
/**
 * A grid at its place.
 * @typedef {object} Panel
 * @property {string} name "input", "kernel", "partial" or "output"
 * @property {number} channel
 * @property {number} rows
 * @property {number} columns
 * @property {number[]} first as a Grid's
 * @property {number} x of the first cell
 * @property {number} y of the first cell
 * @property {number} cell its side
 * @property {number} edge room for row and column numbers
 * @property {number} captionY
 * @property {any} [groups] of a line of the flattened row
 */
/**
 * `bars`: the height of a signal's.
 * @typedef {{ panels: Panel[], signs: { x: number, y: number, text: string }[], width: number, height: number, bars: number }} Plan
 */

export const CHANNEL_LETTERS = ["R", "G", "B"];
const LARGEST_CELL = 46;
const NUMBERED_CELL = 18; // from here on rows and columns are numbered
const EDGE = 20;
const CAPTION = 28;
const SIGN = 30; // room for an operator between two panels
const GAP = 14; // between panels one above the other
const NARROW = 620;
const CHANNELS_TALLER = 2; // three grids one above the other may be this much taller than one
const READABLE_CELL = 8; // and taller still before their cells get smaller than this
const BARS = 64; // height of a signal's bars
const SMALLER = 0.94; // from one try to the next
const SMALLEST = 0.1;
const SHORT_CAPTION = 104; // "Kernel 3 × 3"
const LONG_CAPTION = 225; // "Input 6 × 6 with padding 8 × 8"
const TIGHT = 70; // cells across from which the kernel gives way

/** How many cells each grid has, and what its first cell stands for. */
function gridsOf(view) {
  const { axes, mode } = view;
  const shape = (count, first) => ({ rows: count(axes[0]), columns: count(axes[1]), first: axes.map(first) });
  const zero = () => 0;
  return {
    input: mode === "transposed" ? shape(({ n }) => n, zero) : shape(readSize, ({ p }) => -p),
    kernel: shape(({ k }) => k, zero),
    partial: shape(outputSize, zero),
    output: mode === "transposed" ? shape(stampedSize, ({ p }) => -p) : shape(outputSize, zero),
  };
}

/** The padded input, and whatever a window hangs over its end. */
function readSize(a) {
  const reach = (Math.max(1, outputSize(a)) - 1) * a.s + extent(a);
  return Math.max(a.n + 2 * a.p, reach);
}

/**
 * A transposed convolution's output before `p` is cut off both ends, with the output padding.
 * @param {Axis} a
 * @returns {number} cells
 */
export function stampedSize(a) {
  if (!outputSize(a)) return (a.n - 1) * a.s + extent(a);
  return Math.max((a.n - 1) * a.s + extent(a), a.p + outputSize(a));
}

/**
 * { panels, signs: [{ x, y, text }], width, height, bars } of the whole stage; `hidden`: the result is a secret.
 * @param {View} view
 * @param {number} width CSS pixels
 * @param {number} tallest CSS pixels
 * @param {number} ratio device pixels a CSS pixel
 * @param {boolean} hidden
 * @returns {Plan}
 */
export function layOut(view, width, tallest, ratio = 1, hidden = false) {
  const grids = gridsOf(view);
  if (hidden || view.refusal) grids.output = grids.partial = { rows: view.flat ? 1 : 3, columns: 3, first: [0, 0] };
  const lay = view.mode === "flatten" ? flattened : view.flat ? strips : view.pixels.length > 1 ? channels : width < NARROW ? stacked : sideBySide;
  for (let share = 1; ; share *= SMALLER) { // what captions and edges need is known once it is laid out
    const plan = lay(view, grids, width, tallest, (cell) => snapped(cell * share, ratio));
    if (share < SMALLEST || plan.panels.every((panel) => isInside(panel, width))) return plan;
  }
}

/** Whole device pixels; where not even one fits, what does. */
function snapped(cell, ratio) {
  return cell * ratio >= 1 ? Math.floor(cell * ratio) / ratio : Math.max(0.25, cell);
}

function isInside({ x, cell, columns }, width) {
  return x >= 0 && x + columns * cell <= width + 1;
}

function edgeOf(cell) {
  return cell >= NUMBERED_CELL ? EDGE : 3;
}

function widthOf({ columns, caption = 0 }, cell) {
  return Math.max(caption, edgeOf(cell) + columns * cell + 3);
}

function heightOf({ rows }, cell) {
  return CAPTION + edgeOf(cell) + rows * cell + 3;
}

/** A panel whose caption starts at (x, y). */
function placed(name, grid, cell, x, y, channel = 0) {
  const edge = edgeOf(cell);
  return { name, channel, ...grid, cell, edge, x: x + edge, y: y + CAPTION + edge, captionY: y };
}

function kernelCellOf(grids, narrow, tight) {
  const longest = Math.max(grids.kernel.rows, grids.kernel.columns);
  if (tight) return Math.max(8, Math.min(16, Math.floor(100 / longest)));
  return Math.max(16, Math.min(narrow ? 36 : LARGEST_CELL, Math.floor(150 / longest)));
}

function flattened(view, grids, width, tallest, snap) {
  return flattenPlan(view, grids, width, tallest, snap, { placed, heightOf });
}

const SIGNS = { conv: ["∗", "="], transposed: ["∗", "="], pool: ["→", "→"] };

function sideBySide(view, grids, width, tallest, snap) {
  const long = (grid) => ({ ...grid, caption: grid.first[0] || grid.first[1] ? LONG_CAPTION : SHORT_CAPTION });
  const [input, kernel, output] = [long(grids.input), long(grids.kernel), long(grids.output)];
  const kernelCell = kernelCellOf(grids, false, input.columns + output.columns > TIGHT);
  const fixed = widthOf(kernel, kernelCell) + 2 * SIGN + 2 * (EDGE + 3) + 8;
  const rows = Math.max(input.rows, output.rows);
  const room = rows > 24 ? tallest * 1.35 : tallest;
  const cell = snap(Math.min(LARGEST_CELL, (width - fixed) / (input.columns + output.columns), (room - CAPTION - EDGE) / rows));
  const widths = [widthOf(input, cell), widthOf(kernel, kernelCell), widthOf(output, cell)];
  const heights = [heightOf(input, cell), heightOf(kernel, kernelCell), heightOf(output, cell)];
  const height = Math.max(...heights);
  const total = widths[0] + widths[1] + widths[2] + 2 * SIGN;
  const left = Math.max(0, (width - total) / 2);
  const top = (i) => (height - heights[i]) / 2;
  const x = [left, left + widths[0] + SIGN, left + widths[0] + widths[1] + 2 * SIGN];
  const panels = [
    placed("input", input, cell, x[0], top(0)),
    placed("kernel", kernel, kernelCell, x[1], top(1)),
    placed("output", output, cell, x[2], top(2)),
  ];
  const signs = SIGNS[view.mode].map((text, i) => ({ x: x[i + 1] - SIGN / 2, y: (height + CAPTION) / 2, text }));
  return { panels, signs, width, height, bars: 0 };
}

/** One above the other; kernel and output share a row where they fit. */
function stacked(view, grids, width, tallest, snap) {
  const { input, kernel, output } = grids;
  const widest = Math.max(input.columns, output.columns);
  const tall = (innerHeight || 800) * 0.45; // a finger has to reach the sliders above
  const cell = snap(Math.min(40, (width - EDGE - 6) / widest, (tall - CAPTION - EDGE) / Math.max(input.rows, output.rows)));
  const kernelCell = kernelCellOf(grids, true, false);
  const [kernelWidth, outputWidth] = [widthOf(kernel, kernelCell), widthOf(output, cell)];
  const shares = kernelWidth + SIGN + outputWidth <= width;
  const center = (own) => Math.max(0, (width - own) / 2);
  const below = heightOf(input, cell) + GAP;
  const first = placed("input", input, cell, center(widthOf(input, cell)), 0);
  if (shares) {
    const left = center(kernelWidth + SIGN + outputWidth);
    const height = Math.max(heightOf(kernel, kernelCell), heightOf(output, cell));
    const panels = [
      first,
      placed("kernel", kernel, kernelCell, left, below),
      placed("output", output, cell, left + kernelWidth + SIGN, below),
    ];
    const sign = { x: left + kernelWidth + SIGN / 2, y: below + CAPTION + heightOf(kernel, kernelCell) / 3, text: SIGNS[view.mode][1] };
    return { panels, signs: [sign], width, height: below + height, bars: 0 };
  }
  const last = below + heightOf(kernel, kernelCell) + GAP;
  const panels = [
    first,
    placed("kernel", kernel, kernelCell, center(kernelWidth), below),
    placed("output", output, cell, center(outputWidth), last),
  ];
  return { panels, signs: [], width, height: last + heightOf(output, cell), bars: 0 };
}

/** A row a channel: input, kernel, what they give; then the output of all, to the right or below. */
function channels(view, grids, width, tallest, snap) {
  const { input, kernel, partial, output } = grids;
  const pooled = view.mode === "pool";
  const narrow = width < NARROW;
  const part = view.mode === "transposed" ? output : partial;
  const count = view.pixels.length;
  const kernelCells = pooled ? 0 : kernel.columns;
  const across = input.columns + kernelCells + part.columns + (narrow || pooled ? 0 : output.columns);
  const between = 2 * SIGN + 3 * 8 + (narrow ? 0 : SIGN);
  const rows = Math.max(input.rows, part.rows, kernel.rows);
  const byWidth = (width - between - 4 * EDGE) / across;
  const wide = byWidth >= NUMBERED_CELL ? byWidth : (width - between - 16) / across;
  const tall = (tallest * CHANNELS_TALLER) / count / rows - (CAPTION + EDGE) / rows;
  const cell = snap(Math.min(34, wide, Math.max(tall, READABLE_CELL)));
  const rowHeight = heightOf({ rows }, cell) + 2;
  const widths = [input, ...(pooled ? [] : [kernel]), part].map((grid) => widthOf(grid, cell));
  const block = widths.reduce((sum, one) => sum + one + SIGN, -SIGN);
  const outputWidth = pooled ? 0 : widthOf(output, cell);
  const left = Math.max(0, (width - block - (narrow || pooled ? 0 : SIGN + outputWidth)) / 2);
  const [panels, signs] = [[], []];
  for (let channel = 0; channel < count; channel++) {
    const y = channel * rowHeight;
    const names = pooled ? ["input", "output"] : ["input", "kernel", "partial"];
    let x = left;
    names.forEach((name, i) => {
      const grid = { input, kernel, partial: part, output }[name];
      panels.push(placed(name, grid, cell, x, y + (rowHeight - 2 - heightOf(grid, cell)) / 2, channel));
      x += widths[i] + SIGN;
      if (i < names.length - 1) signs.push({ x: x - SIGN / 2, y: y + (rowHeight + CAPTION) / 2, text: SIGNS[view.mode][i] });
    });
  }
  const height = count * rowHeight;
  if (pooled) return { panels, signs, width, height, bars: 0 };
  if (narrow) {
    panels.push(placed("output", output, cell, Math.max(0, (width - outputWidth) / 2), height + GAP));
    return { panels, signs, width, height: height + GAP + heightOf(output, cell), bars: 0 };
  }
  signs.push({ x: left + block + SIGN / 2, y: height / 2 + CAPTION / 2, text: "Σ" });
  panels.push(placed("output", output, cell, left + block + SIGN, (height - heightOf(output, cell)) / 2));
  return { panels, signs, width, height, bars: 0 };
}

/** Strips one above the other, each with bars; the kernel's strip moves along with the window. */
function strips(view, grids, width, tallest, snap) {
  const longest = Math.max(grids.input.columns, grids.output.columns, 1);
  const cell = snap(Math.min(LARGEST_CELL, (width - 8) / longest));
  const edge = cell >= NUMBERED_CELL ? 18 : 3;
  const strip = CAPTION + BARS + edge + cell + GAP;
  const left = Math.max(2, (width - longest * cell) / 2);
  const panels = ["input", "kernel", "output"].map((name, row) => ({
    name,
    channel: 0,
    ...grids[name],
    cell,
    edge,
    x: left,
    y: row * strip + CAPTION + BARS + edge,
    captionY: row * strip,
  }));
  return { panels, signs: [], width, height: 3 * strip, bars: BARS };
}

/**
 * { row, column } of the cell of `panel` at (x, y), or null.
 * @param {Panel} panel
 * @param {number} x CSS pixels
 * @param {number} y CSS pixels
 * @param {number} bars height of a signal's bars
 * @returns {{ row: number, column: number } | null}
 */
export function cellAt(panel, x, y, bars = 0) {
  const column = Math.floor((x - panel.x) / panel.cell);
  const above = y >= panel.y - bars - panel.edge && y < panel.y; // a signal's bar stands for its cell
  const row = bars && above ? 0 : Math.floor((y - panel.y) / panel.cell);
  return row >= 0 && column >= 0 && row < panel.rows && column < panel.columns ? { row, column } : null;
}

/**
 * Whether a panel, or a cell of one, is a result: the output, or one channel's share in it.
 * @param {{ name: string } | null} panel
 * @returns {boolean}
 */
export function isResult(panel) {
  return panel?.name === "output" || panel?.name === "partial";
}
