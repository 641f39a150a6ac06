// Typeset formula: the output size with its numbers, set on a 2D context: colours, fraction, floor. Knows nothing of pages.

import { rawSize } from "../arithmetic/axis.js";
import { signed } from "../arithmetic/numbers.js";
import { quotientOf } from "../controls/formulatext.js";
/** @import { Axis } from "../arithmetic/axis.js" */
/** @import { Context, Look } from "../stage/paint.js" */

const MATHS = '"STIX Two Text", Cambria, "Times New Roman", "Noto Serif", serif';
const ROW = 1.55; // height of a line without a fraction, of the size of its letters

/** [[text, role], ...] in a row; a fraction is { top, bottom, ceil } of such rows. */
function formulaRow(a, name) {
  const label = name ? [[`${name}  `, "muted"]] : [];
  const result = [signed(rawSize(a)), a.size ? "output" : "wrong"];
  const start = [...label, ["n", "output", "sign"], ["out", "output", "below"], [" = ", "muted"]];
  if (a.kind === "transposed") return [...start, ...transposedRow(a), [" = ", "muted"], result];
  const span = a.d === 1 ? [[`${a.k}`, "kernel"]] : [...dilatedRow(a), [" − ", "muted"], ["1", "text"]];
  const padding = [[" + ", "muted"], ["2 × ", "text"], [`${a.p}`, "padding"], [" − ", "muted"]];
  const top = [[`${a.n}`, "input"], ...padding, ...span];
  const drop = quotientOf(a).drops ? [[" − ", "muted"], ["1", "text"]] : [];
  const fraction = { top, bottom: [[`${a.s}`, "stride"]], ceil: a.ceil };
  return [...start, fraction, [" + ", "muted"], ["1", "text"], ...drop, [" = ", "muted"], result];
}

function transposedRow(a) {
  const first = [["(", "text"], [`${a.n}`, "input"], [" − ", "muted"], ["1) × ", "text"], [`${a.s}`, "stride"]];
  const padding = [[" − ", "muted"], ["2 × ", "text"], [`${a.p}`, "padding"], [" + ", "muted"]];
  const extra = [[" + ", "muted"], [`${a.o}`, "output"], [" + ", "muted"], ["1", "text"]];
  return [...first, ...padding, ...dilatedRow(a), ...extra];
}

function dilatedRow(a) {
  return [[`${a.d}`, "dilation"], [" × (", "text"], [`${a.k}`, "kernel"], [" − ", "muted"], ["1)", "text"]];
}

/**
 * Paint the formula of one axis, with its output's `size`, around the middle `center`; returns the next top.
 * @param {Context} context
 * @param {Axis & { size?: number }} a
 * @param {string} name "" where there is one axis only
 * @param {number} center
 * @param {number} top
 * @param {number} size of the letters, pixels
 * @param {Look} look
 * @returns {number}
 */
export function paintFormula(context, a, name, center, top, size, look) {
  const row = formulaRow(a, name);
  const height = size * (a.kind === "transposed" ? ROW : 2 * ROW - 0.2);
  const pen = { context, size, look, y: top + height / 2, x: center - rowWidth(context, row, size, look) / 2 };
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const piece of row) paintPiece(pen, piece);
  return top + height;
}

function paintPiece(pen, piece) {
  if (Array.isArray(piece)) paintTerm(pen, piece);
  else paintFraction(pen, piece);
}

function paintTerm(pen, piece) {
  const { context, size, look } = pen;
  const [text, role, kind] = piece;
  context.font = termFont(piece, size, look);
  context.fillStyle = look.colors[role];
  context.fillText(text, pen.x, pen.y + (kind === "below" ? size * 0.32 : 0));
  pen.x += context.measureText(text).width;
}

function paintFraction(pen, { top, bottom, ceil }) {
  const { context, size, look, x, y } = pen;
  const [over, under] = [top, bottom].map((row) => rowWidth(context, row, size, look));
  const edge = size * 0.4;
  const inner = Math.max(over, under);
  const half = size * (ROW - 0.15);
  for (const [row, width, way] of [[top, over, -1], [bottom, under, 1]]) {
    const line = { ...pen, x: x + edge + (inner - width) / 2, y: y + way * size * 0.68 };
    for (const piece of row) paintTerm(line, piece);
  }
  context.strokeStyle = look.colors.text;
  context.lineWidth = Math.max(1, size / 14);
  context.beginPath();
  context.moveTo(x + edge - 1, y);
  context.lineTo(x + edge + inner + 1, y);
  const foot = ceil ? y - half : y + half; // a floor has its feet below, a ceiling above
  for (const [side, way] of [[x + edge * 0.3, 1], [x + inner + edge * 1.7, -1]]) {
    context.moveTo(side, y + (foot < y ? half : -half));
    context.lineTo(side, foot);
    context.lineTo(side + way * size * 0.25, foot);
  }
  context.stroke();
  pen.x += inner + 2 * edge;
}

function rowWidth(context, row, size, look) {
  return row.reduce((sum, piece) => sum + pieceWidth(context, piece, size, look), 0);
}

function pieceWidth(context, piece, size, look) {
  if (!Array.isArray(piece)) {
    const widths = [piece.top, piece.bottom].map((row) => rowWidth(context, row, size, look));
    return Math.max(...widths) + size * 0.8;
  }
  context.font = termFont(piece, size, look);
  return context.measureText(piece[0]).width;
}

function termFont(piece, size, look) {
  const [, role, kind] = piece;
  if (kind === "sign") return `italic 600 ${size * 1.12}px ${MATHS}`;
  if (kind === "below") return `600 ${size * 0.62}px ${MATHS}`;
  return `${["text", "muted"].includes(role) ? 400 : 650} ${size}px ${look.font}`;
}
