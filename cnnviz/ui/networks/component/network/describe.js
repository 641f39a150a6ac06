// Block descriptions, in a sentence: below the drawing, for those who point at it, and for screen readers.
import { filled } from "../../../shared/component/words.js";
/** @import { Layer } from "./folding.js" */
/** @import { Box } from "./layout.js" */
/** @import { Drawn } from "./picture.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const TIMES = "\u00a0×\u00a0"; // a shape is one word: no line ends within it

/**
 * One line: what the layer is, gives, weighs, works and sees.
 * @param {Layer} layer
 * @param {Drawn} view
 * @param {Words} strings
 * @returns {string}
 */
export function sentence(layer, view, strings) {
  const said = strings.layer;
  const before = view.byName.get(layer.inputs[0])?.shape ?? view.network.input;
  const parts = [
    filled(said.kind, { layer: layer.name, kind: layer.kind }),
    filled(said.shapes, { before: times(before), after: times(layer.shape) }),
  ];
  if (layer.params) parts.push(filled(said.weights, { count: grouped(layer.params) }));
  if (layer.macs) parts.push(filled(said.work, { count: grouped(layer.macs) }));
  if (layer.shape.length === 3) parts.push(filled(said.sees, { height: layer.sees[0], width: layer.sees[1] }));
  return parts.join(" · ").replaceAll(" × ", TIMES);
}

/**
 * What a folded block holds.
 * @param {Box} box
 * @param {string} name as people call the block
 * @param {Words} strings
 * @returns {string}
 */
export function folder(box, name, strings) {
  return filled(strings.unfold, { name, count: box.node.members.length, shape: times(box.shape) });
}

/**
 * 61706 -> "61,706": the same in both languages, as Python writes it.
 * @param {number} number
 * @returns {string}
 */
export function grouped(number) {
  return number.toLocaleString("en-US");
}

/**
 * 0.618 -> "61.8%"; what is not quite none never reads as if it were.
 * @param {number} share 0..1
 * @returns {string}
 */
export function percent(share) {
  if (share > 0 && share < 0.0005) return "<0.1%";
  if (share < 1 && share > 0.9995) return ">99.9%";
  return `${(share * 100).toFixed(1)}%`;
}

function times(shape) {
  return shape.join(TIMES);
}
