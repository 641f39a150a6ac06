// Layer flow: every layer from the first convolution to the last hidden one, left to right, each map a small picture.
//
// One tab stop for all maps: arrow keys walk them, up and down within a layer, left and right between layers.

import { largestMagnitude, paintNumbers } from "../../shared/component/paint.js";
import { filled } from "../../shared/component/words.js";
import { timesSigns } from "./words.js";
/** @import { Words } from "../../shared/component/words.js" */

const ACTIVATIONS = ["relu", "sigmoid"];
const SIGNED = ["conv2d", "linear"];
// Screen pixels for one number, by the side of a map: [beside a narrow pad, beside a wide one, stacked on a phone].
const ZOOMS = { 28: [2, 2, 2], 24: [2, 2, 2], 14: [3, 3, 3], 12: [3, 3, 4], 10: [3, 4, 4], 8: [3, 5, 4], 5: [5, 6, 8], 4: [6, 7, 10] };
const STRIP_LONG = 360; // pixels: the strip of a fully connected layer, as long as a column of maps

/**
 * The layers that are shown as maps or strips; the last linear one and softmax are the answer.
 * @param {object[]} layers in their order
 * @returns {object[]}
 */
function shownLayers(layers) {
  const last = layers.map((layer) => layer.kind).lastIndexOf("linear");
  return layers.slice(0, last).filter((layer) => layer.kind !== "flatten");
}

/**
 * Whether a layer's numbers can be negative.
 * @param {{ kind: string }} layer
 * @returns {boolean}
 */
export function isSigned(layer) {
  return SIGNED.includes(layer.kind);
}

/**
 * Fills `host` for `layers`; onSelect({ layer, map }, section) when a map is pointed at or reached
 * by keys; `section` is its layer's element when it was clicked, else null.
 * @param {HTMLElement} host
 * @param {{ layers: object[], shapes: Record<string, number[]>, strings: Words, onSelect: (chosen: object, section: HTMLElement | null) => void }} options
 * @returns {object} { paint, select, selected() }
 */
export function createFlow(host, { layers, shapes, strings, onSelect }) {
  const shown = shownLayers(layers);
  host.innerHTML = "";
  host.setAttribute("aria-label", strings.flow);
  const columns = shown.map((layer) => layerColumn(layer, shapes[layer.name], strings));
  let group = null;
  shown.forEach((layer, index) => {
    if (!ACTIVATIONS.includes(layer.kind)) {
      group = document.createElement("div");
      group.className = "group";
      host.append(group);
    }
    group.append(columns[index].element);
  });
  let selected = { layer: 0, map: 0 };

  function select(layer, map, { focus = false, clicked = false } = {}) {
    const column = columns[layer];
    const target = Math.min(map, column.buttons.length - 1);
    buttonAt(selected).tabIndex = -1;
    selected = { layer, map: target };
    const button = buttonAt(selected);
    button.tabIndex = 0;
    if (focus) button.focus();
    markInputs(columns, shown, selected);
    onSelect({ layer: shown[layer], map: target }, clicked ? column.element : null);
  }

  const buttonAt = ({ layer, map }) => columns[layer].buttons[map];

  columns.forEach(({ buttons }, layer) => buttons.forEach((button, map) => {
    button.tabIndex = layer === 0 && map === 0 ? 0 : -1;
    button.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && select(layer, map));
    button.addEventListener("focus", () => select(layer, map));
    button.addEventListener("click", () => select(layer, map, { clicked: true }));
    button.addEventListener("keydown", (event) => {
      const next = step(event.key, layer, map, columns);
      if (!next) return;
      event.preventDefault();
      select(next.layer, next.map, { focus: true });
    });
  }));

  /** `outputs` by layer name, or null for nothing drawn. */
  function paint(outputs, tables, stacked) {
    shown.forEach((layer, index) => paintLayer(columns[index], layer, outputs?.[layer.name], tables, stacked));
  }

  return { paint, select, selected: () => ({ layer: shown[selected.layer], map: selected.map }) };
}

function layerColumn(layer, shape, strings) {
  const element = document.createElement("section");
  const isMaps = shape.length === 3;
  const [count, side] = isMaps ? shape : [1, 0];
  element.className = isMaps ? "layer" : "layer strip";
  element.dataset.layer = layer.name;
  element.innerHTML = `<header><h3>${layer.name}</h3><p>${timesSigns(shape)}</p></header><p class="about"></p><div class="maps"></div>`;
  element.querySelector(".about").textContent = layer.about;
  const grid = element.querySelector(".maps");
  grid.style.setProperty("--columns", count > 8 ? 2 : 1);
  const [narrow, wide, stacked] = ZOOMS[side] ?? [2, 2, 2];
  grid.style.setProperty("--narrow", `${side * narrow}px`);
  grid.style.setProperty("--wide", `${side * wide}px`);
  grid.style.setProperty("--stacked", `${side * stacked}px`);
  const buttons = Array.from({ length: count }, (_, map) => {
    const button = document.createElement("button");
    button.type = "button";
    const sentence = isMaps ? strings.map : strings.numbers;
    const label = filled(sentence, { layer: layer.name, number: map + 1, count: shape[0], shape: timesSigns(shape.slice(1)) });
    button.innerHTML = `<canvas role="img"></canvas>`;
    button.firstChild.setAttribute("aria-label", label);
    grid.append(button);
    return button;
  });
  return { element, buttons, shape };
}

function paintLayer({ buttons, shape }, layer, output, tables, stacked) {
  const signed = isSigned(layer);
  const table = signed ? tables.diverging : tables.sequential;
  const size = shape.length === 3 ? shape[1] * shape[2] : shape[0];
  const values = output?.values ?? new Float32Array(buttons.length * size);
  const span = largestMagnitude(values);
  const [height, width] = shape.length === 3 ? shape.slice(1) : stripSides(shape[0], stacked);
  buttons.forEach((button, map) => {
    const canvas = button.firstChild;
    paintNumbers(canvas, { values, start: map * size, width, height, span, signed, table });
    if (shape.length === 1) stretchStrip(canvas, width, height, stacked);
  });
}

/**
 * [rows, columns] of a fully connected layer: one column beside maps, rows of about twenty on a phone.
 * @param {number} count
 * @param {boolean} stacked
 * @returns {number[]}
 */
function stripSides(count, stacked) {
  if (!stacked) return [count, 1];
  const columns = [20, 21, 16, 10].find((wide) => count % wide === 0) ?? count;
  return [count / columns, columns];
}

function stretchStrip(canvas, width, height, stacked) {
  const zoom = stacked ? 15 : Math.max(1, Math.floor(STRIP_LONG / height));
  canvas.style.width = stacked ? `${width * zoom}px` : "";
  canvas.style.height = `${height * zoom}px`;
}

/** Outlines what the selected map is computed from: all maps before a convolution, else the one map before. */
function markInputs(columns, shown, { layer, map }) {
  const readsAll = ["conv2d", "linear"].includes(shown[layer].kind);
  columns.forEach(({ buttons }, index) => buttons.forEach((button, other) => {
    button.classList.toggle("selected", index === layer && other === map);
    button.classList.toggle("feeds", index === layer - 1 && (readsAll || other === map));
  }));
}

function step(key, layer, map, columns) {
  const count = columns[layer].buttons.length;
  if (key === "ArrowDown") return { layer, map: Math.min(count - 1, map + 1) };
  if (key === "ArrowUp") return { layer, map: Math.max(0, map - 1) };
  if (key === "ArrowRight") return { layer: Math.min(columns.length - 1, layer + 1), map };
  if (key === "ArrowLeft") return { layer: Math.max(0, layer - 1), map };
  return null;
}
