// Drawn input: 28 x 28 grey levels where it was drawn, coarse enough for a link.

import { areaAverage } from "./pictures.js";
import { rowsOf } from "./kernels.js";

const DRAWING_SIDE = 28;
const DRAWING_STEP = 51; // six levels, 0 to 255: soft edges, and long runs of equal numbers

/**
 * Rows of grey levels of the pad's ink, `side` x `side` of 0..255.
 * @param {Uint8Array} ink side * side, 0..255
 * @param {number} side pixels
 * @returns {number[][]} 28 rows of 28
 */
export function drawingOf(ink, side) {
  const whole = { left: 0, top: 0, width: side, height: side };
  const levels = areaAverage(ink, side, whole, [DRAWING_SIDE, DRAWING_SIDE]);
  return rowsOf(levels.map((level) => Math.round(level / DRAWING_STEP) * DRAWING_STEP), DRAWING_SIDE);
}
