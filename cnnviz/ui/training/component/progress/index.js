// Training progress: the epochs of the run as one strip, and the present one opened up into its batches as another.

import { grouped } from "../../../shared/component/number.js";
import { element } from "../../../shared/component/elements.js";
import { svgNode } from "../../../shared/component/svg.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { groupSize, cellEdges } from "./cells.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const LENS = 18; // pixels between the two strips
const NARROWEST = 3; // an epoch of a thousand is still to be seen

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [place], parentElement }) {
  const root = themedRoot(parentElement);
  const before = root.place;
  root.place = place;
  if (!root.observer) {
    root.observer = new ResizeObserver(() => drawCells(root));
    root.observer.observe(root.querySelector(".pl-epochs"));
  }
  if (before?.epochs !== place.epochs || before?.steps !== place.steps || before?.epoch !== place.epoch) drawCells(root);
  fill(root, ".pl-epochs", place.done / place.epochs, before && before.done / before.epochs);
  fill(root, ".pl-batches", place.step / place.steps, before && before.step / before.steps);
  say(root, place);
  return () => {
    root.observer?.disconnect();
    root.observer = null;
  };
}

/** The strip runs on until the next report; back to the left it jumps, for an epoch does not unwind. */
function fill(root, strip, share, before) {
  const bar = root.querySelector(`${strip} .pl-fill`);
  bar.classList.toggle("pl-moving", root.place.live && before !== undefined && share > before);
  bar.style.transform = `scaleX(${Math.min(1, share || 0)})`;
}

function drawCells(root) {
  const { epochs, epoch, steps, words } = root.place;
  const width = root.querySelector(".pl-epochs").clientWidth;
  if (!width) return;
  const groups = { epochs: groupSize(epochs, width), batches: groupSize(steps, width) };
  cells(root.querySelector(".pl-epochs .pl-cells"), epochs, groups.epochs, width);
  cells(root.querySelector(".pl-batches .pl-cells"), steps, groups.batches, width);
  root.querySelector(".pl-epoch-cell").textContent = caption(words.epochCell, groups.epochs);
  root.querySelector(".pl-batch-cell").textContent = caption(words.batchCell, groups.batches);
  lens(root, epoch, epochs, width);
}

function caption([one, many], size) {
  return size === 1 ? one : filled(many, { count: grouped(size) });
}

/** Gaps between the cells, in the colour of the page. */
function cells(svg, count, size, width) {
  const path = cellEdges(count, size).map((edge) => `M${((edge / count) * width).toFixed(1)} 0V40`).join("");
  svg.replaceChildren(svgNode("path", { d: path }));
}

/** From the present epoch, small, to the same epoch, large. */
function lens(root, epoch, epochs, width) {
  const left = ((epoch - 1) / epochs) * width;
  const right = Math.max((epoch / epochs) * width, left + NARROWEST);
  const shape = `M${left} 0H${Math.min(right, width)}L${width} ${LENS}H0Z`;
  root.querySelector(".pl-lens").replaceChildren(svgNode("path", { d: shape }));
}

function say(root, { words, epoch, epochs, step, steps, done }) {
  const bars = [
    [".pl-epochs", ".pl-epoch", words.epoch, words.epochName, done, epochs],
    [".pl-batches", ".pl-batch", words.batch, words.batchName, step, steps],
  ];
  for (const [strip, label, sentence, name, now, most] of bars) {
    const values = { epoch, epochs, step: grouped(step), steps: grouped(steps) };
    const text = filled(sentence, values);
    root.querySelector(label).textContent = text;
    const attributes = { "aria-label": name, "aria-valuemax": most, "aria-valuenow": Number(now.toFixed(2)), "aria-valuetext": text };
    for (const [key, value] of Object.entries(attributes)) root.querySelector(strip).setAttribute(key, value);
  }
  root.classList.toggle("pl-unknown", !words.sentence);
  root.querySelector(".pl-words").textContent = words.sentence;
  const key = JSON.stringify(words.terms);
  if (root.terms === key) return;
  root.terms = key;
  const terms = words.terms.map(([term, meaning]) => element("div", {}, [element("dt", { textContent: term }), element("dd", { textContent: meaning })]));
  root.querySelector(".pl-terms").replaceChildren(...terms);
}
