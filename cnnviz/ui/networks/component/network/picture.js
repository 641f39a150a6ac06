// Network view, one of the picture: what is open and chosen in it, and its drawing.
import { around, foldable, folded, openAtFirst, spoken } from "./folding.js";
import { commonScale, layOut } from "./layout.js";
import { drawing } from "./draw.js";
import { folder, sentence } from "./describe.js";
import { learningOf, shortly } from "./learning.js";
import { edges, intoView } from "./scrolling.js";
import { filled, isChinese, withColon } from "../../../shared/component/words.js";

/** @typedef {any} Drawn a network of the picture: { network, layers, byName, names, open, chosen, plan, blocks, place, scroll ... } */

const PICTURE = "@picture";
const WIDE = 640; // CSS pixels
const SMALLEST = 0.2; // of full size: below it, nothing would be seen
const SMALLEST_FIT = 0.72; // of full size: below it, the letters of a pair are fitted only if asked for

/**
 * The state of `network`, and a place of its own in `box`.
 * @param {object} network of the data
 * @param {HTMLElement} box
 * @param {HTMLElement} root the component's
 * @returns {Drawn}
 */
export function viewOf(network, box, root) {
  const isPair = root.data.networks.length > 1;
  const place = document.createElement("section");
  place.className = "nw-view";
  place.innerHTML = '<h3 class="nw-heading"></h3><div class="nw-frames"><div class="nw-scroll"></div></div>';
  place.querySelector(".nw-heading").textContent = network.title;
  place.querySelector(".nw-heading").hidden = !isPair;
  box.append(place);
  const view = { place, scroll: place.querySelector(".nw-scroll"), chosen: null, focusName: null, plan: null };
  renew(view, network);
  // On a phone an open block would lie out of sight, and only take height; of a pair, both are to fit.
  const isRoomy = root.clientWidth >= WIDE && !isPair;
  view.open = isRoomy ? openAtFirst(view.layers, view.names) : new Set();
  return view;
}

/**
 * The same network with other layers: what is open stays open.
 * @param {Drawn} view
 * @param {object} network of the data
 */
export function renew(view, network) {
  const layers = readable(network.layers);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  Object.assign(view, { network, layers, byName, names: foldable(layers) });
}

/** Layers that read nothing read the picture. */
function readable(layers) {
  const names = new Set(layers.map((layer) => layer.name));
  return layers.map((layer) => {
    const inputs = (layer.inputs ?? []).map((name) => (names.has(name) ? name : PICTURE));
    return { ...layer, inputs: inputs.length ? [...new Set(inputs)] : [PICTURE] };
  });
}

/**
 * The chosen layer of a view is drawn, whatever was folded, and scrolled to.
 * @param {Drawn} view
 */
export function reveal(view) {
  for (const name of around(view.chosen ?? "", view.names)) view.open.add(name);
  view.isToReveal = true;
}

/**
 * All drawings anew, to one scale.
 * @param {HTMLElement} root the component's
 */
export function paint(root) {
  const all = root.views.map((view) => nodesOf(view));
  const sides = commonScale(all);
  root.views.forEach((view, i) => {
    view.nodes = all[i];
    view.plan = planOf(view, sides, root.data.strings);
  });
  const widest = Math.max(...root.views.map((view) => view.plan.width));
  const room = root.views[0].scroll.clientWidth || widest;
  root.isTooWide = widest > room;
  root.isFitted = root.askedFit ?? (root.views.length > 1 && room / widest >= SMALLEST_FIT); // the first width need not be the last
  const scale = root.isTooWide && root.isFitted ? Math.max(SMALLEST, room / widest) : 1;
  for (const view of root.views) redraw(root, view, scale);
}

function nodesOf(view) {
  const picture = { name: PICTURE, kind: "", family: "input", shape: view.network.input, inputs: [] };
  return folded([picture, ...view.layers], view.names, view.open);
}

function planOf(view, sides, strings) {
  const last = (node) => node.members[node.members.length - 1];
  return layOut(
    view.nodes,
    (node) => last(node).shape,
    (node) => node.layer?.family ?? "block",
    (node) => labelOf(node, last(node).shape, view, strings),
    view.names.filter((name) => view.open.has(name)),
    sides,
  );
}

/** Below a block: its name, its shape, and whether it learns, where some do not. */
function labelOf(node, shape, view, strings) {
  const name = node.name === PICTURE ? strings.input : shortName(node, view.names);
  const learning = learningOf(node.members);
  return [name, shape.join("×"), ...(learning ? [shortly(learning, strings)] : [])];
}

/** A name inside its block: "branch2.0" of "inception3a.branch2.0.conv". */
function shortName(node, names) {
  const block = around(node.name, names).pop();
  const own = block && !block.endsWith("*") ? node.name.slice(block.length + 1) : spoken(node.name, names);
  return own.replace(/\.conv$/, "");
}

function redraw(root, view, scale) {
  const { strings } = root.data;
  const says = (box) => {
    if (box.node.name === PICTURE) return filled(strings.picture, { shape: view.network.input.join(" × ") });
    return box.node.layer ? sentence(box.node.layer, view, strings) : folder(box, spoken(box.node.name, view.names), strings);
  };
  const { scroll } = view;
  const focused = root.getRootNode().activeElement;
  const [left, had] = [scroll.scrollLeft, scroll.contains(focused)];
  if (had) view.focusName = focused.dataset.name ?? view.focusName; // however it came there
  const svg = drawing(view.plan, strings, view.network, says, (name) => spoken(name, view.names));
  svg.setAttribute("width", view.plan.width * scale);
  svg.setAttribute("height", view.plan.height * scale);
  scroll.replaceChildren(svg);
  view.blocks = new Map([...svg.querySelectorAll(".nw-block")].map((block) => [block.dataset.name, block]));
  view.marked = null;
  scroll.scrollLeft = left;
  edges(view, strings);
  if (view.isToReveal) intoView(view, view.chosen);
  view.isToReveal = false;
  if (had) view.blocks.get(view.focusName)?.focus({ preventScroll: true });
}

/**
 * Which block is chosen, which one Tab comes to, and what is said of it.
 * @param {HTMLElement} root the component's
 */
export function mark(root) {
  for (const view of root.views) {
    const block = view.blocks.get(view.chosen);
    if (view.marked && view.marked !== block) {
      view.marked.classList.remove("nw-chosen");
      view.marked.setAttribute("aria-pressed", "false");
    }
    block?.classList.add("nw-chosen");
    block?.setAttribute("aria-pressed", "true");
    view.marked = block ?? null;
    const all = [...view.blocks.values()];
    const entry = view.blocks.get(view.focusName) ?? block ?? all[1] ?? all[0];
    view.entry?.setAttribute("tabindex", "-1");
    entry.setAttribute("tabindex", "0");
    view.entry = entry;
    for (const part of view.parts ?? []) part.classList.toggle("nw-chosen", part.dataset.name === view.chosen);
  }
  const described = root.views.find((view) => view.network.id === root.said) ?? root.views[0];
  const layer = described.byName.get(described.chosen);
  const words = layer ? sentence(layer, described, root.data.strings) : root.data.strings.hint;
  const say = root.querySelector(".nw-say");
  const named = layer && root.views.length > 1 ? withColon(described.network.title, words, isChinese(words)) : words;
  if (say.textContent !== named) say.textContent = named;
}
