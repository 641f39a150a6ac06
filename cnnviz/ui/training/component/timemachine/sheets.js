// Picture sheets on a canvas: filters or maps of two epochs, blended, on one colour scale.

/** @import { Piece } from "./pieces.js" */
/** @import { Film } from "./playhead.js" */

const GAP = 6; // CSS pixels between tiles
const LARGEST = 92; // CSS pixels a side of a tile
const SMALL = 38; // of one among many

/**
 * How a value from -1 to 1 becomes a colour: the theme's diverging scale; null for tiles in colour.
 * @param {Film} film
 * @param {Piece} piece
 * @returns {Uint32Array | null}
 */
export function tableFor(film, piece) {
  return piece.shape[1] === 3 ? null : film.tables.diverging;
}

/**
 * How many columns for `count` tiles: a square, or where there is width and there are many, a broader sheet.
 * @param {number} count
 * @param {number} width CSS pixels
 * @returns {number}
 */
function columnsFor(count, width) {
  const square = Math.max(count > 2 ? 3 : 1, Math.ceil(Math.sqrt(count)));
  const broad = count > 20 ? Math.floor((width + GAP) / (SMALL + GAP)) : 0;
  return Math.min(count, Math.max(square, broad));
}

/**
 * Draw `first`, or with `t` > 0 what lies between it and `second`, into `box`. `span` is what the strongest colour is.
 * @param {HTMLElement} box
 * @param {Piece} first
 * @param {Piece | undefined} second
 * @param {number} t 0..1
 * @param {number} span
 * @param {Uint32Array | null} table
 */
export function drawSheet(box, first, second, t, span, table) {
  const canvas = box.firstElementChild ?? box.appendChild(document.createElement("canvas"));
  canvas.setAttribute("aria-hidden", "true");
  const [count, , height, width] = first.shape;
  const columns = columnsFor(count, box.clientWidth);
  const rows = Math.ceil(count / columns);
  const density = window.devicePixelRatio || 1;
  const side = Math.max(6, Math.min(LARGEST, Math.floor((box.clientWidth - GAP * (columns - 1)) / columns)));
  const tall = Math.max(1, Math.round((side * height) / width));
  size(canvas, columns * (side + GAP) - GAP, rows * (tall + GAP) - GAP, density);
  const pixels = (canvas.pixels ??= document.createElement("canvas"));
  paint(pixels, first, second, t, span, table);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  for (let i = 0; i < count; i++) {
    const x = (i % columns) * (side + GAP) * density;
    const y = Math.floor(i / columns) * (tall + GAP) * density;
    context.drawImage(pixels, 0, i * height, width, height, Math.round(x), Math.round(y), Math.round(side * density), Math.round(tall * density));
  }
}

/** All tiles below each other, one pixel for one number. */
function paint(canvas, first, second, t, span, table) {
  const [count, channels, height, width] = first.shape;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== count * height) canvas.height = count * height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, count * height);
  const out = new Uint32Array(image.data.buffer);
  const before = ((1 - t) * first.span) / span / 127;
  const after = (t * second.span) / span / 127;
  const [a, b] = [first.tiles, second.tiles];
  const area = height * width;
  for (let i = 0; i < count * area; i++) {
    if (channels === 1) {
      out[i] = table[byte(a[i] * before + b[i] * after)];
    } else {
      const at = Math.floor(i / area) * channels * area + (i % area);
      const level = (c) => byte(a[at + c * area] * before + b[at + c * area] * after);
      out[i] = 0xff000000 | (level(2) << 16) | (level(1) << 8) | level(0);
    }
  }
  context.putImageData(image, 0, 0);
}

/** -1..1 -> 0..255, zero in the middle. */
function byte(value) {
  return Math.max(0, Math.min(255, Math.round(127.5 + value * 127.5)));
}

/** A new size empties a canvas; every frame is drawn over the one before. */
function size(canvas, width, height, density) {
  const [w, h] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
