// Frozen and learning layers: what a block, folded or not, says of them. Pure: knows nothing of pixels or the page.
import { percent } from "../../../shared/component/number.js";
import { filled } from "../../../shared/component/words.js";
/** @import { Layer } from "./folding.js" */
/** @import { Words } from "../../../shared/component/words.js" */

/** @typedef {{ kind: string, frozen: number, all: number }} Learning `kind`: frozen, mixed, learns or head; weights that are frozen, and all */

/**
 * What the layers of a block do together; null where nothing is frozen in the network, or none has weights.
 * @param {Layer[]} members
 * @returns {Learning | null}
 */
export function learningOf(members) {
  const told = members.filter((layer) => layer.state);
  if (!told.length) return null;
  const still = told.filter((layer) => layer.state === "frozen");
  const learning = { frozen: weights(still), all: weights(told) };
  if (still.length) return { kind: still.length === told.length ? "frozen" : "mixed", ...learning };
  return { kind: told.some((layer) => layer.state === "head") ? "head" : "learns", ...learning };
}

/**
 * Sign and word, below a block: "❄ frozen", "❄ 40.0% frozen".
 * @param {Learning} learning
 * @param {Words} strings
 * @returns {string}
 */
export function shortly(learning, strings) {
  const { sign, short } = strings.states[learning.kind];
  return `${sign} ${filled(short, { share: percent(learning.frozen / learning.all) })}`;
}

function weights(layers) {
  return layers.reduce((total, layer) => total + layer.params, 0);
}
