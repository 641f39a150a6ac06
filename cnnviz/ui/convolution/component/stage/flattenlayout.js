// Flattening on the stage: where the maps lie, and the row under them, broken into lines like a text. Pure.
//
// A line of the row is a panel named "output" whose `first` says at which place it begins.

/** @import { View } from "../explorer.js" */
/** @import { Grid, Plan } from "./layout.js" */

const LARGEST_CELL = 46; // of the row
const LARGEST_PIXEL = 36; // of a map: both are to be seen at once
const NUMBERED_CELL = 26; // a value and its place can be read
const MOST_LINES = 3; // of numbered cells: beyond, the whole row small is better
const SMALL_CELL = 12;
const BETWEEN = 26; // from map to map
const GROUPS = 26; // under a line: which row or which map its cells come from
const GAP = 18; // between the maps and the row

/**
 * The plan as layout.js describes it; `placed` and `heightOf` are layout.js's.
 * @param {View} view
 * @param {Record<string, Grid>} grids
 * @param {number} width CSS pixels
 * @param {number} tallest CSS pixels
 * @param {(cell: number) => number} snap
 * @param {{ placed: Function, heightOf: Function }} parts
 * @returns {Plan}
 */
export function flattenPlan(view, grids, width, tallest, snap, { placed, heightOf }) {
  const { rows, columns } = grids.input;
  const maps = view.pixels.length;
  const room = (width - 20 * maps - BETWEEN * (maps - 1) - 6) / maps;
  const cell = snap(Math.min(LARGEST_PIXEL, room / columns, (tallest * 0.75) / rows));
  const lines = linesOf(view.size[1], [columns, rows * columns], width, tallest, snap);
  const first = placed("input", grids.input, cell, 0, 0);
  const across = first.edge + columns * cell + 3;
  const left = Math.max(0, (width - maps * across - (maps - 1) * BETWEEN) / 2);
  const panels = view.pixels.map((_, channel) => placed("input", grids.input, cell, left + channel * (across + BETWEEN), 0, channel));
  let y = heightOf(grids.input, cell) + GAP;
  const start = Math.max(2, (width - lines.cell * lines.columns) / 2);
  for (let place = 0; place < view.size[1]; place += lines.columns) {
    const grid = { rows: 1, columns: Math.min(lines.columns, view.size[1] - place), first: [0, place] };
    const line = placed("output", grid, lines.cell, start, place ? y - 28 : y); // one caption for all lines
    panels.push({ ...line, x: start, groups: lines.isNumbered ? GROUPS : 0 });
    y = line.y + lines.cell + (lines.isNumbered ? GROUPS : 1);
  }
  return { panels, signs: [], width, height: y + 6, bars: 0 };
}

/** { columns, cell, isNumbered } of the lines: whole rows or whole maps in each, where they fit. */
function linesOf(count, groups, width, tallest, snap) {
  const room = width - 8;
  const whole = (most) => {
    const group = groups.filter((size) => size <= most).at(-1) ?? 1;
    return Math.min(count, most - (most % group));
  };
  const numbered = count * NUMBERED_CELL <= room ? count : whole(Math.floor(room / NUMBERED_CELL));
  if (Math.ceil(count / numbered) <= MOST_LINES) {
    return { columns: numbered, cell: snap(Math.min(LARGEST_CELL, room / numbered)), isNumbered: true };
  }
  let cell = SMALL_CELL;
  while (cell > 1 && Math.ceil(count / whole(Math.floor(room / cell))) * cell > tallest * 0.6) cell -= 1;
  const columns = whole(Math.floor(room / cell));
  return { columns, cell: snap(Math.min(room / columns, 1.3 * cell)), isNumbered: false };
}
