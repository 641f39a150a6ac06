// Several runs in one chart: over epochs, steps or seconds, smoothed and on a logarithmic axis if one likes.
// All of it happens in the browser; the server only hears which view was chosen, for the link.

import { themedRoot } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { pictureOf, ruleOf, scalesOf } from "./chart.js";
import { buildControls, showControls } from "./controls.js";
import { sentenceOf, showLegend, showTable } from "./reading.js";
import { domainOf, isShare, linesOf, valueAt } from "./series.js";

const HEIGHT = 380;

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  const state = (root.overlay ??= { view: data.view, hidden: new Set(), on: null, at: null });
  state.data = data;
  state.change = (changes, isDone) => {
    state.view = { ...state.view, ...changes };
    if (isDone) setStateValue("view", state.view);
    state.at = null;
    draw(root, state);
  };
  state.toggle = (id) => {
    if (!state.hidden.delete(id)) state.hidden.add(id);
    draw(root, state);
  };
  state.stand = (id) => {
    state.on = state.hidden.has(id) ? null : id;
    draw(root, state);
  };
  const words = JSON.stringify(data.words);
  if (words !== state.words) buildControls(root, data.words, (...changes) => state.change(...changes));
  state.words = words;
  if (!root.observer) watch(root, state);
  draw(root, state);
  return () => {
    root.observer?.disconnect();
    root.observer = null;
  };
}

function watch(root, state) {
  const svg = root.querySelector(".ov-chart");
  root.observer = new ResizeObserver(() => draw(root, state));
  root.observer.observe(svg);
  svg.onpointermove = (event) => point(root, state, event.clientX - svg.getBoundingClientRect().left);
  svg.onpointerleave = () => point(root, state, null);
  svg.onkeydown = (event) => step(root, state, event);
  svg.onblur = () => point(root, state, null);
}

function point(root, state, pixel) {
  const { scales, lines } = state.drawn;
  state.at = pixel === null || !scales ? null : nearest(lines, scales.value(pixel));
  follow(root, state);
}

/** The x of the data nearest to `x`, over all lines. */
function nearest(lines, x) {
  const all = lines.flatMap(({ line }) => line.x);
  return all.length ? all.reduce((best, each) => (Math.abs(each - x) < Math.abs(best - x) ? each : best)) : null;
}

/** Arrow keys go along the data; Home and End to its ends. Ten at once with Page Up and Down. */
function step(root, state, event) {
  const all = [...new Set(state.drawn.lines.flatMap(({ line }) => line.x))].sort((a, b) => a - b);
  const moves = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
  if (!all.length || !(event.key in moves)) return;
  event.preventDefault();
  const here = state.at === null ? -1 : all.indexOf(state.at);
  state.at = all[Math.max(0, Math.min(all.length - 1, here + moves[event.key]))];
  follow(root, state);
}

function draw(root, state) {
  const svg = root.querySelector(".ov-chart");
  const width = svg.clientWidth || 700;
  const lines = linesOf(state.data.runs.filter((run) => !state.hidden.has(run.id)), state.view);
  const domain = domainOf(lines, state.view);
  const titles = titlesOf(state);
  const scales = domain && scalesOf(domain, width, HEIGHT);
  state.drawn = { lines, scales, titles };
  svg.setAttribute("height", HEIGHT);
  svg.setAttribute("aria-label", summary(state, lines, titles));
  svg.replaceChildren(...(domain ? pictureOf(lines, domain, scales, titles, state.on) : []));
  showControls(root, state.view);
  showTable(root, state);
  follow(root, state);
}

/** What follows the pointer: the rule, the values beside it, and the sentence. */
function follow(root, state) {
  const { lines, scales, titles } = state.drawn;
  const values = lines.map(({ line }) => valueAt(line, state.at));
  const svg = root.querySelector(".ov-chart");
  svg.querySelector(".ov-pointer")?.remove();
  if (state.at !== null && scales) svg.append(ruleOf(lines, values, scales, state.at));
  showLegend(root, state, lines, values);
  const words = state.data.words;
  const idle = scales ? words.hint : words.nothing;
  const text = state.at === null || !scales ? idle : sentenceOf(state, lines, values, state.at, titles);
  const say = root.querySelector(".ov-say");
  if (say.textContent !== text) say.textContent = text;
}

function titlesOf({ view, data: { words } }) {
  const share = isShare(view.metric);
  const y = share && view.log ? words.errors[view.metric] : words.metrics[view.metric];
  return { x: words.axes[view.x], y, format: share ? "percent" : "number", whole: view.x !== "seconds" };
}

function summary(state, lines, titles) {
  const parts = lines.map(({ run, line }) => [run.label, valueAt(line, null)]).map(([label, value]) =>
    `${label} ${value === null ? "–" : titles.format === "percent" ? `${(value * 100).toFixed(2)}%` : value.toPrecision(3)}`);
  return filled(state.data.words.alt, { metric: titles.y, axis: titles.x, values: parts });
}
