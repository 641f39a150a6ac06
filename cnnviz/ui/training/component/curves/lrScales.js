// Learning rate marks, where a visitor changed it: a rule through the chart, and by how much.

import { svgNode, svgText } from "../../../shared/component/svg.js";

const NEAR = 34; // pixels: so near the right edge a label stands on the other side of its rule
const GLYPH = 9; // pixels: a digit at most
const LEVELS = 6;
const LINE = 15;

/**
 * One rule for each turn { x, text }; `scales` as the chart has them, `top` the upper edge in pixels.
 * @param {{ x: number, text: string }[]} turns
 * @param {object} scales
 * @param {number} top
 * @returns {SVGElement[]}
 */
export function turnRules(turns, scales, top) {
  return turns.map(({ x }) => svgNode("line", { class: "cv-turn", x1: scales.x(x), x2: scales.x(x), y1: top, y2: scales.bottom }));
}

/**
 * What stands beside the rules: drawn last, so that no line runs through it; each on the first level with room.
 * @param {{ x: number, text: string }[]} turns
 * @param {object} scales
 * @param {number} top
 * @returns {SVGElement[]}
 */
export function turnTexts(turns, scales, top) {
  const ends = []; // of each level: the pixel where its last text ends
  return turns.map((turn) => {
    const x = scales.x(turn.x);
    const isLate = x > scales.right - NEAR;
    const wide = GLYPH * turn.text.length + 4;
    const start = isLate ? x - wide : x;
    const free = [...Array(LEVELS).keys()].find((each) => !(ends[each] > start));
    const level = free ?? ends.indexOf(Math.min(...ends));
    ends[level] = start + wide + 4;
    const place = { class: "cv-turn-text", x: x + (isLate ? -4 : 4), y: top + 11 + level * LINE, "text-anchor": isLate ? "end" : "start" };
    return svgText(turn.text, place);
  });
}
