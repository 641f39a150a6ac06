// Draws the stage's grids. Takes a canvas context, colours and a configuration; knows nothing of playing or pages.
// Lengths are CSS pixels; cells are whole device pixels, so that grids stay crisp.

import { extent, outputSize, outputValue, paddedPixel, paddedSize, signed, taps, unused, weight } from "./arithmetic.js";

const MOST_TINT = 0.46; // of a colour behind a number: the number keeps 4.5 : 1
const MOST_BARE_TINT = 0.85; // where there is no room for numbers

/** A canvas of `width` x `height` CSS pixels and its context, scaled to the screen. */
export function sized(canvas, width, height, ratio) {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  if (canvas.style) {
    canvas.style.width = `${w / ratio}px`;
    canvas.style.height = `${h / ratio}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Room in front of the first cell for the row and column numbers. */
export function margin(cell) {
  return cell >= 18 ? 20 : 3;
}

/** The padded input: tiles tinted by value, padding dashed, rows and columns no window reads hatched. */
export function paintInput(context, c, look) {
  const size = paddedSize(c);
  const skipped = new Set(unused(c).map((index) => index + c.p));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const box = tile(look.cell, row, column);
      const inside = row >= c.p && column >= c.p && row < c.n + c.p && column < c.n + c.p;
      const value = paddedPixel(c, row, column);
      if (!inside) paintPadding(context, box, look);
      else if (skipped.has(row) || skipped.has(column)) paintSkipped(context, box, value, look);
      else paintTile(context, box, look.colors.input, tinted(0.1, value / 5, look), value, look);
    }
  }
  paintNumbers(context, c.n, c.p, look, skipped);
}

/** The output before anything was computed: empty tiles. */
export function paintEmptyOutput(context, c, look) {
  const size = outputSize(c);
  context.strokeStyle = look.colors.output;
  context.lineWidth = 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const box = tile(look.cell, row, column);
      context.globalAlpha = 0.07;
      context.fillStyle = look.colors.output;
      rounded(context, box, 0);
      context.fill();
      if (look.cell < 12) continue;
      context.globalAlpha = 0.35;
      rounded(context, box, 0.5);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
  paintNumbers(context, size, 0, look, new Set());
}

/** The whole output: tiles tinted by value. Returns nothing; the values are those of outputValue. */
export function paintFullOutput(context, c, look) {
  const size = outputSize(c);
  const values = [];
  for (let i = 0; i < size * size; i++) values.push(outputValue(c, Math.floor(i / size), i % size));
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  values.forEach((value, i) => {
    const box = tile(look.cell, Math.floor(i / size), i % size);
    paintTile(context, box, look.colors.output, tinted(0.16, (value - low) / range, look), signed(value), look);
  });
  paintNumbers(context, size, 0, look, new Set());
}

/** The kernel by itself: one tile a weight. */
export function paintKernel(context, k, cell, look) {
  for (let row = 0; row < k; row++) {
    for (let column = 0; column < k; column++) {
      const value = weight(row, column);
      const tint = 0.1 + (Math.abs(value) / 2) * 0.3;
      paintTile(context, tile(cell, row, column, 3), look.colors.kernel, tint, signed(value), { ...look, cell });
    }
  }
}

/** The kernel where it lies: `row` and `column` are padded indices of its corner, fractions while it slides. */
export function paintWindow(context, c, row, column, look) {
  const { cell, colors } = look;
  const end = paddedSize(c) - 1 + 1e-6;
  const boxes = taps(c, 0).flatMap((y, i) =>
    taps(c, 0).map((x, j) => ({ box: tile(cell, row + y, column + x), out: row + y > end || column + x > end, i, j })),
  );
  for (const { box, out } of boxes) paintTap(context, box, out ? colors.wrong : colors.kernel, c.d > 1 || out, look);
  if (cell >= 20) repaintNumbers(context, c, row, column, boxes, look);
  if (cell >= 36) for (const { box, i, j } of boxes) paintWeight(context, box, weight(i, j), colors.kernel, look);
  const origin = margin(cell);
  outline(context, origin + column * cell, origin + row * cell, extent(c) * cell, colors.kernel, look);
}

function paintTap(context, box, color, framed, look) {
  rounded(context, box, 0);
  context.globalAlpha = 0.72;
  context.fillStyle = look.colors.background;
  context.fill();
  context.globalAlpha = 0.3;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
  if (!framed || look.cell < 10) return;
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  rounded(context, box, 0.75);
  context.stroke();
}

/** The pixels' numbers again, crisp, wherever a tap covers them. */
function repaintNumbers(context, c, row, column, boxes, look) {
  context.save();
  context.beginPath();
  for (const { box, out } of boxes) if (!out) context.rect(box.x, box.y, box.side, box.side);
  context.clip();
  const last = (start) => Math.min(paddedSize(c) - 1, Math.ceil(start) + extent(c) - 1);
  for (let y = Math.floor(row); y <= last(row); y++) {
    for (let x = Math.floor(column); x <= last(column); x++) {
      paintText(context, tile(look.cell, y, x), paddedPixel(c, y, x), look.colors.text, look);
    }
  }
  context.restore();
}

/** A frame around one cell. */
export function paintFrame(context, row, column, color, look) {
  const origin = margin(look.cell);
  outline(context, origin + column * look.cell, origin + row * look.cell, look.cell, color, look);
}

/** A dashed frame over the rows [top, bottom) and columns [left, right). */
export function paintReach(context, [top, bottom], [left, right], { cell, colors }) {
  const at = (index) => margin(cell) + index * cell - 0.5;
  context.strokeStyle = colors.kernel;
  context.lineWidth = 2;
  context.setLineDash([7, 4]);
  context.beginPath();
  context.roundRect(at(left), at(top), (right - left) * cell, (bottom - top) * cell, cell >= 16 ? 5 : 1);
  context.stroke();
  context.setLineDash([]);
}

function outline(context, x, y, side, color, { cell, colors }) {
  const width = cell >= 20 ? 3 : 2;
  for (const [stroke, line] of [
    [colors.background, width + 2],
    [color, width],
  ]) {
    context.strokeStyle = stroke;
    context.lineWidth = line;
    context.beginPath();
    context.roundRect(x - 0.5, y - 0.5, side, side, cell >= 16 ? 5 : 1);
    context.stroke();
  }
}

function paintTile(context, box, color, tint, text, look) {
  context.fillStyle = color;
  context.globalAlpha = tint;
  rounded(context, box, 0);
  context.fill();
  context.globalAlpha = 1;
  if (look.cell >= 20 || (look.cell >= 15 && `${text}`.length < 3)) paintText(context, box, text, look.colors.text, look);
}

function tinted(least, share, look) {
  return least + share * ((look.cell < 15 ? MOST_BARE_TINT : MOST_TINT) - least);
}

function paintPadding(context, box, look) {
  const { padding } = look.colors;
  context.fillStyle = padding;
  context.globalAlpha = look.cell < 14 ? 0.22 : 0.08;
  rounded(context, box, 0);
  context.fill();
  context.globalAlpha = 1;
  if (look.cell < 14) return;
  context.strokeStyle = padding;
  context.lineWidth = 1;
  context.setLineDash(look.cell >= 20 ? [4, 3] : [2, 2]);
  rounded(context, box, 0.5);
  context.stroke();
  context.setLineDash([]);
  if (look.cell >= 20) paintText(context, box, 0, padding, look);
}

function paintSkipped(context, box, value, look) {
  context.save();
  rounded(context, box, 0);
  context.clip();
  context.strokeStyle = look.colors.muted;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  const gap = look.cell >= 20 ? 6 : 3;
  context.beginPath();
  for (let at = -box.side; at < box.side; at += gap) {
    context.moveTo(box.x + at, box.y + box.side);
    context.lineTo(box.x + at + box.side, box.y);
  }
  context.stroke();
  context.restore();
  if (look.cell >= 20) paintText(context, box, value, look.colors.muted, look, look.colors.background);
}

function paintText(context, box, text, color, look, halo = null) {
  context.font = `500 ${Math.min(22, Math.max(9, look.cell * 0.42))}px ${look.font}`;
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

function paintWeight(context, box, value, color, look) {
  context.font = `700 ${Math.max(10, look.cell * 0.24)}px ${look.font}`;
  context.textAlign = "right";
  context.textBaseline = "alphabetic";
  context.fillStyle = color;
  context.fillText(`×${signed(value)}`, box.x + box.side - 3, box.y + box.side - 4);
}

/** Row and column numbers, counted from 1, along the top and the left. */
function paintNumbers(context, count, offset, look, marked) {
  const { cell } = look;
  if (cell < 18) return;
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (let index = 0; index < count; index++) {
    const isMarked = marked.has(index + offset);
    context.font = `${isMarked ? 700 : 400} 12px ${look.font}`;
    context.fillStyle = isMarked ? look.colors.text : look.colors.muted;
    const middle = margin(cell) + (index + offset + 0.5) * cell;
    context.fillText(index + 1, middle, 10);
    context.fillText(index + 1, 9, middle);
  }
}

function tile(cell, row, column, origin = margin(cell)) {
  const gap = cell >= 24 ? 2 : 1;
  return { x: origin + column * cell, y: origin + row * cell, side: cell - gap };
}

function rounded(context, { x, y, side }, inset) {
  context.beginPath();
  if (side < 12) context.rect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
  else context.roundRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset, side >= 24 ? 4 : 2);
}
