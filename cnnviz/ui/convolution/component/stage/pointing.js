// Pointing: the cell that is looked at, by mouse, finger or keyboard; pinned by a click. Finds cells, knows nothing of painting.

import { linked } from "../arithmetic/links.js";
import { cellAt } from "./layout.js";

const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * The cell that is pointed at, and whether it is pinned.
 */
export class Pointing {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.cell = null; // { name, channel, row, column, links }
    this.pinned = false;
    this.cursors = {}; // panel name -> the cell that the keyboard is on
  }

  /** Another setting: what was pointed at may be gone. */
  clear() {
    this.cell = null;
    this.pinned = false;
    this.cursors = {};
  }

  /** The mouse is at (x, y) of the board; null outside. Nothing changes while something is pinned. */
  hover(view, plan, place) {
    if (!this.pinned) this.set(view, place && findCell(plan, place));
  }

  /** A click or tap pins what it meets; a second one on the same cell, or beside everything, lets go. */
  press(view, plan, place) {
    const found = findCell(plan, place);
    const isSame = this.pinned && found && sameCell(found, this.cell);
    this.pinned = Boolean(found) && !isSame;
    this.set(view, isSame ? null : found, true);
  }

  release(view) {
    this.pinned = false;
    this.set(view, null, true);
  }

  /** Arrow keys over the cells of the panel `name`; false for other keys. */
  walk(view, panel, key) {
    if (!(key in WAYS)) return false;
    const start = this.cursors[panel.name] ?? { row: Math.max(0, -panel.first[0]), column: Math.max(0, -panel.first[1]) };
    const isFirst = !this.cursors[panel.name];
    const [down, across] = isFirst ? [0, 0] : WAYS[key];
    const row = Math.max(0, Math.min(panel.rows - 1, start.row + down));
    const column = Math.max(0, Math.min(panel.columns - 1, start.column + across));
    this.cursors[panel.name] = { row, column };
    this.pinned = false;
    this.set(view, { name: panel.name, channel: panel.channel, first: panel.first, row, column });
    return true;
  }

  set(view, cell, always = false) {
    if (!always && sameCell(cell, this.cell)) return;
    this.cell = cell && { ...cell, links: linked(view, cell) };
    this.onChange();
  }
}

function sameCell(one, other) {
  if (!one || !other) return one === other;
  return one.name === other.name && one.channel === other.channel && one.row === other.row && one.column === other.column;
}

function findCell({ panels, bars }, { x, y }) {
  for (const panel of panels) {
    const cell = cellAt(panel, x, y, bars);
    if (cell) return { name: panel.name, channel: panel.channel, first: panel.first, ...cell };
  }
  return null;
}
