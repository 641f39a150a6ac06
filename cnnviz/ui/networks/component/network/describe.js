// Block descriptions, in a sentence: below the drawing, for those who point at it, and for screen readers.
import { grouped } from "../../../shared/component/number.js";
import { filled, sentencesOf } from "../../../shared/component/words.js";
import { learningOf } from "./learning.js";
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
  if (layer.state) parts.push(strings.states[layer.state].said);
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
  const said = filled(strings.unfold, { name, count: box.node.members.length, shape: times(box.shape) });
  const learning = learningOf(box.node.members);
  if (!learning) return said;
  const counts = { frozen: grouped(learning.frozen), count: grouped(learning.all) };
  return sentencesOf([said, filled(strings.states[learning.kind].folded, counts)]);
}

function times(shape) {
  return shape.join(TIMES);
}
