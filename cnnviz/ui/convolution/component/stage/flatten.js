// Flattening, painted: the row fills up, place by place, and a line joins each place to the value that moved there.

import { filled } from "../../../shared/component/words.js";
import { placeOfCell, sourceOf } from "../arithmetic/flatten.js";
import { shown } from "../arithmetic/numbers.js";
import { paintFrame } from "./moving.js";
import { paintValue, tile } from "./paint.js";
import { shadesOf } from "./shades.js";
/** @import { Cell } from "../arithmetic/links.js" */
/** @import { View } from "../explorer.js" */
/** @import { Panel, Plan } from "./layout.js" */
/** @import { Context, Look } from "./paint.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const ROOM_FOR_WORDS = 44; // CSS pixels: a shorter group has no name
const FEWEST_NUMBERED = 18; // CSS pixels of a cell whose place is written over it

/**
 * A line of the row before anything was moved there, with its places and where they come from.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 * @param {Words} words
 */
export function paintEmptyLine(context, view, panel, look, words) {
  context.fillStyle = look.colors.output;
  context.globalAlpha = 0.07;
  for (let column = 0; column < panel.columns; column++) {
    const { x, y, side } = tile(panel, 0, column);
    context.fillRect(x, y, side, side);
  }
  context.globalAlpha = 1;
  if (panel.cell >= FEWEST_NUMBERED) paintPlaces(context, panel, look);
  if (panel.groups) paintGroups(context, view, panel, look, words);
}

function paintPlaces(context, { x, y, cell, columns, first }, look) {
  context.font = `400 12px ${look.font}`;
  context.fillStyle = look.colors.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let i = 0; i < columns; i++) context.fillText(first[1] + i + 1, x + (i + 0.5) * cell, y - 10);
}

/** Under the cells: "row 1", "row 2" of the one map, or "map 1", "map 2". */
function paintGroups(context, view, { x, y, cell, columns, first }, look, words) {
  const [height, width] = view.shape;
  const several = view.pixels.length > 1;
  const size = several ? height * width : width;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `400 13px ${look.font}`;
  for (let at = first[1]; at < first[1] + columns; ) {
    const end = Math.min(first[1] + columns, (Math.floor(at / size) + 1) * size);
    const [left, right] = [x + (at - first[1]) * cell, x + (end - first[1]) * cell - 2];
    context.fillStyle = look.colors.input;
    context.fillRect(left, y + cell + 2, right - left, 2);
    const text = filled(several ? words.map : words.row, { n: Math.floor(at / size) + 1 });
    if (right - left >= ROOM_FOR_WORDS) context.fillText(text, (left + right) / 2, y + cell + 14);
    at = end;
  }
}

/**
 * What has moved into the row after `position` steps, and the pair that is looked at.
 * @param {Context} context
 * @param {View} view
 * @param {Plan} plan
 * @param {Look} look
 * @param {{ position: number, at: number[] }} moment
 * @param {Cell | null} pointed
 */
export function paintFlattening(context, view, plan, look, { position, at }, pointed) {
  const lines = plan.panels.filter(({ name }) => name === "output");
  for (const line of lines) paintLine(context, view, line, look, position);
  const place = pointed ? placeOfCell(view, pointed) : at[1];
  paintPair(context, view, plan, lines, look, place);
}

function paintLine(context, view, line, look, position) {
  const shades = shadesOf(view, { ...line, name: "output" }, look, line.cell >= 20);
  const start = line.first[1];
  for (let column = 0; column < line.columns && start + column <= position; column++) {
    const value = view.values[start + column];
    paintValue(context, tile(line, 0, column), value, shades.of(value), line.cell, look);
  }
}

/** The value's cell and its place framed, with a line between them; `place` has fractions while it moves on. */
function paintPair(context, view, { panels }, lines, look, place) {
  const { channel, row, column } = sourceOf(view, Math.round(place));
  const source = panels.find((panel) => panel.name === "input" && panel.channel === channel);
  const line = lines.find(({ first, columns }) => Math.round(place) < first[1] + columns);
  const at = Math.max(0, Math.min(line.columns - 1, place - line.first[1]));
  const { kernel } = look.colors;
  context.strokeStyle = kernel;
  context.lineWidth = 1.5;
  context.globalAlpha = 0.55;
  context.beginPath();
  context.moveTo(source.x + (column + 0.5) * source.cell, source.y + (row + 1) * source.cell);
  context.lineTo(line.x + (at + 0.5) * line.cell, line.y - (line.cell >= FEWEST_NUMBERED ? 18 : 2));
  context.stroke();
  context.globalAlpha = 1;
  paintFrame(context, source, row, column, kernel, look);
  paintFrame(context, line, 0, at, kernel, look);
}

/**
 * HTML: where the value at `place` stood, and how its place follows from that, with numbers.
 * @param {View} view
 * @param {number} place from 0
 * @param {Words} words
 * @returns {string}
 */
export function flattenSum(view, place, words) {
  const { channel, row, column } = sourceOf(view, place);
  const [height, width] = view.shape;
  const term = (role, value) => `<b class="role-${role}">${value}</b>`;
  const times = '<span class="op">×</span>';
  const before = (index, size) => `(${term("input", index + 1)} <span class="op">−</span> 1) ${times} ${size}`;
  const parts = [...(view.pixels.length > 1 ? [before(channel, height * width)] : []), before(row, width), term("input", column + 1)];
  const sentence = filled(view.pixels.length > 1 ? words.moves_map : words.moves, {
    map: channel + 1,
    row: row + 1,
    column: column + 1,
    value: term("input", shown(view.values[place])),
    place: term("output", place + 1),
  });
  const sum = `${parts.join(' <span class="op">+</span> ')} <span class="op">=</span> <b class="role-output result">${place + 1}</b>`;
  return `${sentence}<br><span class="many">${sum}</span>`;
}

/**
 * The same as text for a screen reader.
 * @param {View} view
 * @param {number} place from 0
 * @param {Words} words
 * @returns {string}
 */
export function flattenText(view, place, words) {
  return flattenSum(view, place, words).split("<br>")[0].replace(/<[^>]*>/g, "");
}
