// Links between cells: what an output reads, who reads an input, what a weight multiplies. Pure.
//
// Cells are counted as panels count them: 0 is the first cell drawn, padding included. Along rows and columns the
// answers are independent, so that each is { rows: [...], columns: [...] }: every row with every column.

import { outputSize, pairs } from "./axis.js";
import { flattenLinks } from "./flatten.js";
/** @import { View } from "../explorer.js" */

/** @typedef {{ rows: number[], columns: number[] }} Span every row with every column */
/** @typedef {{ input: Span, kernel: Span, output: Span }} Links */
/**
 * A cell of the panel `name`; `first`: the [row, column] that the panel's first cell stands for.
 * @typedef {{ name: string, row: number, column: number, channel?: number, first?: number[], links?: Links }} Cell
 */

/**
 * { input, kernel, output } that belong to the `cell` { name, row, column, ... } of a panel.
 * @param {View} view
 * @param {Cell} cell
 * @returns {Links}
 */
export function linked(view, cell) {
  if (view.mode === "flatten") return flattenLinks(view, cell);
  const { name, row, column } = cell;
  const along = { input: ofInput, kernel: ofWeight, output: ofOutput, partial: ofOutput }[name];
  const [down, across] = [along(view.axes[0], row), along(view.axes[1], column)];
  const both = (part) => ({ rows: unique(down[part]), columns: unique(across[part]) });
  return { input: both("input"), kernel: both("kernel"), output: both("output") };
}

function unique(indices) {
  return [...new Set(indices)].sort((one, other) => one - other);
}

/** An output's first cell in its panel: a transposed convolution's is drawn with what padding cuts off. */
function before(a) {
  return a.kind === "transposed" ? a.p : 0;
}

function everyPair(a) {
  const found = [];
  for (let output = 0; output < outputSize(a); output++) {
    for (const [input, tap] of pairs(a, output)) found.push([input, tap, output + before(a)]);
  }
  return found;
}

function ofInput(a, index) {
  const own = everyPair(a).filter(([input]) => input === index);
  return { input: [index], kernel: own.map(([, tap]) => tap), output: own.map(([, , output]) => output) };
}

function ofWeight(a, index) {
  const own = everyPair(a).filter(([, tap]) => tap === index);
  return { input: own.map(([input]) => input), kernel: [index], output: own.map(([, , output]) => output) };
}

function ofOutput(a, index) {
  const own = pairs(a, index - before(a)); // of what padding cuts off, too
  return { input: own.map(([input]) => input), kernel: own.map(([, tap]) => tap), output: [index] };
}

/**
 * How many steps the animation has, [rows, columns]: an output each; an input each for a transposed convolution.
 * @param {View} view
 * @returns {number[]} [rows, columns]
 */
export function stepsOf(view) {
  if (view.refusal) return [0, 0];
  return view.mode === "transposed" ? view.shape : view.size;
}

/**
 * Where the kernel lies at step (row, column), in cells of the grid it moves over.
 * @param {View} view
 * @param {number} row
 * @param {number} column
 * @returns {number[]} [row, column]
 */
export function cornerOf(view, row, column) {
  return [row * view.axes[0].s, column * view.axes[1].s];
}
