// Where the learning rate was turned: a rule through the chart, and by how much.

import { svgNode, svgText } from "../shared/svg.js";

const NEAR = 34; // pixels: labels closer than that go one below the other
const LEVELS = 3;
const LINE = 15;

/** One rule for each turn { x, text }; `scales` as the chart has them, `top` the upper edge in pixels. */
export function turnRules(turns, scales, top) {
  return turns.map(({ x }) => svgNode("line", { class: "cv-turn", x1: scales.x(x), x2: scales.x(x), y1: top, y2: scales.bottom }));
}

/** What stands beside the rules: drawn last, so that no line runs through it. */
export function turnTexts(turns, scales, top) {
  let last = -Infinity;
  let level = 0;
  return turns.map((turn) => {
    const x = scales.x(turn.x);
    level = x - last < NEAR ? (level + 1) % LEVELS : 0;
    last = x;
    const isLate = x > scales.right - NEAR;
    const place = { class: "cv-turn-text", x: x + (isLate ? -4 : 4), y: top + 11 + level * LINE, "text-anchor": isLate ? "end" : "start" };
    return svgText(turn.text, place);
  });
}
