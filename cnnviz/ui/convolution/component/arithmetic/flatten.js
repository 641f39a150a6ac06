// Flattening: at which place of the row a value of the maps stands. PyTorch's order: map by map, in each row by row. Pure.

/** @import { Cell, Links } from "./links.js" */
/** @import { View } from "../explorer.js" */

/**
 * The place, from 0, of (channel, row, column); all from 0.
 * @param {{ shape: number[] }} view height and width of a map
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 * @returns {number}
 */
export function placeOf({ shape: [height, width] }, channel, row, column) {
  return (channel * height + row) * width + column;
}

/**
 * { channel, row, column } of the value at `place`.
 * @param {{ shape: number[] }} view height and width of a map
 * @param {number} place
 * @returns {{ channel: number, row: number, column: number }}
 */
export function sourceOf({ shape: [height, width] }, place) {
  const [channel, rest] = [Math.floor(place / (height * width)), place % (height * width)];
  return { channel, row: Math.floor(rest / width), column: rest % width };
}

/**
 * The place that a cell of the stage stands for: of a map, or of the row.
 * @param {View} view
 * @param {Cell} cell
 * @returns {number} from 0
 */
export function placeOfCell(view, { name, channel, row, column, first }) {
  return name === "input" ? placeOf(view, channel, row, column) : column + first[1];
}

/**
 * { input, kernel, output } that belong to a cell, as links.js gives them.
 * @param {View} view
 * @param {Cell} cell
 * @returns {Links}
 */
export function flattenLinks(view, cell) {
  const place = placeOfCell(view, cell);
  const { row, column } = sourceOf(view, place);
  return { input: { rows: [row], columns: [column] }, kernel: { rows: [], columns: [] }, output: { rows: [0], columns: [place] } };
}
