// Run lines: how the lines of several runs are told apart: each by a colour and by a dash of its own.

import { svgNode } from "./svg.js";

const MOST_LINES = 8;
const DASHES = ["", "9 5", "2 4", "12 4 2 4", "5 3", "14 6", "2 3 8 3", "1 6"];

/**
 * CSS colour and dash of line `index`.
 * @param {number} index from 0
 * @returns {{ color: string, dash: string }}
 */
function lineStyle(index) {
  return { color: `var(--cnn-series-${index % MOST_LINES})`, dash: DASHES[index % MOST_LINES] };
}

/**
 * A short piece of line `index`, as an SVG element.
 * @param {number} index from 0
 * @param {number} width CSS pixels
 * @returns {SVGElement}
 */
export function sample(index, width = 30) {
  const { color, dash } = lineStyle(index);
  const style = `fill: none; stroke: ${color}; stroke-width: 3; stroke-dasharray: ${dash || "none"}`;
  const box = { viewBox: `0 0 ${width} 10`, width, height: 10, "aria-hidden": "true" };
  return svgNode("svg", box, [svgNode("path", { d: `M1 5H${width - 1}`, style })]);
}
