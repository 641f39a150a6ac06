// Learning rate marks, where a visitor changed it: a rule through the chart, and by how much.

import { svgNode, svgText } from "../../../shared/component/svg.js";

const NEAR = 34; // pixels: so near the right edge a label stands on the other side of its rule
const GLYPH = 9; // pixels: a digit at most
const LEVELS = 6;
const LINE = 15;

/**
 * One rule for each lrScale { x, text }; `scales` as the chart has them, `top` the upper edge in pixels.
 * @param {{ x: number, text: string }[]} lrScales
 * @param {object} scales
 * @param {number} top
 * @returns {SVGElement[]}
 */
export function lrScaleRules(lrScales, scales, top) {
  return lrScales.map(({ x }) => svgNode("line", { class: "cv-rate", x1: scales.x(x), x2: scales.x(x), y1: top, y2: scales.bottom }));
}

/**
 * What stands beside the rules: drawn last, so that no line runs through it; each on the first level with room.
 * @param {{ x: number, text: string }[]} lrScales
 * @param {object} scales
 * @param {number} top
 * @returns {SVGElement[]}
 */
export function lrScaleTexts(lrScales, scales, top) {
  const ends = []; // of each level: the pixel where its last text ends
  return lrScales.map((lrScale) => {
    const x = scales.x(lrScale.x);
    const isLate = x > scales.right - NEAR;
    const wide = GLYPH * lrScale.text.length + 4;
    const start = isLate ? x - wide : x;
    const free = [...Array(LEVELS).keys()].find((each) => !(ends[each] > start));
    const level = free ?? ends.indexOf(Math.min(...ends));
    ends[level] = start + wide + 4;
    const place = { class: "cv-rate-text", x: x + (isLate ? -4 : 4), y: top + 11 + level * LINE, "text-anchor": isLate ? "end" : "start" };
    return svgText(lrScale.text, place);
  });
}
