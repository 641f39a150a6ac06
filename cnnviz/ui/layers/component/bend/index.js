// Bent picture: moved, turned, blurred, covered and drawn on under the finger; the server, which has the last word on
// every pixel, hears of it a few times a second and answers with the picture as it is then. Knows nothing of networks.
import { element } from "../../../shared/component/elements.js";
import { fromBase64, toBase64 } from "../../../shared/component/base64.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { preview, stamp } from "./preview.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const PAUSE = 120; // milliseconds between two messages while something moves
const UNIT = 28; // shifts and sizes are told for a picture so wide
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  const state = (root.bend ??= { token: null, bend: {}, ink: null, isPen: false, last: null, timer: 0, image: null, shown: null });
  state.send = () => setStateValue("bend", { token: state.token, bend: state.bend, ink: state.hasInk ? toBase64(state.ink) : "" });
  if (state.token !== data.token) begin(root, state, data);
  state.data = data;
  sliders(root, state);
  buttons(root, state);
  stage(root, state);
  load(data.shown, (image) => {
    state.shown = { image, of: data.shownOf };
    draw(root, state);
  });
  draw(root, state);
}

/** Another picture, or another start: what the server says counts. */
function begin(root, state, data) {
  Object.assign(state, { token: data.token, bend: { ...data.bend }, data, shown: null, image: null });
  const ink = data.ink ? fromBase64(data.ink) : new Uint8Array(data.width * data.height);
  Object.assign(state, { ink, hasInk: Boolean(data.ink) });
  load(data.picture, (image) => {
    state.image = image;
    draw(root, state);
  });
}

function load(uri, use) {
  const image = new Image();
  image.onload = () => use(image);
  image.src = uri;
}

/** Seen at once; the server hears of the first of several changes after a short pause, of the last in any case. */
function change(root, state, changes) {
  Object.assign(state.bend, changes);
  for (const row of root.querySelectorAll(".bd-row")) mark(row, state);
  root.querySelector('[data-act="noise"]').hidden = !state.bend.noise;
  draw(root, state);
  state.timer ||= setTimeout(() => {
    state.timer = 0;
    state.send();
  }, PAUSE);
}

/** What the server drew of exactly this, or what comes near it until then. */
function draw(root, state) {
  const canvas = root.querySelector(".bd-canvas");
  const { width, height } = state.data;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (state.shown?.of === lineOf(state)) context.drawImage(state.shown.image, 0, 0);
  else if (state.image) preview(context, state);
}

/** The change in one line, as the server writes it. */
function lineOf({ bend, hasInk, ink, data }) {
  const numbers = data.fields.map(({ name }) => bend[name]).concat(bend.hole_x, bend.hole_y, bend.seed);
  return `${numbers.map((value) => Number(value).toFixed(3)).join(" ")} ${hasInk ? ink.reduce((sum, each) => sum + each, 0) : 0}`;
}

function sliders(root, state) {
  const place = root.querySelector(".bd-sliders");
  const { fields } = state.data;
  if (place.children.length !== fields.length) {
    place.replaceChildren(...fields.map(() => element("label", { className: "bd-row" }, [element("span"), element("input", { type: "range" }), element("output")])));
  }
  fields.forEach((field, i) => {
    const row = place.children[i];
    const [title, input] = row.children;
    title.textContent = field.title;
    row.title = field.help;
    Object.assign(input, { min: field.low, max: field.high, step: field.step });
    input.oninput = () => change(root, state, { [field.name]: Number(input.value) });
    row.dataset.index = i;
    mark(row, state);
  });
}

function mark(row, { bend, data }) {
  const field = data.fields[Number(row.dataset.index)];
  const [, input, output] = row.children;
  const value = bend[field.name];
  if (Number(input.value) !== value) input.value = String(value);
  const scaled = field.isLength ? (value * data.width) / UNIT : value;
  output.textContent = filled(field.text, { value: String(Number(scaled.toFixed(field.isLength ? 1 : 2))).replace("-", "−") });
  input.setAttribute("aria-valuetext", output.textContent);
  row.classList.toggle("bd-changed", value !== field.neutral);
}

function buttons(root, state) {
  const [pen, noise, reset] = ["draw", "noise", "reset"].map((act) => {
    const button = root.querySelector(`[data-act="${act}"]`);
    button.textContent = state.data.strings[act];
    return button;
  });
  noise.onclick = () => change(root, state, { seed: (state.bend.seed + 1) % 10000 });
  pen.onclick = () => {
    state.isPen = !state.isPen;
    pen.setAttribute("aria-pressed", String(state.isPen));
    root.querySelector(".bd-canvas").classList.toggle("bd-pen", state.isPen);
  };
  noise.hidden = !state.bend.noise;
  reset.onclick = () => {
    state.ink.fill(0);
    state.hasInk = false;
    change(root, state, { ...state.data.neutral });
  };
}

/** The picture itself: dragged, or the square that covers it where there is one; or drawn on. */
function stage(root, state) {
  const canvas = root.querySelector(".bd-canvas");
  canvas.setAttribute("aria-label", state.data.strings.canvas);
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const last = (state.last = place(event));
    if (state.isPen) paint(root, state, last, last);
    else if (state.bend.hole > 0) change(root, state, { hole_x: within(last[0], 0, 1), hole_y: within(last[1], 0, 1) });
  };
  canvas.onpointermove = (event) => {
    const last = state.last; // in the state: the server answers, and this is set up anew, while the finger is down
    if (!last) return;
    const now = place(event);
    if (state.isPen) paint(root, state, last, now);
    else if (state.bend.hole > 0) change(root, state, { hole_x: within(now[0], 0, 1), hole_y: within(now[1], 0, 1) });
    else shift(root, state, (now[0] - last[0]) * UNIT, (now[1] - last[1]) * UNIT);
    state.last = now;
  };
  canvas.onpointerup = canvas.onpointercancel = () => (state.last = null);
  canvas.onkeydown = (event) => {
    const [dx, dy] = KEYS[event.key] ?? [];
    if (dx === undefined) return;
    event.preventDefault();
    if (state.bend.hole > 0) {
      change(root, state, { hole_x: within(state.bend.hole_x + dx / UNIT, 0, 1), hole_y: within(state.bend.hole_y + dy / UNIT, 0, 1) });
    } else shift(root, state, dx, dy);
  };
}

function shift(root, state, dx, dy) {
  const [low, high] = state.data.shift;
  change(root, state, { shift_x: within(state.bend.shift_x + dx, low, high), shift_y: within(state.bend.shift_y + dy, low, high) });
}

function paint(root, state, from, to) {
  stamp(state, from, to);
  state.hasInk = true;
  change(root, state, {});
}

function within(value, low, high) {
  return Math.max(low, Math.min(high, Math.round(value * 1000) / 1000));
}
