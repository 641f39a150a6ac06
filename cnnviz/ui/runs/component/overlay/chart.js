// The picture: axes, lines, their numbers at the ends, and a rule where one points.

import { roundTicks, powerTicks, numberText } from "../../../shared/component/ticks.js";
import { lineStyle } from "../../../shared/component/lines.js";
import { svgNode, svgText } from "../../../shared/component/svg.js";

const MARGIN = { left: 62, right: 46, top: 12, bottom: 50 };
const LABEL = 15; // pixels between two numbers at the ends of lines

/** Data -> pixels for a chart of `width` x `height`; `value` goes back. */
export function scalesOf(domain, width, height) {
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  const up = domain.log ? Math.log10 : (value) => value;
  const [low, high] = domain.y.map(up);
  const [from, to] = domain.x;
  const x = (value) => MARGIN.left + ((value - from) / (to - from)) * (right - MARGIN.left);
  const y = (value) => bottom - ((up(value) - low) / (high - low || 1)) * (bottom - MARGIN.top);
  const value = (pixel) => from + ((pixel - MARGIN.left) / (right - MARGIN.left)) * (to - from);
  return { x, y, value, left: MARGIN.left, right, top: MARGIN.top, bottom };
}

/** Everything that does not follow the pointer. `on`: the run that stands out, or null. */
export function pictureOf(lines, domain, scales, titles, on) {
  const order = [...lines].sort((a, b) => (a.run.id === on) - (b.run.id === on)); // the one that stands out on top
  return [...axes(domain, scales, titles), ...order.flatMap((each) => drawn(each, scales, on)), ...labels(lines, scales, on)];
}

function axes(domain, scales, titles) {
  const nodes = [];
  const ticks = domain.log ? logTicks(...domain.y) : roundTicks(...domain.y, 5);
  for (const tick of ticks) {
    const y = scales.y(tick);
    nodes.push(svgNode("line", { class: "ov-grid", x1: scales.left, x2: scales.right, y1: y, y2: y }));
    nodes.push(svgText(numberText(tick, titles.format, tickDigits(tick, ticks, titles)), { x: scales.left - 8, y: y + 5, "text-anchor": "end" }));
  }
  const most = Math.max(2, Math.min(12, (scales.right - scales.left) / 70));
  for (const tick of roundTicks(...domain.x, most, titles.whole)) {
    nodes.push(svgText(tick.toLocaleString("en"), { x: scales.x(tick), y: scales.bottom + 20, "text-anchor": "middle" }));
  }
  const [across, down] = [(scales.left + scales.right) / 2, (scales.top + scales.bottom) / 2];
  nodes.push(svgText(titles.x, { class: "ov-title", x: across, y: scales.bottom + 42, "text-anchor": "middle" }));
  nodes.push(svgText(titles.y, { class: "ov-title", transform: `translate(13 ${down}) rotate(-90)`, "text-anchor": "middle" }));
  return nodes;
}

/** Powers of ten, with 2 and 5 between where there are few. */
function logTicks(low, high) {
  const powers = powerTicks(low, high, 6);
  if (powers.length > 2) return powers;
  const first = Math.floor(Math.log10(low));
  const all = [0, 1, 2, 3].flatMap((i) => [1, 2, 5].map((factor) => factor * 10 ** (first + i)));
  return all.filter((tick) => tick >= low && tick <= high);
}

function tickDigits(tick, ticks, titles) {
  if (titles.format !== "percent") return null;
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : tick;
  return Math.max(0, Math.min(3, -Math.floor(Math.log10(step * 100) + 1e-9)));
}

function drawn({ run, raw, line }, scales, on) {
  const { color, dash } = lineStyle(run.line);
  const dim = on !== null && on !== run.id ? " ov-dim" : "";
  const look = `stroke: ${color}; stroke-dasharray: ${dash || "none"}`;
  const nodes = [];
  if (raw) nodes.push(svgNode("path", { class: `ov-line ov-raw${dim}`, d: pathOf(raw, scales), style: `stroke: ${color}` }));
  nodes.push(svgNode("path", { class: `ov-line${dim}`, d: pathOf(line, scales), style: look, "data-run": run.id }));
  const last = lastKnown(line);
  if (last !== null && line.x.filter((_, i) => line.y[i] !== null).length === 1) {
    nodes.push(svgNode("circle", { class: `ov-dot${dim}`, cx: scales.x(line.x[last]), cy: scales.y(line.y[last]), r: 4.5, style: `fill: ${color}` }));
  }
  return nodes;
}

/** An SVG path with a gap wherever nothing is known or a logarithm has nothing to show. */
export function pathOf(line, scales) {
  let path = "";
  let open = false;
  line.x.forEach((x, i) => {
    const value = line.y[i];
    const y = value === null ? NaN : scales.y(value);
    if (Number.isFinite(y)) path += `${open ? "L" : "M"}${scales.x(x).toFixed(1)} ${y.toFixed(1)}`;
    open = Number.isFinite(y);
  });
  return path;
}

/** "#7" at the end of each line, moved apart where they would touch. */
function labels(lines, scales, on) {
  const ends = lines
    .map(({ run, line }) => ({ run, last: lastKnown(line), line }))
    .filter(({ last, line }) => last !== null && Number.isFinite(scales.y(line.y[last])))
    .map(({ run, last, line }) => ({ run, x: scales.x(line.x[last]), y: scales.y(line.y[last]) }));
  const places = apart(ends.map((end) => end.y), LABEL, scales.top, scales.bottom);
  return ends.map((end, i) =>
    svgText(`#${end.run.id}`, {
      class: `ov-number${on !== null && on !== end.run.id ? " ov-dim" : ""}`,
      x: end.x + 6,
      y: places[i] + 5,
      style: `fill: ${lineStyle(end.run.line).color}`,
    }),
  );
}

/** `wanted` heights, moved as little as keeps `gap` between neighbours and all within low .. high, if they fit. */
export function apart(wanted, gap, low, high) {
  const order = wanted.map((y, i) => [y, i]).sort((a, b) => a[0] - b[0]);
  const places = order.map(([y]) => y);
  for (let i = 0; i < places.length; i++) places[i] = Math.max(places[i], i ? places[i - 1] + gap : low);
  for (let i = places.length - 1; i >= 0; i--) {
    const most = i === places.length - 1 ? high : places[i + 1] - gap;
    places[i] = Math.min(places[i], most);
  }
  const result = [];
  order.forEach(([, index], i) => (result[index] = places[i]));
  return result;
}

function lastKnown(line) {
  for (let i = line.y.length - 1; i >= 0; i--) if (line.y[i] !== null) return i;
  return null;
}

/** A rule at `x` with a dot on each line. */
export function ruleOf(lines, values, scales, x) {
  const nodes = [svgNode("line", { class: "ov-rule", x1: scales.x(x), x2: scales.x(x), y1: scales.top, y2: scales.bottom })];
  lines.forEach(({ run }, i) => {
    const y = values[i] === null ? NaN : scales.y(values[i]);
    if (Number.isFinite(y)) nodes.push(svgNode("circle", { class: "ov-at", cx: scales.x(x), cy: y, r: 4, style: `fill: ${lineStyle(run.line).color}` }));
  });
  return svgNode("g", { class: "ov-pointer" }, nodes);
}
