// Stage descriptions: a step, a pointed cell, pixels nobody reads. Words come from the server; HTML or text.

import { filled, sentencesOf } from "../../../shared/component/words.js";
import { extent } from "../arithmetic/axis.js";
import { cornerOf } from "../arithmetic/links.js";
import { ranges, shown, sidesText } from "../arithmetic/numbers.js";
import { placeOfCell } from "../arithmetic/flatten.js";
import { flattenSum, flattenText } from "./flatten.js";
import { isResult } from "./layout.js";
import { stampOf, sumOf } from "./sums.js";
/** @import { Cell } from "../arithmetic/links.js" */
/** @import { View } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

/**
 * { html, every } of the products to write out: those of the pointed cell, else those of the step.
 * @param {View} view
 * @param {Cell | null} cell
 * @param {number[]} step row and column
 * @param {Words} strings
 * @returns {{ html: string, every: string }}
 */
export function sumNow(view, cell, step, strings) {
  if (view.mode === "flatten") return { html: flattenSum(view, cell ? placeOfCell(view, cell) : step[1], strings), every: "" };
  if (!cell) return view.mode === "transposed" ? stampNow(view, step, strings) : sumOf(view, step, strings);
  const [row, column] = [cell.row + cell.first[0], cell.column + cell.first[1]];
  const isInside = row >= 0 && column >= 0 && row < view.size[0] && column < view.size[1];
  if (isResult(cell) && isInside) return sumOf(view, [row, column], strings);
  return { html: aboutCell(view, cell, strings), every: "" };
}

function stampNow(view, step, strings) {
  const corner = cornerOf(view, step[0], step[1]);
  const span = view.axes.map((a, i) => {
    const all = Array.from({ length: a.k }, (_, tap) => corner[i] + tap * a.d - a.p);
    const reached = ranges(all.filter((at) => at >= 0 && at < view.size[i]));
    return reached.length ? reached : "–";
  });
  const sentence = filled(view.flat ? strings.lands_flat : strings.lands, { rows: span[0], columns: span[1] });
  return stampOf(view, step, sentence, strings);
}

/**
 * The board in words: its sizes, and the step or the pointed cell unless that is a secret.
 * @param {View} view
 * @param {Cell | null} cell
 * @param {number[]} step row and column
 * @param {Words} strings
 * @param {boolean} secret
 * @returns {string}
 */
export function describeBoard(view, cell, step, strings, secret) {
  const sides = (pair) => sidesText(pair, view.flat);
  const output = secret && !view.refusal ? "?" : sides(view.size);
  if (view.mode === "flatten") return describeFlattening(view, cell, step, strings);
  const sizes = filled(strings.picture, { input: sides(view.shape), kernel: sides(view.kernel), output });
  return secret ? sizes : sentencesOf([sizes, stepText(view, cell, step, strings)]);
}

function describeFlattening(view, cell, step, strings) {
  const sizes = { maps: view.pixels.length, size: sidesText(view.shape, false), count: view.size[1] };
  return `${filled(strings.picture_flatten, sizes)} ${stepText(view, cell, step, strings)}`;
}

/**
 * What a screen reader says after a step.
 * @param {View} view
 * @param {Cell | null} cell
 * @param {number[]} step row and column
 * @param {Words} strings
 * @returns {string}
 */
export function stepText(view, cell, [row, column], strings) {
  if (view.mode === "flatten") return flattenText(view, cell ? placeOfCell(view, cell) : column, strings);
  if (cell && !isResult(cell)) return aboutCell(view, cell, strings).replace(/<[^>]*>/g, "");
  const place = { r: row + 1, c: column + 1 };
  if (view.mode === "transposed") {
    return filled(strings.step_input, { ...place, value: shown(view.pixels[0][row * view.shape[1] + column]) });
  }
  const corner = cornerOf(view, row, column);
  const span = view.axes.map((a, i) => ranges(Array.from({ length: extent(a) }, (_, at) => corner[i] + at)));
  const moved = filled(strings.step, { ...place, sum: shown(view.values[row * view.size[1] + column]) });
  return sentencesOf([moved, filled(strings.lies, { rows: span[0], columns: span[1] })]);
}

/** A sentence about the cell { name, row, column, first, links } of a panel. */
function aboutCell(view, cell, strings) {
  if (cell.name === "input") return aboutInput(view, cell, strings);
  if (cell.name === "kernel") return aboutWeight(view, cell, strings);
  return filled(strings.cut_cell, { n: count(cell.links.input) });
}

function aboutInput(view, { row, column, channel, first, links }, strings) {
  const [r, c] = [row + first[0], column + first[1]];
  const [height, width] = view.shape;
  const n = `<b class="role-output">${count(links.output)}</b>`;
  const inside = r >= 0 && c >= 0 && r < height && c < width;
  if (!inside) return filled(strings.border, { n });
  const value = `<b class="role-input">${shown(view.pixels[channel][r * width + c])}</b>`;
  return filled(view.flat ? strings.pixel_flat : strings.pixel, { r: r + 1, c: c + 1, value, n });
}

function aboutWeight(view, { row, column, channel, links }, strings) {
  const value = `<b class="role-kernel">${shown(view.weights[channel][row * view.kernel[1] + column])}</b>`;
  const n = `<b class="role-input">${count(links.input)}</b>`;
  return filled(view.flat ? strings.weight_flat : strings.weight, { r: row + 1, c: column + 1, value, n });
}

function count({ rows, columns }) {
  return rows.length * columns.length;
}

/**
 * The rows and columns that no window reads, by their numbers; "" if every one is read.
 * @param {number[][]} unread rows, columns
 * @param {boolean} flat
 * @param {Words} strings
 * @returns {string} HTML
 */
export function aboutUnread([rows, columns], flat, strings) {
  const lost = (key, indices) => filled(strings[indices.length === 1 ? key : `${key}s`], { list: ranges(indices) });
  const same = !flat && `${rows}` === `${columns}`;
  const sentences = [];
  if (flat && columns.length) sentences.push(lost("lost_sample", columns));
  else if (same && rows.length) sentences.push(lost("lost", rows));
  else {
    if (rows.length) sentences.push(lost("lost_row", rows));
    if (columns.length) sentences.push(lost("lost_column", columns));
  }
  return sentences.length ? `<span class="swatch"></span>${sentencesOf(sentences)}` : "";
}
