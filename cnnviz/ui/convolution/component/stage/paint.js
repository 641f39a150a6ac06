// Still paint: what does not move: grids with their numbers, captions, hatching. Takes a 2D context or svg.js's recorder.
// Lengths are CSS pixels; cells are whole device pixels, so that grids stay crisp.

import { paddedSize, unused } from "../arithmetic/axis.js";
import { shown } from "../arithmetic/numbers.js";
import { shadesOf, valuesOf } from "./shades.js";
/** @import { View } from "../explorer.js" */
/** @import { Panel } from "./layout.js" */
/** @import { Shade } from "./shades.js" */

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context a canvas's, or svg.js's recorder */
/** @typedef {{ x: number, y: number, side: number }} Tile of a cell */
/**
 * How everything looks: colours by role, the font's family, device pixels a CSS pixel, whether the result is a secret.
 * @typedef {{ colors: Record<string, string>, font: string, ratio: number, hidden: boolean, thin?: boolean }} Look
 */

const TILES_FROM = 24; // smaller cells are painted as one picture, without round corners
const SHAPES_FROM = 6; // in a vector file, which would grow too large
const GAPS_FROM = 5;

const STEP = 128; // a canvas grows by this many pixels: to make one anew takes longer than to paint it

/**
 * The context of `canvas` for `width` x `height` CSS pixels, empty. The canvas may be larger; it never shrinks.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {number} width
 * @param {number} height
 * @param {number} ratio device pixels a CSS pixel
 * @returns {Context}
 */
export function sized(canvas, width, height, ratio) {
  const [w, h] = [width, height].map((length) => Math.ceil((length * ratio) / STEP) * STEP);
  const context = /** @type {Context} */ (canvas.getContext("2d"));
  if (canvas.width < w || canvas.height < h) {
    canvas.width = Math.max(canvas.width, w);
    canvas.height = Math.max(canvas.height, h);
    if (canvas.style) {
      canvas.style.width = `${canvas.width / ratio}px`;
      canvas.style.height = `${canvas.height / ratio}px`;
    }
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.width / ratio, canvas.height / ratio);
  return context;
}

/**
 * { x, y, side } of a cell: a little smaller than its place.
 * @param {Panel} panel
 * @param {number} row
 * @param {number} column
 * @returns {Tile}
 */
export function tile(panel, row, column) {
  const { x, y, cell } = panel;
  const gap = cell >= TILES_FROM ? 2 : cell >= GAPS_FROM ? 1 : 0;
  return { x: x + column * cell, y: y + row * cell, side: cell - gap };
}

/**
 * Whether `text` has room in a cell of this size.
 * @param {string} text
 * @param {number} cell CSS pixels
 * @returns {boolean}
 */
export function fits(text, cell) {
  const letters = `${text}`.length;
  return cell >= 20 ? letters <= cell / 5.2 : cell >= 15 && letters < 3;
}

/**
 * Input, padding dashed, rows and columns that no window reads hatched.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 */
export function paintInput(context, view, panel, look) {
  const [rows, columns] = view.axes;
  const [top, left] = view.axes.map((a) => (a.kind === "transposed" ? 0 : a.p));
  const skipped = view.axes.map((a) => new Set(look.hidden ? [] : unused(a)));
  const values = valuesOf(view, panel);
  const shades = shadesOf(view, panel, look, isNumbered(panel));
  const inside = { top, left, height: rows.n, width: columns.n };
  if (top || left) paintPadding(context, panel, frameOf(paddedSize(rows), paddedSize(columns), inside), look, view.mode === "pool" ? "" : "0");
  paintValues(context, panel, inside, values, shades, look);
  const lost = cellsWhere(inside, (row, column) => skipped[0].has(row) || skipped[1].has(column));
  if (lost.length) paintSkipped(context, panel, lost, look);
  paintNumbers(context, panel, [rows.n, columns.n], [top, left], look, skipped);
}

/** The cells [row, column] of a panel that stand for something inside, where `test(row, column)` of that holds. */
function cellsWhere({ top, left, height, width }, test) {
  const found = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) if (test(row, column)) found.push([row + top, column + left]);
  }
  return found;
}

/** The cells of `rows` x `columns` around an inner rectangle. */
function frameOf(rows, columns, { top, left, height, width }) {
  const isOutside = (row, column) => row < top || column < left || row >= top + height || column >= left + width;
  return cellsWhere({ top: 0, left: 0, height: rows, width: columns }, isOutside);
}

function isNumbered({ cell }) {
  return cell >= 20;
}

/**
 * The kernel by itself: one tile a weight; empty tiles where pooling has none.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 */
export function paintKernel(context, view, panel, look) {
  const values = valuesOf(view, panel);
  const all = { top: 0, left: 0, height: panel.rows, width: panel.columns };
  if (!values.length) paintEmpty(context, panel, cellsWhere(all, () => true), look.colors.kernel, look);
  else paintValues(context, panel, all, values, shadesOf(view, panel, look, panel.cell >= 18), look);
}

/**
 * The output before anything was computed: empty tiles; what a transposed convolution cuts off is dashed.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 */
export function paintEmptyOutput(context, view, panel, look) {
  const [height, width] = view.size;
  const [top, left] = panel.first.map((first) => -first);
  const inside = { top, left, height, width };
  const cut = frameOf(panel.rows, panel.columns, inside);
  if (cut.length) paintPadding(context, panel, cut, look, "×");
  paintEmpty(context, panel, cellsWhere(inside, () => true), look.colors.output, look, inside);
  paintNumbers(context, panel, view.size, [top, left], look, [new Set(), new Set()]);
}

/**
 * Every value of an output or of one channel's share in it. `values` other than the panel's own may be given.
 * @param {Context} context
 * @param {View} view
 * @param {Panel} panel
 * @param {Look} look
 * @param {ArrayLike<number>} values row by row
 */
export function paintOutput(context, view, panel, look, values = valuesOf(view, panel)) {
  const [height, width] = view.size;
  const [top, left] = panel.first.map((first) => -first);
  paintValues(context, panel, { top, left, height, width }, values, shadesOf(view, panel, look, isNumbered(panel)), look);
}

function isOnePicture({ isVector }, { cell }) {
  return cell < (isVector ? SHAPES_FROM : TILES_FROM);
}

/** Values row by row on the cells of a rectangle: small cells as one picture, large ones as tiles with numbers. */
function paintValues(context, panel, inside, values, shades, look) {
  const { top, left, height, width } = inside;
  const isSmall = isOnePicture(context, panel);
  if (isSmall) {
    paintDots(context, panel, inside, (row, column) => shades.of(values[row * width + column]).rgb);
    paintGaps(context, panel, inside, look);
    if (panel.cell < 15) return;
  }
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column];
      const box = tile(panel, row + top, column + left);
      if (!isSmall) paintValue(context, box, value, shades.of(value), panel.cell, look);
      else paintFitting(context, box, shown(value), shades.of(value).ink, panel.cell, look);
    }
  }
}

/**
 * One value's tile.
 * @param {Context} context
 * @param {Tile} box
 * @param {number} value
 * @param {Shade} shade
 * @param {number} cell CSS pixels
 * @param {Look} look
 */
export function paintValue(context, box, value, shade, cell, look) {
  context.fillStyle = shade.css;
  if (cell < TILES_FROM) context.fillRect(box.x, box.y, box.side, box.side);
  else {
    context.beginPath();
    addTile(context, box, 0);
    context.fill();
  }
  if (cell >= 15) paintFitting(context, box, shown(value), shade.ink, cell, look);
}

function paintFitting(context, box, text, ink, cell, look) {
  const short = fits(text, cell) ? text : text.replace("0.", ".");
  if (fits(short, cell)) paintText(context, box, short, ink, cell, look);
}

/**
 * A picture with a dot a cell, enlarged without smoothing; where `colorAt` gives null nothing is painted.
 * @param {Context} context
 * @param {Panel} panel
 * @param {{ top: number, left: number, height: number, width: number }} inside cells
 * @param {(row: number, column: number) => ArrayLike<number> | null} colorAt [r, g, b]
 */
export function paintDots(context, { x, y, cell }, { top, left, height, width }, colorAt) {
  if (!height || !width) return;
  const picture = new ImageData(width, height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      const color = colorAt(row, column);
      if (!color) continue;
      picture.data[i] = color[0];
      picture.data[i + 1] = color[1];
      picture.data[i + 2] = color[2];
      picture.data[i + 3] = 255;
    }
  }
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d").putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, x + left * cell, y + top * cell, width * cell, height * cell);
}

/** The gaps between the cells of a picture made of dots: one line a row and a column. */
function paintGaps(context, { x, y, cell }, { top, left, height, width }, look) {
  if (cell < GAPS_FROM) return;
  context.fillStyle = look.colors.background;
  for (let row = 1; row <= height; row++) context.fillRect(x + left * cell, y + (top + row) * cell - 1, width * cell, 1);
  for (let column = 1; column <= width; column++) context.fillRect(x + (left + column) * cell - 1, y + top * cell, 1, height * cell);
}

/** Tiles without a value. `inside`, if they fill a rectangle: then small ones are painted at once. */
function paintEmpty(context, panel, cells, color, look, inside = null) {
  context.globalAlpha = 0.07;
  context.fillStyle = color;
  if (inside && isOnePicture(context, panel)) {
    const { x, y, cell } = panel;
    context.fillRect(x + inside.left * cell, y + inside.top * cell, inside.width * cell, inside.height * cell);
    context.globalAlpha = 1;
    paintGaps(context, panel, inside, look);
    return;
  }
  addTiles(context, panel, cells, 0);
  context.fill();
  context.globalAlpha = 0.35;
  context.strokeStyle = color;
  context.lineWidth = 1;
  addTiles(context, panel, cells, 0.5);
  if (panel.cell >= TILES_FROM) context.stroke();
  context.globalAlpha = 1;
}

/** Padding, or what padding cuts off: dashed tiles with `text`. */
function paintPadding(context, panel, cells, look, text) {
  const { padding } = look.colors;
  const { cell } = panel;
  context.fillStyle = padding;
  context.globalAlpha = cell < 14 ? 0.22 : 0.08;
  addTiles(context, panel, cells, 0);
  context.fill();
  context.globalAlpha = 1;
  if (cell < 14) return;
  context.strokeStyle = padding;
  context.lineWidth = 1;
  context.setLineDash(cell >= 20 ? [4, 3] : [2, 2]);
  addTiles(context, panel, cells, 0.5);
  context.stroke();
  context.setLineDash([]);
  if (cell < 20 || !text) return;
  for (const [row, column] of cells) paintText(context, tile(panel, row, column), text, padding, cell, look);
}

/** Hatching over the cells that no window reads. */
function paintSkipped(context, panel, cells, look) {
  const { x, y, cell, rows, columns } = panel;
  const gap = cell >= 20 ? 6 : 3;
  context.save();
  addTiles(context, panel, cells, 0);
  context.clip();
  context.fillStyle = look.colors.background;
  context.globalAlpha = 0.55;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = look.colors.muted;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = -rows * cell; at < columns * cell; at += gap) {
    context.moveTo(x + at, y + rows * cell);
    context.lineTo(x + at + rows * cell, y);
  }
  context.stroke();
  context.restore();
}

/**
 * A number in the middle of a cell.
 * @param {Context} context
 * @param {Tile} box
 * @param {string} text
 * @param {string} color CSS
 * @param {number} cell CSS pixels
 * @param {Look} look
 * @param {string | null} halo the colour of an outline
 */
export function paintText(context, box, text, color, cell, look, halo = null) {
  const letters = Math.max(2, `${text}`.length);
  context.font = `500 ${Math.max(9, Math.min(22, cell * 0.42, (cell * 1.45) / letters))}px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const [x, y] = [box.x + box.side / 2, box.y + box.side / 2 + 1];
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = 5;
    context.strokeText(text, x, y);
  }
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Row and column numbers, counted from 1, along the top and the left; a signal's along the top only. */
function paintNumbers(context, panel, size, corner, look, lost) {
  const [[rows, columns], [top, left], [lostRows, lostColumns]] = [size, corner, lost];
  const { x, y, cell, edge } = panel;
  if (edge < 10) return;
  context.textBaseline = "middle";
  context.textAlign = "center";
  const write = (text, isLost, atX, atY) => {
    context.font = `${isLost ? 700 : 400} 12px ${look.font}`;
    context.fillStyle = isLost ? look.colors.text : look.colors.muted;
    context.fillText(text, atX, atY);
  };
  for (let i = 0; i < columns; i++) write(i + 1, lostColumns.has(i), x + (i + left + 0.5) * cell, y - edge / 2);
  if (panel.rows === 1 && edge === 18) return;
  for (let i = 0; i < rows; i++) write(i + 1, lostRows.has(i), x - edge / 2 - 1, y + (i + top + 0.5) * cell);
}

/** One path of many tiles, each `inset` smaller. */
function addTiles(context, panel, cells, inset) {
  context.beginPath();
  for (const [row, column] of cells) addTile(context, tile(panel, row, column), inset);
}

function addTile(context, { x, y, side }, inset) {
  if (side < TILES_FROM - 2) context.rect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
  else context.roundRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset, 4);
}
