// Parallel coordinates: a line for each run of a sweep through an axis for each knob. Drag along an axis to keep only
// what lies there; the same with the arrow keys on its two handles.

import { element } from "../../../shared/component/elements.js";
import { svgNode } from "../../../shared/component/svg.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { filled, sentencesOf } from "../../../shared/component/words.js";
import { axesOf, HEIGHT, layoutOf, linesOf, placesOf } from "./drawing.js";
import { brushOf, isInside, moved } from "./places.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const STEP = 0.05; // of an axis, for one press of an arrow key

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const state = (root.parallel ??= { brushes: [], on: null, drag: null });
  const axes = JSON.stringify(data.axes.map((axis) => axis.label));
  if (axes !== state.axes) state.brushes = data.axes.map(() => null);
  Object.assign(state, { data, axes, compare: () => setTriggerValue("compared", insideOf(state).map((run) => run.id)) });
  if (!root.observer) watch(root, state);
  draw(root, state);
  return () => {
    root.observer?.disconnect();
    root.observer = null;
  };
}

function watch(root, state) {
  const svg = root.querySelector(".pc-chart");
  root.observer = new ResizeObserver(() => draw(root, state));
  root.observer.observe(svg);
  const place = (event) => state.layout.place(event.clientY - svg.getBoundingClientRect().top);
  svg.onpointerdown = (event) => {
    const axis = event.target.dataset?.axis;
    if (axis === undefined) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    state.drag = { axis: Number(axis), from: place(event) };
  };
  svg.onpointermove = (event) => {
    if (!state.drag) return stand(root, state, Number(event.target.dataset?.run) || null);
    state.brushes[state.drag.axis] = brushOf(state.drag.from, place(event));
    return draw(root, state);
  };
  svg.onpointerup = (event) => {
    if (!state.drag) return;
    state.brushes[state.drag.axis] = brushOf(state.drag.from, place(event)); // a click takes it away
    state.drag = null;
    draw(root, state);
  };
  svg.onpointerleave = () => stand(root, state, null);
}

function stand(root, state, run) {
  if (state.on === run) return;
  state.on = run;
  for (const path of root.querySelectorAll(".pc-line")) path.classList.toggle("pc-on", Number(path.dataset.run) === run);
  say(root, state);
}

function draw(root, state) {
  const svg = root.querySelector(".pc-chart");
  const focused = root.getRootNode().activeElement?.dataset?.handle;
  state.layout = layoutOf(svg.clientWidth || 640, state.data.axes.length);
  svg.setAttribute("height", HEIGHT);
  svg.setAttribute("aria-label", state.data.alt);
  svg.replaceChildren(
    ...linesOf(root, state.data, state.layout, state.brushes, state.on),
    ...axesOf(state.data, state.layout, state.brushes, (axis, i, x) => handles(root, state, axis, i, x)),
  );
  if (focused) svg.querySelector(`[data-handle="${focused}"]`)?.focus();
  say(root, state);
  foot(root, state);
}

/** The lower and the upper end of a brush, for the keyboard; seen when they have the focus or the brush is there. */
function handles(root, state, axis, i, x) {
  return [0, 1].map((end) => {
    const brush = state.brushes[i] ?? [0, 1];
    const handle = svgNode("circle", {
      class: `pc-handle${state.brushes[i] ? " pc-set" : ""}`,
      cx: x,
      cy: state.layout.y(brush[end]),
      r: 6,
      tabindex: 0,
      role: "slider",
      "aria-orientation": "vertical",
      "aria-label": filled(end ? state.data.words.upper : state.data.words.lower, { axis: axis.label }),
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": Math.round(brush[end] * 100),
      "data-handle": `${i}-${end}`,
      "data-axis": i,
    });
    handle.onkeydown = (event) => {
      const step = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP, PageUp: 4 * STEP, PageDown: -4 * STEP }[event.key];
      if (step === undefined && !["Escape", "Delete", "Backspace"].includes(event.key)) return;
      event.preventDefault();
      state.brushes[i] = step === undefined ? null : moved(state.brushes[i], end, step);
      draw(root, state);
    };
    return handle;
  });
}

function insideOf(state) {
  const { data, brushes } = state;
  return data.runs
    .filter((run) => isInside(placesOf(data, run), brushes))
    .sort((a, b) => (b.accuracy ?? -1) - (a.accuracy ?? -1));
}

function say(root, state) {
  const { data } = state;
  const run = data.runs.find((each) => each.id === state.on);
  let text = data.words.hint;
  if (run) text = run.words;
  else if (state.brushes.some(Boolean)) {
    const inside = insideOf(state);
    const best = inside.find((each) => each.accuracy !== null);
    text = filled(data.words.inside, { count: inside.length, total: data.runs.length });
    if (best) text = sentencesOf([text, filled(data.words.bestInside, { words: best.words })]);
  }
  const line = root.querySelector(".pc-say");
  if (line.textContent !== text) line.textContent = text;
}

function foot(root, state) {
  const { words } = state.data;
  const host = root.querySelector(".pc-foot");
  const any = state.brushes.some(Boolean);
  const shown = JSON.stringify([words.compare, any]);
  if (host.shown === shown) return;
  host.shown = shown;
  const compare = element("button", { type: "button", textContent: any ? words.compareInside : words.compare });
  compare.onclick = () => state.compare();
  const clear = element("button", { type: "button", textContent: words.clear });
  clear.onclick = () => {
    state.brushes = state.brushes.map(() => null);
    draw(root, state);
  };
  host.replaceChildren(compare, ...(any ? [clear] : []));
}
