// Diagram layout: where the blocks of a network stand. Pure: nodes in the order they are computed, pixels out.
//
// A block is as high as its maps (a logarithmic scale) and as wide as it has channels (another). Paths that run beside
// each other lie in lanes, one below the other; the first goes on straight.

import { isInside } from "./folding.js";
/** @import { Block } from "./folding.js" */

/** @typedef {{ channel: number, pixel: number, gap: number }} Scale CSS pixels for twice the channels, for twice the side, between */
/**
 * A block at its place, CSS pixels; `slot`: where what follows may begin; `headroom`: of shortcuts above it.
 * @typedef {object} Box
 * @property {any} node the Block
 * @property {string} family
 * @property {number[]} shape
 * @property {string[]} label
 * @property {number} lane
 * @property {boolean} isPlate
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} depth
 * @property {number} headroom
 * @property {number} slot
 */

const PLATES = new Set(["activation", "norm", "dropout"]); // leave shapes as they are: thin, close to what they follow
const LANE_GAP = 14;
const LABEL = 34; // two lines of words below a block
const THIRD_LINE = 14;
const ARC = 16; // how far a shortcut passes above what it goes around
const HEADER = 30; // above an open block
const LETTERS = [5.9, 6, 5.9]; // width of a letter of a name, a digit of a shape, a letter of what it does, about (style.css)
const HAN = 12.5; // of a Chinese character

const ROOMY = { channel: 7.5, pixel: 20, gap: 34 }; // CSS pixels for twice the channels, for twice the side
const DENSE = { channel: 6, pixel: 11, gap: 20 }; // of deep networks, and of those with lanes
const TIGHT = { channel: 5, pixel: 11, gap: 11 }; // of two networks in one picture
const DEEP = 16;

/**
 * { width, height, depth } of the block for a shape [c, h, w] or [n].
 * @param {number[]} shape
 * @param {string} family
 * @param {Scale} scale
 * @returns {{ width: number, height: number, depth: number }} CSS pixels
 */
function blockSize(shape, family, scale = ROOMY) {
  const [channels, height = 1, width = 1] = shape;
  const side = Math.max(height, width);
  const size = { width: 8 + scale.channel * Math.log2(channels + 1), height: 14 + scale.pixel * Math.log2(side), depth: 0 };
  size.depth = Math.min(24, 4 + size.height * 0.14);
  if (PLATES.has(family)) size.width = 9;
  if (family === "sum") return { width: 24, height: 24, depth: 0 };
  return size;
}

/**
 * One scale for all that are in one picture.
 * @param {Block[][]} all the nodes of every network
 * @returns {Scale}
 */
export function commonScale(all) {
  if (all.length > 1) return all.some(isDeep) ? TIGHT : ROOMY;
  return isDeep(all[0]) ? DENSE : ROOMY;
}

function isDeep(nodes) {
  return nodes.length > DEEP || nodes.some((node) => node.inputs.length > 1);
}

/**
 * Nodes with x, y, width, height, depth, lane; wires; frames; the size of all. `names`: the blocks that are open.
 * @param {Block[]} nodes
 * @param {(node: Block) => number[]} shapeOf
 * @param {(node: Block) => string} familyOf
 * @param {(node: Block) => string[]} labelOf
 * @param {string[]} names
 * @param {Scale} scale
 * @returns {{ boxes: Box[], frames: object[], wires: object[], width: number, height: number }} CSS pixels
 */
export function layOut(nodes, shapeOf, familyOf, labelOf, names, scale = isDeep(nodes) ? DENSE : ROOMY) {
  const placed = placeAlong(nodes, scale, shapeOf, familyOf, labelOf);
  placeAcross(placed, scale.gap);
  const boxes = [...placed.values()];
  const frames = framesOf(boxes, names);
  const top = Math.min(...boxes.map((box) => box.y - box.depth - box.headroom), ...frames.map((frame) => frame.y)) - 6;
  for (const each of [...boxes, ...frames]) each.y -= top;
  return {
    boxes,
    frames,
    wires: wiresOf(placed),
    width: Math.max(...boxes.map((box) => box.slot), ...frames.map((frame) => frame.x + frame.width)) + 12,
    height: Math.max(...boxes.map((box) => box.y + box.height + labelHeight(boxes)), ...frames.map((frame) => frame.y + frame.height)) + 6,
  };
}

function placeAlong(nodes, scale, shapeOf, familyOf, labelOf) {
  const placed = new Map();
  const ends = []; // of every lane, the rightmost edge
  const waiting = new Map(nodes.map((node) => [node.name, 0]));
  for (const node of nodes) for (const input of node.inputs) waiting.set(input, waiting.get(input) + 1);
  const goesOn = new Set(); // nodes whose own lane is taken up by one that reads them
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => placed.get(name));
    const family = familyOf(node);
    const shape = shapeOf(node);
    const isPlate = PLATES.has(family);
    const from = Math.max(0, ...inputs.map((box) => (isPlate ? box.x + box.width + box.depth * 0.8 : box.slot)));
    const left = inputs.length ? from + (isPlate ? 5 : scale.gap) : 8;
    const lane = laneOf(inputs, ends, left, placed, waiting, goesOn);
    for (const input of node.inputs) waiting.set(input, waiting.get(input) - 1);
    const size = blockSize(shape, family, scale);
    const label = isPlate || family === "sum" ? [] : labelOf(node);
    const words = Math.max(0, ...label.map((line, i) => wide(line, LETTERS[i])));
    const full = size.width + size.depth * 0.8;
    const shift = Math.max(0, (words - full) / 2);
    const box = { node, family, shape, label, lane, isPlate, ...size, x: left + shift, headroom: 0, y: 0, slot: left + Math.max(full, words) };
    ends[lane] = box.slot;
    placed.set(node.name, box);
  }
  return placed;
}

/** CSS pixels of a line of words. */
function wide(line, letter) {
  return [...line].reduce((width, sign) => width + (sign > "\u2e7f" ? HAN : letter), 0);
}

/** Height of the words below a block. */
function labelHeight(boxes) {
  return boxes.some((box) => box.label.length > 2) ? LABEL + THIRD_LINE : LABEL;
}

/** Where paths meet: the uppermost of theirs. Else the lane of what is read, if free; else the next free one below. */
function laneOf(inputs, ends, left, placed, waiting, goesOn) {
  if (!inputs.length) return 0;
  if (inputs.length > 1) return Math.min(...inputs.map((box) => box.lane));
  const [input] = inputs;
  if (!goesOn.has(input)) {
    goesOn.add(input);
    return input.lane;
  }
  const busy = new Set([...placed.values()].filter((box) => waiting.get(box.node.name) > 0).map((box) => box.lane));
  let lane = input.lane + 1;
  while (busy.has(lane) || (ends[lane] ?? 0) > left) lane++;
  return lane;
}

/** Middles of the lanes, each stretch with lanes by itself, so that large blocks elsewhere push nothing apart. */
function placeAcross(placed, gap) {
  const boxes = [...placed.values()];
  const label = labelHeight(boxes);
  for (const stretch of stretches(boxes, gap)) {
    const inside = boxes.filter((box) => box.slot > stretch.left && box.x < stretch.right);
    const high = (lane) => Math.max(0, ...inside.filter((box) => box.lane === lane).map((box) => box.height + box.depth));
    const lanes = Math.max(...inside.map((box) => box.lane));
    let middle = 0;
    for (let lane = 1; lane <= lanes; lane++) {
      middle += high(lane - 1) / 2 + label + LANE_GAP + high(lane) / 2;
      for (const box of inside) if (box.lane === lane) box.y = middle - box.height / 2;
    }
  }
  for (const box of boxes) if (box.lane === 0) box.y = -box.height / 2;
  for (const box of boxes) for (const arc of skipped(placed, box)) box.headroom = Math.max(box.headroom, arc.rise);
}

function stretches(boxes, gap) {
  const found = [];
  for (const box of boxes.filter((each) => each.lane > 0).sort((a, b) => a.x - b.x)) {
    const last = found[found.length - 1];
    if (last && box.x < last.right + 3 * gap) last.right = Math.max(last.right, box.slot);
    else found.push({ left: box.x - gap, right: box.slot + gap });
  }
  return found;
}

/** The shortcuts that end in `box`: from what it reads in its own lane, around what lies between. */
function skipped(placed, box) {
  const found = [];
  for (const name of box.node.inputs) {
    const from = placed.get(name);
    if (from.lane !== box.lane) continue;
    const between = [...placed.values()].filter((b) => b.lane === box.lane && b.x > from.x && b.x < box.x);
    if (!between.length) continue;
    const reach = Math.max(...between.map((each) => each.height / 2 + each.depth * 0.6)) + ARC;
    found.push({ from, reach, rise: Math.max(0, reach - box.height / 2) + 4 });
  }
  return found;
}

function wiresOf(placed) {
  const wires = [];
  for (const box of placed.values()) {
    const arcs = skipped(placed, box);
    for (const name of box.node.inputs) {
      const from = placed.get(name);
      const arc = arcs.find((each) => each.from === from);
      wires.push({ from: name, to: box.node.name, path: arc ? over(from, box, arc.reach) : across(from, box) });
    }
  }
  return wires;
}

const edge = (box) => box.x + box.width + box.depth * 0.8;
const middleOf = (box) => box.y + box.height / 2;

function across(from, to) {
  const [x, y, a, b] = [edge(from), middleOf(from), to.x, middleOf(to)];
  if (Math.abs(y - b) < 1) return `M${x} ${y}H${a}`;
  // Down beside what is left, along the lane, and up again beside what is reached.
  const bend = Math.min(22, (a - x) / 2);
  if (to.lane > from.lane) return `M${x} ${y}C${x + bend} ${y} ${x} ${b} ${x + bend} ${b}H${a}`;
  return `M${x} ${y}H${a - bend}C${a} ${y} ${a - bend} ${b} ${a} ${b}`;
}

function over(from, to, reach) {
  const top = middleOf(from) - reach;
  const [x, y] = [edge(from) + 5, middleOf(from)];
  const [a, b] = [to.x + to.width / 2, to.y - to.depth * 0.6];
  return `M${edge(from)} ${y}H${x}V${top + 8}Q${x} ${top} ${x + 8} ${top}H${a - 8}Q${a} ${top} ${a} ${top + 8}V${b}`;
}

/** A frame around every open block, the outer ones first. */
function framesOf(boxes, names) {
  const frames = [];
  for (const name of names) {
    const inside = boxes.filter((box) => box.node.name !== name && isInside(`${box.node.name}.`, name));
    if (!inside.length) continue;
    const deeper = names.some((other) => other !== name && isInside(`${other}.`, name)) ? HEADER : 0;
    const left = Math.min(...inside.map((box) => Math.min(box.x, box.slot - box.width))) - 10;
    const top = Math.min(...inside.map((box) => box.y - box.depth * 0.6 - box.headroom)) - HEADER - deeper;
    const bottom = Math.max(...inside.map((box) => box.y + box.height + labelHeight(boxes))) + (deeper ? 6 : 0);
    const right = Math.max(...inside.map((box) => box.slot)) + (deeper ? 12 : 6);
    frames.push({ name, x: left, y: top, width: right - left, height: bottom - top });
  }
  return frames;
}
