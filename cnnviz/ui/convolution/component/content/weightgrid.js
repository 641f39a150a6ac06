// Weight grid: a field for every weight, one grid a channel. Knows nothing of settings: numbers in, numbers out.

import { LARGEST_NUMBER } from "../arithmetic/pack.js";
import { filled } from "../../../shared/component/words.js";
import { rowsOf } from "./kernels.js";
/** @import { Words } from "../../../shared/component/words.js" */

const GRID_STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Grids inside `host`; onEdit(weights, done) receives channel -> rows -> numbers. Returns { show(weights, columns, words) }.
 * @param {HTMLElement} host
 * @param {(weights: number[][][], done: boolean) => void} onEdit
 * @returns {{ show: (weights: Float64Array[], columns: number, words: Words) => void }}
 */
export function createWeightGrid(host, onEdit) {
  let shape = "";
  let shownWeights = []; // exactly, where the fields are rounded

  /** `weights`: one Float64Array a channel; `names`: of the channels, [""] for a single one. */
  function show(weights, columns, { names, label, labelFlat }) {
    const rows = weights[0].length / columns;
    const wanted = [rows, columns, names.join("\n"), label].join(" ");
    if (wanted !== shape) {
      shape = wanted;
      host.replaceChildren(...names.map((name, channel) => gridOf(channel, name, rows, columns, label, labelFlat)));
    }
    shownWeights = weights;
    const active = host.getRootNode().activeElement;
    weights.forEach((values, channel) => {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
      host.children[channel].querySelectorAll("input").forEach((field, i) => {
        tintField(field, values[i] / largest);
        if (field !== active) writeField(field, values[i]);
      });
    });
  }

  function gridOf(channel, name, rows, columns, label, labelFlat) {
    const group = document.createElement("div");
    group.className = "content-weights";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name || labelFlat);
    group.innerHTML = `<span class="content-channel"></span><div class="content-cells"></div>`;
    group.firstChild.textContent = name;
    const cells = group.lastChild;
    cells.style.setProperty("--columns", columns);
    for (let i = 0; i < rows * columns; i++) {
      const [row, column] = [Math.floor(i / columns) + 1, (i % columns) + 1];
      cells.append(fieldOf(channel, i, columns, filled(label, { row, column })));
    }
    return group;
  }

  function fieldOf(channel, index, columns, label) {
    const field = document.createElement("input");
    Object.assign(field, { type: "number", step: "any", className: "content-weight" });
    field.setAttribute("aria-label", label);
    field.addEventListener("focus", () => field.select());
    field.addEventListener("input", () => edit(field, channel, index, columns, false));
    field.addEventListener("change", () => edit(field, channel, index, columns, true));
    field.addEventListener("blur", () => writeField(field, shownWeights[channel][index]));
    field.addEventListener("keydown", (event) => onKey(event, field, channel, index, columns));
    return field;
  }

  function edit(field, channel, index, columns, done) {
    const value = field.value === "" ? NaN : field.valueAsNumber;
    const isWrong = !(Math.abs(value) <= LARGEST_NUMBER);
    field.setAttribute("aria-invalid", isWrong);
    if (isWrong) return;
    const edited = shownWeights.map((weights) => weights.slice());
    edited[channel][index] = value;
    onEdit(edited.map((weights) => rowsOf(weights, columns)), done);
  }

  function onKey(event, field, channel, index, columns) {
    if (!GRID_STEPS[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [down, right] = GRID_STEPS[event.key];
    if (event.shiftKey) return down ? nudge(field, channel, index, columns, -down) : undefined;
    const cells = [...host.children[channel].querySelectorAll("input")];
    const column = (index % columns) + right;
    if (column >= 0 && column < columns) cells[index + down * columns + right]?.focus();
  }

  function nudge(field, channel, index, columns, by) {
    field.value = Number((shownWeights[channel][index] + by).toFixed(6));
    edit(field, channel, index, columns, true);
  }

  return { show };
}

/** Short enough for the field: three decimals, or two digits of what is smaller. */
function fieldText(value) {
  return `${Number(Math.abs(value) < 0.001 ? value.toPrecision(2) : value.toFixed(3))}`;
}

function writeField(field, value) {
  const text = fieldText(value);
  if (field.value !== text) field.value = text;
  field.title = text === `${value}` ? "" : `${value}`;
  field.setAttribute("aria-invalid", false);
}

function tintField(field, share) {
  const strength = Math.round(8 + 30 * Math.abs(share));
  const color = `var(--cnn-diverging-${share < 0 ? 0 : 4})`;
  field.style.background = share ? `color-mix(in srgb, ${color} ${strength}%, transparent)` : "";
}
