// Map detail, large: what it is, how to read its colours, and the filter that made it.

import { largestMagnitude, paintNumbers } from "../../shared/component/paint.js";
import { filled } from "../../shared/component/words.js";
import { isSigned } from "./flow.js";
import { shortNumber, timesSigns } from "./words.js";
/** @import { Words } from "../../shared/component/words.js" */

const DETAIL_SIDE = 196; // pixels: 28 numbers at 7

/**
 * Fills `host`; returns { configure(strings), show({ layer, map }, output, tables) }.
 * @param {HTMLElement} host
 * @returns {{ configure: (strings: Words) => void, show: Function }}
 */
export function createDetail(host) {
  host.innerHTML = `
    <div class="large"><canvas role="img"></canvas></div>
    <div class="words">
      <h3></h3><p class="about"></p>
      <p class="scale" aria-hidden="true"><span></span><canvas width="256" height="1"></canvas><span></span></p>
      <div class="filter"><p></p><div></div></div>
    </div>`;
  const canvas = host.querySelector(".large canvas");
  const title = host.querySelector("h3");
  const about = host.querySelector(".about");
  const [low, high] = host.querySelectorAll(".scale span");
  const ramp = host.querySelector(".scale canvas");
  const filter = host.querySelector(".filter");
  let strings = {};
  let described = "";

  function show({ layer, map }, shape, output, tables) {
    const signed = isSigned(layer);
    const table = signed ? tables.diverging : tables.sequential;
    const isMaps = shape.length === 3;
    const [height, width] = isMaps ? shape.slice(1) : [shape[0] / 12, 12];
    const values = output?.values ?? new Float32Array(shape.reduce((a, b) => a * b));
    const span = largestMagnitude(values);
    paintNumbers(canvas, { values, start: isMaps ? map * height * width : 0, width, height, span, signed, table });
    const zoom = Math.floor(DETAIL_SIDE / Math.max(width, height));
    canvas.style.width = `${width * zoom}px`;
    canvas.style.height = `${height * zoom}px`;
    low.textContent = output ? (signed ? shortNumber(-span) : "0") : "";
    high.textContent = output ? shortNumber(span) : "";
    describe(layer, map, shape, table, tables, signed);
  }

  /** What changes with the map, not with the drawing. */
  function describe(layer, map, shape, table, tables, signed) {
    const key = `${layer.name} ${map} ${tables.diverging[0]} ${strings.map}`;
    if (key === described) return;
    described = key;
    const isMaps = shape.length === 3;
    const heading = filled(isMaps ? strings.map : strings.numbers,
      { layer: layer.name, number: map + 1, count: shape[0], shape: timesSigns(shape.slice(1)) });
    title.textContent = heading;
    canvas.setAttribute("aria-label", heading);
    about.textContent = layer.about;
    const steps = Float32Array.from({ length: 256 }, (_, i) => (signed ? i / 127.5 - 1 : i / 255));
    paintNumbers(ramp, { values: steps, width: 256, height: 1, span: 1, signed, table });
    showFilter(layer, map, tables);
  }

  function showFilter(layer, map, tables) {
    filter.hidden = layer.kind !== "conv2d";
    if (filter.hidden) return;
    const { kernelSize: k, inChannels, weight } = layer;
    filter.firstChild.textContent = filled(strings.filter, { shape: timesSigns([inChannels, k, k]) });
    const span = largestMagnitude(weight);
    filter.lastChild.replaceChildren(...Array.from({ length: inChannels }, (_, c) => {
      const slice = document.createElement("canvas");
      slice.setAttribute("aria-hidden", "true");
      const start = (map * inChannels + c) * k * k;
      paintNumbers(slice, { values: weight, start, width: k, height: k, span, signed: true, table: tables.diverging });
      return slice;
    }));
  }

  return { show, configure: (changed) => (strings = changed) };
}
