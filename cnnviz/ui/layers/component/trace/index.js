// Value trace, how one value of a feature map comes about: point at the map, and see what it reads, weighs and adds up.
// The numbers come from the server; the sums are done here, so that they follow the finger.
import { themedRoot, lookupTable } from "../../../shared/component/theme.js";
import { floatsFromBase64 } from "../../../shared/component/base64.js";
import { filled } from "../../../shared/component/words.js";
import { windowAt, products, total, number, strongest } from "./sums.js";
import { paintTiles, placeMarks } from "./tiles.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement }) {
  const root = themedRoot(parentElement);
  const step = unpack(data);
  const [, height, width] = step.output.shape;
  const kept = root.position; // a position stays while another map of the same size is looked at
  root.position = kept && kept[0] < height && kept[1] < width && root.size === height * width ? kept : strongest(step);
  root.size = height * width;
  root.step = step;
  root.tables = { diverging: lookupTable(root, "diverging"), sequential: lookupTable(root, "sequential") };
  paintStill(root);
  paintMoving(root);
  listen(root);
}

function unpack(data) {
  const array = (field) => field && { ...field, values: floatsFromBase64(field.values) };
  return { ...data, inputs: array(data.inputs), weights: array(data.weights), output: array(data.output) };
}

/** CSS pixels for the fields: three side by side where there is room, else as wide as a phone allows.
 *  A formula of one channel, three small squares in a row, gets more of it. */
function measure(root) {
  const third = Math.floor((root.clientWidth - 2 * 40 - 12) / 3);
  const beside = third >= 180;
  const room = beside ? Math.min(third, 300) : Math.min(root.clientWidth - 8, 290);
  const formula = beside && root.step.kind === "convolution" && root.step.weights.shape[0] === 1;
  root.room = formula ? Math.floor(room * 0.85) : room;
  root.middle = formula ? Math.floor(room * 1.3) : room;
  root.style.setProperty("--room", `${root.room + 4}px`);
  root.style.setProperty("--middle", `${root.middle + 4}px`);
}

/** How window, weights and products are laid out: of one channel side by side, of several as strips. */
function strip(root) {
  const channels = root.step.weights.shape[0];
  if (root.step.kind === "sum") return { room: root.room };
  return channels === 1 ? { room: (root.middle - 2 * 12 - 12) / 3 } : { room: root.middle, columns: Math.min(channels, 8) };
}

const slides = (step) => step.kind === "convolution" || step.kind === "largest" || step.kind === "mean";

function paintStill(root) {
  const { step, tables } = root;
  const { strings } = step;
  measure(root);
  const { room } = root;
  show(root, ".tr-input", step.inputs, strings.input, { room, padding: step.padding, table: tables });
  show(root, ".tr-output", step.output, strings.output, { room, table: tables });
  root.querySelector(".tr-row").classList.toggle("tr-sum", step.kind === "sum");
  const weighs = step.weights !== null;
  root.querySelector(".tr-weights").hidden = !weighs;
  root.querySelector(".tr-products").hidden = !weighs;
  root.querySelector(".tr-window").hidden = step.kind !== "convolution";
  root.querySelector(".tr-output").hidden = root.size === 1;
  root.querySelector(".tr-middle").hidden = !weighs;
  if (weighs) show(root, ".tr-weights", step.weights, strings.weights, { ...strip(root), table: tables });
  const canvas = root.querySelector(".tr-output canvas");
  canvas.tabIndex = root.size === 1 ? -1 : 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", strings.output);
}

function paintMoving(root) {
  const { step, position, tables } = root;
  const seen = windowAt(step, position[0], position[1]);
  const parts = step.weights ? products(seen.values, step.weights.values) : null;
  const { strings } = step;
  if (step.kind === "convolution") {
    show(root, ".tr-window", { ...step.inputs, ...seen }, strings.window, { ...strip(root), table: tables });
  }
  if (parts) {
    const bound = parts.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const field = { shape: seen.shape, values: parts, low: -bound, high: bound, signed: true };
    show(root, ".tr-products", field, strings.products, { ...strip(root), table: tables });
  }
  if (root.size > 1) {
    placeMarks(root.querySelector(".tr-input .tr-tiles"), markOf(step, position));
    placeMarks(root.querySelector(".tr-output .tr-tiles"), { top: position[0], left: position[1], height: 1, width: 1 });
  }
  root.querySelector(".tr-say").textContent = sentence(step, position, seen, parts);
}

/** The window in pixels of the padded input; what hangs over its end is cut off. */
function markOf(step, [row, column]) {
  if (!slides(step)) return { top: row, left: column, height: 1, width: 1 };
  const [top, left] = [row * step.stride[0], column * step.stride[1]];
  const span = (axis, start) => {
    const padded = step.inputs.shape[1 + axis] + 2 * step.padding[axis];
    return Math.min(step.dilation[axis] * (step.kernel_size[axis] - 1) + 1, padded - start);
  };
  return { top, left, height: span(0, top), width: span(1, left) };
}

/** The sum in words; rows and columns are counted from 1. */
function sentence(step, [row, column], seen, parts) {
  const width = step.output.shape[2];
  const values = {
    row: row + 1,
    column: column + 1,
    value: number(step.output.values[row * width + column]),
    bias: number(step.bias),
    sum: parts ? number(total(parts)) : "",
    count: parts ? parts.length : 0,
    before: number(seen.values[0]),
    list: [...seen.values].map(number),
  };
  return filled(step.strings.says, values);
}

function show(root, selector, field, caption, options) {
  const figure = root.querySelector(selector);
  const host = figure.querySelector(".tr-tiles");
  paintTiles(host, field, options);
  if (selector !== ".tr-output") {
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", caption);
  }
  const line = figure.querySelector("figcaption");
  if (line.textContent !== caption) line.textContent = caption;
}

function listen(root) {
  const canvas = root.querySelector(".tr-output canvas");
  const go = (row, column) => {
    const [, height, width] = root.step.output.shape;
    root.position = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    paintMoving(root);
  };
  const follow = (event) => {
    const box = canvas.getBoundingClientRect();
    const [, height, width] = root.step.output.shape;
    go(
      Math.floor(((event.clientY - box.top) / box.height) * height),
      Math.floor(((event.clientX - box.left) / box.width) * width),
    );
  };
  canvas.onpointermove = follow;
  canvas.onpointerdown = follow;
  canvas.onkeydown = (event) => {
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!moves[event.key]) return;
    event.preventDefault();
    go(root.position[0] + moves[event.key][0], root.position[1] + moves[event.key][1]);
  };
}
