// Files: pictures and animations, made in the browser and saved from there. Knows nothing of the panel.

import { rgb } from "../../../shared/component/theme.js";
import { encodeGif } from "./gif.js";
import { describedHandout, handoutOf, paintHandout, sumBlock } from "./handout.js";
import { paced } from "./pacing.js";
import { SvgContext } from "./svg.js";
/** @import { Explorer, View } from "../explorer.js" */

const STILL_RATIO = 2; // pixels of a PNG for one of its width; stills have the same layout
const FASTEST = 20; // milliseconds a frame, the least that browsers keep to
const LAST = 1500; // milliseconds that the finished picture stays
export const MOST_FRAMES = 400;

/**
 * The animation of the first `steps` steps, `rate` a second.
 * @param {Explorer} explorer
 * @param {{ width: number, steps: number, rate: number, progress: (share: number) => void, signal: AbortSignal }} options
 * @returns {Promise<Blob>}
 */
export async function gifOf(explorer, { width, steps, rate, progress, signal }) {
  const handout = handoutOf(explorer, width);
  const context = canvasContext(1, 1, true);
  const sumHeight = await tallestSum(context, handout, steps, signal);
  const height = Math.ceil(paintHandout(context, handout, 0, { sumHeight }));
  Object.assign(context.canvas, { width, height });
  const frame = (position) => {
    paintOnGround(context, handout, width, height, () => paintHandout(context, handout, position, { sumHeight }));
    return context.getImageData(0, 0, width, height).data;
  };
  const delays = Array.from({ length: steps }, (_, i) => (i < steps - 1 ? Math.max(FASTEST, 1000 / rate) : LAST));
  const keep = Object.values(handout.look.colors).map(gifColor);
  const bytes = await encodeGif({ width, height, delays, frame, keep, comment: handout.link, progress, signal });
  return new Blob([bytes], { type: "image/gif" });
}

/** Room for the sum of every step, so that nothing jumps. */
async function tallestSum(context, handout, steps, signal) {
  const pace = paced(signal);
  let tallest = 0;
  for (let i = 0; i < steps; i++) {
    tallest = Math.max(tallest, sumBlock(context, handout, i).height);
    await pace();
  }
  return tallest;
}

/**
 * The step `position` as shapes and text.
 * @param {Explorer} explorer
 * @param {{ width: number, position: number }} options
 * @returns {Blob}
 */
export function svgOf(explorer, { width, position }) {
  const handout = handoutOf(explorer, width, STILL_RATIO);
  const [context, trial] = /** @type {any[]} */ ([0, 1].map(() => new SvgContext(canvasContext(1, 1))));
  const height = Math.ceil(paintHandout(trial, handout, position));
  paintOnGround(context, handout, width, height, () => paintHandout(context, handout, position));
  const { caption: title, link, language } = handout;
  const description = `${describedHandout(handout)}. ${link}`;
  const text = context.document({ width, height, title, description, language });
  return new Blob([text], { type: "image/svg+xml" });
}

/**
 * The step `position` in pixels, two for one.
 * @param {Explorer} explorer
 * @param {{ width: number, position: number }} options
 * @returns {Promise<Blob>}
 */
export async function pngOf(explorer, { width, position }) {
  const handout = handoutOf(explorer, width, STILL_RATIO);
  const height = Math.ceil(paintHandout(canvasContext(1, 1), handout, position));
  const context = canvasContext(width * STILL_RATIO, height * STILL_RATIO);
  context.scale(STILL_RATIO, STILL_RATIO);
  paintOnGround(context, handout, width, height, () => paintHandout(context, handout, position));
  return new Promise((resolve) => context.canvas.toBlob(resolve, "image/png"));
}

/** 0xBBGGRR of "#rrggbb". */
function gifColor(hex) {
  const [r, g, b] = rgb(hex);
  return r | (g << 8) | (b << 16);
}

function paintOnGround(context, { look }, width, height, paint) {
  context.save();
  context.fillStyle = look.colors.background;
  context.fillRect(0, 0, width, height);
  paint();
  context.restore();
}

function canvasContext(width, height, willReadFrequently = false) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return canvas.getContext("2d", { willReadFrequently });
}

/**
 * "convolution-n6-k3-p0-s1", "max-pooling-1d-n28-k2-p0-s2-step5": what the file shows.
 * @param {View} view
 * @param {number | null} step from 1
 * @returns {string} without its ending
 */
export function fileName(view, step = null) {
  const { mode, flat, setting, axes } = view;
  const kinds = { conv: "convolution", transposed: "transposed-convolution", pool: `${setting.pooling}-pooling`, flatten: "flatten" };
  const value = (letter) => {
    const [height, width] = axes.map((a) => a[letter]);
    return flat || height === width ? `${width}` : `${height}x${width}`;
  };
  const isPlain = { d: "1", o: "0" };
  const sizes = mode === "flatten" ? ["n"] : ["n", "k", "p", "s", "d", "o"];
  const letters = sizes.filter((letter) => value(letter) !== isPlain[letter]);
  const parts = [kinds[mode], ...(flat ? ["1d"] : []), ...letters.map((letter) => letter + value(letter))];
  return [...parts, ...(setting.ceil && mode === "pool" ? ["ceil"] : []), ...(step ? [`step${step}`] : [])].join("-");
}

/**
 * Hand a file to the browser's downloads.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  const anchor = Object.assign(document.createElement("a"), { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // a browser may ask where to first
}
