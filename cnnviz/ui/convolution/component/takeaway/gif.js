// GIF89a encoder: frames of RGBA pixels in, the bytes of a file out. Knows nothing of canvases, pages or words.

import { lzw } from "./lzw.js";
import { paced } from "./pacing.js";
import { choosePalette, countColors, nearestIn } from "./palette.js";

const MOST_COLORS = 255; // and one that is transparent: what the frame before has already
const MOST_SAMPLED = 48; // frames that the palette is chosen from
const LEAST_DELAY = 2; // hundredths of a second: browsers slow down whatever is faster

/**
 * The bytes of an animation that loops for ever. `frame(index)` gives (or promises) the RGBA of one frame, `delays` its
 * milliseconds. The colours in `keep` (0xBBGGRR) stay exact however rare they are. `progress(share)` is called with how far it is; an AbortSignal in `signal` stops it with its reason.
 * @param {{ width: number, height: number, delays: number[], frame: (index: number) => any, keep?: number[], comment?: string, progress?: (share: number) => void, signal?: AbortSignal }} film
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function encodeGif({ width, height, delays, frame, keep = [], comment = "", progress = () => {}, signal }) {
  const sampled = sampledFrames(delays.length);
  const steps = sampled.length + delays.length;
  const pace = paced(signal, (step) => progress(step / steps));
  const palette = await paletteOf(sampled, frame, keep, pace);
  const screen = newScreen(width, height, palette);
  const parts = [...gifHeader(width, height, palette), ...commentBlock(comment)];
  for (let i = 0; i < delays.length; i++) {
    const pixels = new Uint32Array((await frame(i)).buffer);
    parts.push(...frameBlocks(screen, pixels, delays[i]));
    await pace();
  }
  parts.push(Uint8Array.of(0x3b));
  return joinedBytes(parts);
}

/** Which frames decide on the palette: all, or so many evenly spread with the first and the last among them. */
function sampledFrames(count) {
  const samples = Math.min(count, MOST_SAMPLED);
  return Array.from({ length: samples }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, samples - 1)));
}

async function paletteOf(sampled, frame, keep, pace) {
  const counts = new Map();
  let before = null;
  for (const index of sampled) {
    const pixels = new Uint32Array((await frame(index)).buffer);
    countColors(counts, pixels, before);
    before = pixels;
    await pace();
  }
  return choosePalette(counts, MOST_COLORS, keep);
}

/** What a reader of the file has before it: the pixels of the last frame and the indices they became. */
function newScreen(width, height, palette) {
  return { width, height, palette, nearest: nearestIn(palette), pixels: null, indices: new Uint8Array(width * height) };
}

function frameBlocks(screen, pixels, delay) {
  const box = changedBox(screen, pixels);
  const values = changedIndices(screen, pixels, box);
  screen.pixels = pixels;
  const time = Math.min(0xffff, Math.max(LEAST_DELAY, Math.round(delay / 10)));
  const bits = tableBits(screen.palette);
  return [
    Uint8Array.of(0x21, 0xf9, 4, 0b0101, ...twoBytes(time), screen.palette.length, 0), // kept; one index transparent
    Uint8Array.of(0x2c, ...[box.left, box.top, box.width, box.height].flatMap(twoBytes), 0, bits),
    ...subBlocks(lzw(values, bits)),
  ];
}

/** The least rectangle that holds every changed pixel; one pixel where none has. */
function changedBox({ width, height, pixels: before }, pixels) {
  if (!before) return { left: 0, top: 0, width, height };
  let [left, right, top, bottom] = [width, -1, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (pixels[i] === before[i]) continue;
      if (top < 0) top = y;
      bottom = y;
      if (x < left) left = x;
      if (x > right) right = x;
    }
  }
  if (top < 0) return { left: 0, top: 0, width: 1, height: 1 };
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The palette's indices inside the box, the transparent one where the screen has the colour already. */
function changedIndices({ width, palette, nearest, pixels: before, indices }, pixels, box) {
  const values = new Uint8Array(box.width * box.height);
  let at = 0;
  for (let y = box.top; y < box.top + box.height; y++) {
    for (let i = y * width + box.left, end = i + box.width; i < end; i++) {
      const index = before && pixels[i] === before[i] ? indices[i] : nearest(pixels[i] & 0xffffff);
      values[at++] = before && index === indices[i] ? palette.length : index;
      indices[i] = index;
    }
  }
  return values;
}

/** Signature, size, the colours, and that it loops for ever. */
function gifHeader(width, height, palette) {
  const bits = tableBits(palette);
  const table = new Uint8Array(3 << bits);
  palette.forEach((color, i) => table.set([color & 255, (color >> 8) & 255, color >> 16], 3 * i));
  return [
    asciiBytes("GIF89a"),
    Uint8Array.of(...twoBytes(width), ...twoBytes(height), 0xf0 | (bits - 1), 0, 0),
    table,
    Uint8Array.of(0x21, 0xff, 11, ...asciiBytes("NETSCAPE2.0"), 3, 1, 0, 0, 0),
  ];
}

function commentBlock(text) {
  return text ? [Uint8Array.of(0x21, 0xfe), ...subBlocks(new TextEncoder().encode(text))] : [];
}

/** The table has 2 ** bits entries: the palette and the transparent one; GIF's least code size is 2. */
function tableBits(palette) {
  return Math.max(2, Math.ceil(Math.log2(palette.length + 1)));
}

/** `bytes` in pieces of at most 255, each after its length; 0 ends them. */
function subBlocks(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const piece = bytes.subarray(at, at + 255);
    parts.push(Uint8Array.of(piece.length), piece);
  }
  return [...parts, Uint8Array.of(0)];
}

function twoBytes(value) {
  return [value & 255, value >> 8];
}

function asciiBytes(text) {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function joinedBytes(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
