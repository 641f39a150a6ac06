// Line charts that grow in place: redrawn on the same elements whenever new data comes, at most some hundred points.

import { svgNode, svgText } from "../../../shared/component/svg.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { roundTicks, powerTicks, numberText } from "../../../shared/component/ticks.js";
import { lrScaleRules, lrScaleTexts } from "./lrScales.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const MARGIN = { left: 64, right: 14, top: 10, bottom: 50 };
const UNTITLED = 28; // bottom of a strip: what its x axis counts stands under the chart above it

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement }) {
  const root = themedRoot(parentElement);
  root.chart = data;
  if (!root.observer) {
    const svg = root.querySelector(".cv-chart");
    root.observer = new ResizeObserver(() => draw(root));
    root.observer.observe(svg);
    svg.addEventListener("pointermove", (event) => point(root, event));
    svg.addEventListener("pointerleave", () => point(root, null));
  }
  draw(root);
  return () => {
    root.observer?.disconnect();
    root.observer = null;
  };
}

function point(root, event) {
  const svg = root.querySelector(".cv-chart");
  root.pointed = event ? event.clientX - svg.getBoundingClientRect().left : null;
  draw(root);
}

function draw(root) {
  const chart = root.chart;
  const svg = root.querySelector(".cv-chart");
  const width = svg.clientWidth || 600;
  const scales = makeScales(chart, width);
  const at = root.pointed == null ? null : scales.value(root.pointed);
  svg.setAttribute("height", chart.height);
  svg.setAttribute("aria-label", chart.alt);
  const lrScales = chart.lrScales ?? [];
  const lines = chart.lines.flatMap((line) => drawLine(line, scales, chart));
  const around = [axes(chart, scales, width), lrScaleRules(lrScales, scales, MARGIN.top)];
  svg.replaceChildren(...around.flat(), ...lines, ...lrScaleTexts(lrScales, scales, MARGIN.top));
  if (at !== null) svg.append(svgNode("line", { class: "cv-rule", x1: scales.x(at), x2: scales.x(at), y1: MARGIN.top, y2: scales.bottom }));
  const isStrip = !chart.x.title; // what it shows stands in words above it: the legend comes with the pointer
  root.querySelector(".cv-figure").classList.toggle("cv-strip", isStrip);
  const named = chart.lines.filter((line) => line.name && !(isStrip && at === null));
  root.querySelector(".cv-legend").replaceChildren(...named.map((line) => entry(line, chart, at)));
}

/** Data -> pixels; `value` goes back, to the x of the data nearest to a pixel. */
function makeScales(chart, width) {
  const bottom = chart.height - (chart.x.title ? MARGIN.bottom : UNTITLED);
  const right = width - MARGIN.right;
  const up = chart.y.log ? Math.log10 : (value) => value;
  const [low, high] = [up(chart.y.from), up(chart.y.to)];
  const x = (value) => MARGIN.left + ((value - chart.x.from) / (chart.x.to - chart.x.from)) * (right - MARGIN.left);
  const shown = (value) => (chart.y.log ? Math.max(value, chart.y.from) : value); // a log axis has no nought
  const y = (value) => bottom - ((up(shown(value)) - low) / (high - low)) * (bottom - MARGIN.top);
  const known = [...new Set(chart.lines.filter((line) => line.name).flatMap((line) => line.x))];
  const value = (pixel) => (known.length ? known.reduce((best, each) => (Math.abs(x(each) - pixel) < Math.abs(x(best) - pixel) ? each : best)) : null);
  return { x, y, value, bottom, right };
}

function axes(chart, scales, width) {
  const nodes = [];
  const most = Math.max(2, Math.round((scales.bottom - MARGIN.top) / 55));
  const powers = chart.y.log ? powerTicks(chart.y.from, chart.y.to, most + 1) : [];
  const yTicks = powers.length > 1 ? powers : roundTicks(chart.y.from, chart.y.to, most);
  const digits = chart.y.format === "percent" ? 0 : null;
  for (const tick of yTicks) {
    nodes.push(svgNode("line", { class: "cv-grid", x1: MARGIN.left, x2: scales.right, y1: scales.y(tick), y2: scales.y(tick) }));
    nodes.push(svgText(numberText(tick, chart.y.format, digits), { x: MARGIN.left - 8, y: scales.y(tick) + 5, "text-anchor": "end" }));
  }
  for (const tick of roundTicks(chart.x.from, chart.x.to, Math.min(12, width / 55), true)) {
    nodes.push(svgText(String(tick), { x: scales.x(tick), y: scales.bottom + 20, "text-anchor": "middle" }));
  }
  const middle = (MARGIN.top + scales.bottom) / 2;
  nodes.push(svgText(chart.x.title, { class: "cv-title", x: (MARGIN.left + scales.right) / 2, y: chart.height - 6, "text-anchor": "middle" }));
  nodes.push(svgText(chart.y.title, { class: "cv-title", transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle" }));
  return nodes;
}

function drawLine(line, scales, chart) {
  const points = line.x.map((x, i) => (line.y[i] === null ? null : [scales.x(x), scales.y(line.y[i])]));
  let path = "";
  points.forEach((each, i) => {
    if (each) path += `${i && points[i - 1] ? "L" : "M"}${each[0].toFixed(1)} ${each[1].toFixed(1)}`;
  });
  const nodes = line.style === "none" ? [] : [svgNode("path", { class: `cv-line cv-${line.role} cv-${line.style}`, d: path })];
  const there = points.filter(Boolean);
  if (line.mark) nodes.push(...there.map((each) => mark(line, each)));
  if (line.head && there.length) {
    const [cx, cy] = there.at(-1);
    nodes.push(svgNode("circle", { class: `cv-head cv-${line.role}${chart.live ? " cv-live" : ""}`, cx, cy, r: 5 }));
  }
  return nodes;
}

/** Told apart by shape as well as by colour: a disc, a diamond or a triangle. */
function mark(line, [x, y]) {
  const own = `cv-mark cv-${line.role}`;
  if (line.mark === "circle") return svgNode("circle", { class: own, cx: x, cy: y, r: 4.5 });
  if (line.mark === "triangle") return svgNode("path", { class: own, d: `M${x} ${y - 6}L${x + 6} ${y + 5}L${x - 6} ${y + 5}Z` });
  return svgNode("path", { class: own, d: `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z` });
}

/** A name with its sample, and the value under the pointer, or else the newest. */
function entry(line, chart, at) {
  const span = document.createElement("span");
  const sample = svgNode("svg", { viewBox: line.style === "none" ? "10 0 14 13" : "0 0 34 13" });
  if (line.style !== "none") sample.append(svgNode("path", { class: `cv-line cv-${line.role} cv-${line.style}`, d: "M2 6.5H32" }));
  if (line.mark) sample.append(mark(line, [17, 6.5]));
  const value = document.createElement("b");
  value.textContent = numberText(valueAt(line, at), chart.y.format, chart.y.format === "percent" ? 1 : 3);
  span.append(sample, line.name, value);
  return span;
}

function valueAt(line, at) {
  for (let i = line.x.length - 1; i >= 0; i--) {
    if (line.y[i] !== null && (at === null || line.x[i] <= at + 1e-9)) return line.y[i];
  }
  return null;
}
