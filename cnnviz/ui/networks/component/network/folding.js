// Folding: which layers are drawn one by one and which as one block. Pure: knows nothing of pixels or the page.
//
// A block is every dotted name under which paths meet ("layer1.0", "inception3a"). Of very many blocks, those with a
// name in common ("layer3") fold together once more, and so do those that are counted by letters: "inception3a" and
// "inception3b" are the run "inception3*".

/**
 * A layer of the data; `inputs` are names; `shape` is [c, h, w] or [n].
 * @typedef {object} Layer
 * @property {string} name
 * @property {string} kind
 * @property {string} family
 * @property {number[]} shape
 * @property {string[]} inputs
 * @property {number} params weights
 * @property {number} macs multiplications
 * @property {number[]} sees height and width of its receptive field
 * @property {string} [state] frozen, learns or head, where some of the network is frozen
 */
/** @typedef {{ name: string, members: Layer[], layer: Layer | null, inputs: string[] }} Block `layer`: null where it is folded */

const MANY_BLOCKS = 20;
const MOST_AT_FIRST = 30; // nodes: what a screen and a half holds
const MOST_WITH_ONE_OPEN = 72; // so that the first block shows what it is made of

/**
 * The names that fold, outer ones first.
 * @param {Layer[]} layers
 * @returns {string[]}
 */
export function foldable(layers) {
  const blocks = [...new Set(layers.filter((layer) => layer.inputs.length > 1).map((layer) => parent(layer.name)))];
  const names = blocks.filter((name) => name !== "" && !layers.every((layer) => isInside(layer.name, name)));
  const isMany = (outer) => names.filter((name) => isInside(`${name}.`, outer)).length > 1;
  const runs = [...new Set(names.map(runOf))].filter((run) => run && isMany(run));
  if (names.length <= MANY_BLOCKS) return [...runs, ...names];
  const stages = [...new Set(names.map(parent))].filter((name) => name !== "");
  return [...stages.filter(isMany), ...runs, ...names];
}

/** "inception3a" -> "inception3*"; "" for names of another kind. */
function runOf(name) {
  return /\d[a-z]$/.test(name) ? `${name.slice(0, -1)}*` : "";
}

/**
 * As people call it: the run "inception4*" of five is "inception4a–e".
 * @param {string} name
 * @param {string[]} names that fold
 * @returns {string}
 */
export function spoken(name, names) {
  if (!name.endsWith("*")) return name;
  const letters = names.filter((each) => runOf(each) === name).map((each) => each.slice(-1));
  return `${name.slice(0, -1)}${letters[0]}–${letters[letters.length - 1]}`;
}

/**
 * The names that are open when a network is first seen: as many as a glance takes, at least one if there is any.
 * @param {Layer[]} layers
 * @param {string[]} names that fold
 * @returns {Set<string>}
 */
export function openAtFirst(layers, names) {
  const open = new Set();
  const fits = (name, most) => folded(layers, names, new Set([...open, name])).length <= most;
  const isOuter = (name) => names.some((other) => isInside(`${other}.`, name) && other !== name);
  for (const name of names.filter(isOuter)) {
    if (fits(name, MOST_AT_FIRST)) open.add(name); // stages and runs
  }
  const first = names.find((name) => !isOuter(name) && isReached(name, names, open));
  if (first && fits(first, MOST_WITH_ONE_OPEN)) open.add(first);
  return open;
}

/**
 * The names to open so that the layer or block `name` is seen, outer ones first.
 * @param {string} name
 * @param {string[]} names that fold
 * @returns {string[]}
 */
export function around(name, names) {
  return names.filter((each) => each !== name && isInside(`${name}.`, each));
}

/**
 * What is drawn, in order: { name, members, layer (null for a folded block), inputs }. Inputs name nodes.
 * @param {Layer[]} layers
 * @param {string[]} names that fold
 * @param {Set<string>} open of them
 * @returns {Block[]}
 */
export function folded(layers, names, open) {
  const closed = names.filter((name) => !open.has(name));
  const nodes = new Map();
  const home = new Map();
  for (const layer of layers) {
    const block = closed.find((name) => isInside(layer.name, name)); // the outermost: names come outer first
    const name = block ?? layer.name;
    home.set(layer.name, name);
    if (!nodes.has(name)) nodes.set(name, { name, members: [], layer: block ? null : layer, inputs: [] });
    const node = nodes.get(name);
    node.members.push(layer);
    for (const input of layer.inputs) {
      const from = home.get(input) ?? input;
      if (from !== name && !node.inputs.includes(from)) node.inputs.push(from);
    }
  }
  return [...nodes.values()];
}

/**
 * Whether a layer's or block's `name` lies inside `block`.
 * @param {string} name
 * @param {string} block
 * @returns {boolean}
 */
export function isInside(name, block) {
  if (block.endsWith("*")) return name.startsWith(block.slice(0, -1)) && /^[a-z]\./.test(name.slice(block.length - 1));
  return name.startsWith(`${block}.`);
}

function parent(name) {
  return name.split(".").slice(0, -1).join(".");
}

function isReached(name, names, open) {
  return around(name, names).every((outer) => open.has(outer));
}
