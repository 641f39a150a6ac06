// Photos: planes of numbers, and pictures made smaller by averaging areas. Knows nothing of settings or kernels.

import { fromBase64 } from "../../../shared/component/base64.js";

const PHOTO_LONG = 480; // pixels of the longer side, at most
const PHOTO_SHORT = 320;
const PHOTO_BYTES = 16 * 1024 * 1024; // of a visitor's own file

let ownPhoto = null; // the visitor's, as long as the page is open: new data from the server must not lose it

/**
 * The photos of the server, then the visitor's own. `notify()` is called when one has been decoded.
 * @param {object[]} photos as the server sends them
 * @param {() => void} notify
 * @returns {object} { entries, at(pick), take(file), ownPick(), own() }
 */
export function photoLibrary(photos, notify) {
  const entries = photos.map((photo) => ({ ...photo, planes: null, luma: null, isRequested: false }));

  /** { name, credit, width, height, planes: [r, g, b] 0..255, luma }, planes null while it is being decoded. */
  function at(pick) {
    if (ownPhoto && pick > entries.length) return ownPhoto;
    const entry = entries[(pick - 1) % entries.length];
    if (!entry) return ownPhoto;
    if (!entry.isRequested) ask(entry);
    return entry;
  }

  function ask(entry) {
    entry.isRequested = true;
    const blob = new Blob([fromBase64(entry.source.split(",")[1])], { type: "image/jpeg" });
    decodePhoto(blob).then((picture) => {
      Object.assign(entry, picture);
      notify();
    });
  }

  /** Keeps a visitor's file, here and nowhere else. Returns null, or which sentence says what is wrong. */
  async function take(file) {
    const wrong = refusedFile(file);
    if (wrong) return wrong;
    try {
      ownPhoto = { name: file.name, own: true, ...(await decodePhoto(file)) };
    } catch {
      return "undecodable";
    }
    notify();
    return null;
  }

  return { entries, at, take, ownPick: () => entries.length + 1, own: () => ownPhoto };
}

/** Before anything is decoded: null, or which sentence says why not. */
function refusedFile(file) {
  if (!file.type.startsWith("image/")) return "notImage";
  return file.size > PHOTO_BYTES ? "tooLarge" : null;
}

/** { width, height, planes, luma } of at most 480 x 320 pixels (or 320 x 480). Throws if it is no picture. */
async function decodePhoto(blob) {
  const bitmap = await createImageBitmap(blob);
  const longer = Math.max(bitmap.width, bitmap.height);
  const shorter = Math.min(bitmap.width, bitmap.height);
  const scale = Math.min(1, PHOTO_LONG / longer, PHOTO_SHORT / shorter);
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { width, height, ...planesOf(context.getImageData(0, 0, width, height).data) };
}

/** Luma by ITU-R 601 in whole numbers, as Pillow's mode "L". */
function planesOf(rgba) {
  const count = rgba.length / 4;
  const [r, g, b, luma] = Array.from({ length: 4 }, () => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    r[i] = rgba[4 * i];
    g[i] = rgba[4 * i + 1];
    b[i] = rgba[4 * i + 2];
    luma[i] = (19595 * r[i] + 38470 * g[i] + 7471 * b[i] + 0x8000) >> 16;
  }
  return { planes: [r, g, b], luma };
}

/**
 * The largest box of the shape `ratio` (width / height) in the middle of a picture.
 * @param {number} width
 * @param {number} height
 * @param {number} ratio
 * @returns {{ left: number, top: number, width: number, height: number }} pixels, with fractions
 */
export function middleOf(width, height, ratio) {
  const wide = Math.min(width, height * ratio);
  const high = wide / ratio;
  return { left: (width - wide) / 2, top: (height - high) / 2, width: wide, height: high };
}

/**
 * Every one of h x w pixels is the rounded mean of exactly the area it covers, partly covered pixels by their share.
 * @param {ArrayLike<number>} plane
 * @param {number} stride pixels of a row of `plane`
 * @param {{ left: number, top: number, width: number, height: number }} box of the plane
 * @param {number[]} size h and w
 * @returns {Float64Array} h * w
 */
export function areaAverage(plane, stride, box, [h, w]) {
  const columns = coverage(box.left, box.width, w);
  const rows = coverage(box.top, box.height, h);
  const pixels = new Float64Array(h * w);
  for (let y = 0; y < h; y++) {
    for (let from = rows.first[y], i = 0; i < rows.shares[y].length; i++) {
      addRow(pixels, y * w, plane, (from + i) * stride, columns, rows.shares[y][i]);
    }
  }
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(pixels[i] * (1 + 1e-12));
  return pixels;
}

function addRow(pixels, at, plane, start, columns, weight) {
  for (let x = 0; x < columns.first.length; x++) {
    const shares = columns.shares[x];
    const from = start + columns.first[x];
    let sum = 0;
    for (let i = 0; i < shares.length; i++) sum += plane[from + i] * shares[i];
    pixels[at + x] += sum * weight;
  }
}

/** For each of `cells` equal parts of `length` from `start`: its first pixel and the share of every pixel it covers. */
function coverage(start, length, cells) {
  const first = [];
  const shares = [];
  const step = length / cells;
  for (let cell = 0; cell < cells; cell++) {
    const [low, high] = [start + cell * step, start + (cell + 1) * step];
    const from = Math.floor(low + 1e-9);
    const to = Math.max(from + 1, Math.ceil(high - 1e-9));
    first.push(from);
    shares.push(
      Float64Array.from({ length: to - from }, (_, i) => {
        return Math.max(0, Math.min(high, from + i + 1) - Math.max(low, from + i)) / step;
      }),
    );
  }
  return { first, shares };
}
