// Value trace, how one value of a feature map comes about: point at the map, and see what it reads, weighs and adds up.
// The numbers come from the server; the sums are done here, so that they follow the finger.
import { themedRoot, lookupTable } from "../../../shared/component/theme.js";
import { floatsFromBase64 } from "../../../shared/component/base64.js";
import { filled } from "../../../shared/component/words.js";
import { windowAt, products, total, number, strongest } from "./sums.js";
import { paintTiles, placeMarks } from "./tiles.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const GAP = 16; // CSS pixels between the fields, as in style.css
const MAP_HEIGHT = 138; // CSS pixels at most, of what is read and of the map
const FORMULA_HEIGHT = 84; // of window, weights and products

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
  const { inputs, weights, output, rest } = data;
  return { ...data, inputs: array(inputs), weights: array(weights), output: array(output), rest: array(rest) };
}

const slides = (step) => ["convolution", "largest", "mean"].includes(step.kind);

/** CSS pixels for what is read and for the map, side by side; and for each part of the formula. */
function measure(root) {
  const width = root.clientWidth;
  const isOne = root.size === 1;
  root.room = { room: isOne ? width : (width - GAP) / 2 - 4, height: MAP_HEIGHT };
  root.formula = { room: (width - 2 * GAP) / (root.step.kind === "sum" ? 2 : 3) - 4, height: FORMULA_HEIGHT };
}

function paintStill(root) {
  const { step, tables } = root;
  const { strings } = step;
  measure(root);
  show(root, ".tr-input", step.inputs, strings.input, { ...root.room, padding: step.padding, table: tables });
  show(root, ".tr-output", step.output, strings.output, { ...root.room, table: tables });
  const weighs = step.weights !== null;
  root.querySelector(".tr-formula").hidden = !weighs;
  root.querySelector(".tr-window").hidden = step.kind !== "convolution";
  root.querySelector(".tr-output").hidden = root.size === 1;
  if (weighs) show(root, ".tr-weights", step.weights, strings.weights, { ...root.formula, table: tables });
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
    show(root, ".tr-window", { ...step.inputs, ...seen }, strings.window, { ...root.formula, table: tables });
  }
  if (parts) {
    const bound = parts.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const field = { shape: seen.shape, values: parts, low: -bound, high: bound, signed: true };
    show(root, ".tr-products", field, strings.products, { ...root.formula, table: tables });
  }
  placeMarks(root.querySelector(".tr-input .tr-tiles"), root.size > 1 || step.spans ? markOf(step, position) : null);
  placeMarks(
    root.querySelector(".tr-output .tr-tiles"),
    root.size > 1 ? { top: position[0], left: position[1], height: 1, width: 1 } : null,
  );
  root.querySelector(".tr-say").textContent = sentence(step, position, seen, parts);
}

/** The window in pixels of the padded input; what hangs over its end is cut off. */
function markOf(step, [row, column]) {
  if (step.spans) {
    const [[top, bottom], [left, right]] = [step.spans[0][row], step.spans[1][column]];
    return { top, left, height: bottom - top, width: right - left };
  }
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
  const at = row * step.output.shape[2] + column;
  const value = step.output.values[at];
  const values = {
    row: row + 1,
    column: column + 1,
    value: number(value),
    bias: number(step.bias),
    sum: parts ? number(total(parts)) : "",
    rest: step.rest ? number(step.rest.values[at]) : "",
    count: parts ? parts.length : seen.values.length,
    before: number(seen.values[0]),
    list: [...seen.values].map(number),
    terms: [...seen.values].map((each) => (each < 0 ? `(${number(each)})` : number(each))).join(" + "),
  };
  const isOther = step.kind === "dropped" && value === 0;
  return filled(isOther ? step.strings.saysNone : step.strings.says, values);
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
