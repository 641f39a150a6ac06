// Pixel painting of numbers: one canvas pixel for one number, enlarged by CSS (image-rendering: pixelated).

import { lookupTable, rgb, role } from "./theme.js";

/**
 * The three scales of the theme as 256 packed pixels each: diverging (signed), sequential (never negative), ink.
 * @param {HTMLElement} root
 * @returns {Record<string, Uint32Array>}
 */
export function pixelTables(root) {
  return {
    diverging: packed(lookupTable(root, "diverging")),
    sequential: packed(lookupTable(root, "sequential")),
    ink: packed(between(rgb(role(root, "surface")), rgb(role(root, "text")))),
  };
}

/**
 * What the strongest colour stands for: the largest magnitude in `values`; 1 if all are zero.
 * @param {Float32Array | number[]} values
 * @returns {number}
 */
export function largestMagnitude(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest || 1;
}

/**
 * `height` rows of `width` numbers from `start`; `signed`: -span..span (zero in the middle), else 0..span.
 * @param {HTMLCanvasElement} canvas
 * @param {{ values: ArrayLike<number>, start?: number, width: number, height: number, span: number, signed?: boolean, table: Uint32Array }} picture
 */
export function paintNumbers(canvas, { values, start = 0, width, height, span, signed, table }) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const zero = signed ? 127.5 : 0;
  const factor = (signed ? 127.5 : 255) / span;
  const count = Math.min(width * height, values.length - start);
  for (let i = 0; i < count; i++) {
    pixels[i] = table[Math.max(0, Math.min(255, Math.round(zero + values[start + i] * factor)))];
  }
  context.putImageData(image, 0, 0);
}

function packed(table) {
  const bytes = new Uint8ClampedArray(256 * 4).fill(255);
  for (let i = 0; i < 256; i++) bytes.set(table.subarray(3 * i, 3 * i + 3), 4 * i);
  return new Uint32Array(bytes.buffer);
}

function between(first, last) {
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    for (let c = 0; c < 3; c++) table[3 * i + c] = first[c] + ((last[c] - first[c]) * i) / 255;
  }
  return table;
}
