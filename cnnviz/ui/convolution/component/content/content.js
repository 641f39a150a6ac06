// Content of input and kernel: the numbers of a setting. Knows digits, photos and networks, not the page.
//
// Typed numbers, a drawing and edited weights are kept in rows: setting.pixels and setting.weights are
// channel -> rows -> numbers, so that they stay in place when a size changes. One channel serves for all.

import { floatsFromBase64, fromBase64 } from "../../../shared/component/base64.js";
import { hash32, pixelStream } from "../arithmetic/hash.js";
import { NAMED_KERNELS, centredRows, namedKernel, randomKernel, turned } from "./kernels.js";
import { areaAverage, middleOf, photoLibrary } from "./pictures.js";
import { SIGNALS, signal, signalNoise } from "./signals.js";
/** @import { Setting } from "../arithmetic/setting.js" */

/**
 * What there is to choose from, decoded.
 * @typedef {object} Library
 * @property {{ side: number, pixels: Uint8Array } | null} digits side * side each, one behind the other
 * @property {Map<string, any>} networks name -> { name, title, channels, kernelSize, count, rows(filter, channel) }
 * @property {() => void} ready called when a photo has been decoded
 * @property {Record<string, any>} memory what was asked last
 * @property {any} photos as pictures.js has them
 */

/**
 * Digits, photos and network filters of the server's data, decoded. `ready()` is called when a photo has been.
 * @param {object} data of the server: digits, photos, networks
 * @returns {Library}
 */
export function createLibrary({ digits, photos, networks }) {
  /** @type {Library} */
  const library = {
    digits: digits ? { side: digits.side, pixels: fromBase64(digits.pixels) } : null,
    networks: new Map((networks ?? []).map((network) => [network.name, decodedNetwork(network)])),
    ready() {},
    memory: {},
    photos: photoLibrary(photos ?? [], () => library.ready()),
  };
  return library;
}

/**
 * One Float64Array(h * w) a channel. The same arrays as before while nothing they depend on has changed.
 * @param {Setting} setting
 * @param {Library} library
 * @param {number[]} size height and width
 * @returns {Float64Array[]}
 */
export function pixelsOf(setting, library, [h, w]) {
  const { input, pick, channels, flat, pixels } = setting;
  const photo = input === "photo" ? library.photos.at(pick) : null;
  return remembered(library, "pixels", [input, pick, channels, flat, h, w, pixels, photo?.planes], () => {
    const make = INPUT_MAKERS[input] ?? INPUT_MAKERS.numbers;
    return Array.from({ length: channels }, (_, channel) => make({ setting, library, photo, channel, h, w }));
  });
}

/**
 * One Float64Array(kh * kw) a channel as applied: turned where the setting says so; none in pooling and flattening.
 * @param {Setting} setting
 * @param {Library} library
 * @param {number[]} size height and width of the kernel
 * @returns {Float64Array[]}
 */
export function weightsOf(setting, library, [kh, kw]) {
  const { mode, kernel, filter, channels, flip, weights } = setting;
  if (mode === "pool" || mode === "flatten") return [];
  return remembered(library, `weights ${flip}`, [kernel, filter, channels, kh, kw, weights], () => {
    const written = Array.from({ length: channels }, (_, channel) => weightsOfChannel(setting, library, channel, [kh, kw]));
    return flip ? written.map(turned) : written;
  });
}

/**
 * The filters of a shipped network, or null: { name, title, channels, kernelSize, count, rows(filter, channel) }.
 * @param {Library} library
 * @param {string} name
 * @returns {object | null}
 */
export function networkOf(library, name) {
  return library.networks.get(name) ?? null;
}

function remembered(library, name, key, make) {
  const last = library.memory[name];
  if (last && key.every((part, i) => part === last.key[i])) return last.value;
  const value = make();
  library.memory[name] = { key, value };
  return value;
}

const INPUT_MAKERS = {
  numbers: ({ setting, channel, h, w }) => hashedPixels(setting.pick, channel, h, w, 6),
  noise: ({ setting, channel, h, w }) =>
    setting.flat ? signalNoise(setting.pick, channel, w) : hashedPixels(setting.pick, channel, h, w, 256),
  digit: ({ setting, library, channel, h, w }) => {
    if (!library.digits) return hashedPixels(setting.pick, channel, h, w, 6);
    const { side, pixels } = library.digits;
    const count = pixels.length / (side * side);
    const start = ((setting.pick - 1) % count) * side * side;
    return pictured(pixels.subarray(start, start + side * side), side, side, setting.flat, h, w);
  },
  photo: ({ setting, photo, channel, h, w }) => {
    if (!photo?.planes) return new Float64Array(h * w);
    const plane = setting.channels === 3 ? photo.planes[channel] : photo.luma;
    return pictured(plane, photo.width, photo.height, setting.flat, h, w);
  },
  drawing: ({ setting, h, w }) => {
    const rows = setting.pixels?.[0];
    return rows ? pictured(rows.flat(), rows[0].length, rows.length, setting.flat, h, w) : new Float64Array(h * w);
  },
  typed: ({ setting, channel, h, w }) => typedPixels(setting.pixels?.[channel] ?? setting.pixels?.[0] ?? [], h, w),
  ...Object.fromEntries(SIGNALS.map((name) => [name, ({ setting, h, w }) => signalPixels(name, setting, h, w)])),
};

function hashedPixels(pick, channel, h, w, levels) {
  const pixels = new Float64Array(h * w);
  const stream = pixelStream(pick, channel);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) pixels[y * w + x] = hash32(y, x, stream) % levels;
  }
  return pixels;
}

/** The middle of a picture averaged to h x w; for a signal the row through the middle of its square. */
function pictured(plane, width, height, flat, h, w) {
  if (!flat) return areaAverage(plane, width, middleOf(width, height, w / h), [h, w]);
  const square = areaAverage(plane, width, middleOf(width, height, 1), [w, w]);
  const row = Math.floor(w / 2);
  return square.slice(row * w, (row + 1) * w);
}

function typedPixels(rows, h, w) {
  const pixels = new Float64Array(h * w);
  rows.slice(0, h).forEach((row, y) => pixels.set(row.slice(0, w), y * w));
  return pixels;
}

/** A signal; in a picture every row is it: stripes and an edge, 0 to 8. */
function signalPixels(name, { pick, flat }, h, w) {
  const row = signal(name, pick, w);
  if (flat) return row;
  const level = name === "step" ? row : row.map((value) => Math.round((value + 8) / 2));
  return Float64Array.from({ length: h * w }, (_, i) => level[i % w]);
}

function weightsOfChannel({ kernel, filter, weights }, library, channel, size) {
  if (NAMED_KERNELS.includes(kernel)) return namedKernel(kernel, size);
  if (kernel === "typed" && weights) return centredRows(weights[channel] ?? weights[0], size);
  const network = networkOf(library, kernel);
  if (network) return centredRows(network.rows(filter, channel), size);
  return randomKernel(filter, channel, size);
}

function decodedNetwork({ filters, ...network }) {
  const [kh, kw] = network.kernelSize;
  const values = floatsFromBase64(filters);
  const count = values.length / (network.channels * kh * kw);
  const rows = (filter, channel) => {
    const start = (((filter - 1) % count) * network.channels + (channel % network.channels)) * kh * kw;
    return Array.from({ length: kh }, (_, y) => Array.from(values.subarray(start + y * kw, start + (y + 1) * kw)));
  };
  return { ...network, count, rows };
}
