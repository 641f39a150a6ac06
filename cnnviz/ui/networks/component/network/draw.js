// Diagram drawing: blocks, wires and frames as SVG elements.
import { svgNode, svgText } from "../../../shared/component/svg.js";
import { filled, followed, isChinese, sentencesOf, withColon } from "../../../shared/component/words.js";
import { learningOf } from "./learning.js";
/** @import { Box } from "./layout.js" */
/** @import { Words } from "../../../shared/component/words.js" */

/**
 * The network as an SVG element; names are in data-name and data-fold.
 * @param {object} plan as layout.js makes it
 * @param {Words} strings
 * @param {{ title: string, learning: string }} network what people call it, and how much of it is frozen
 * @param {(box: Box) => string} says what a block is called
 * @param {(name: string) => string} spoken what a frame is called
 * @returns {SVGElement}
 */
export function drawing(plan, strings, { title, learning }, says, spoken) {
  const svg = svgNode("svg", { viewBox: `0 0 ${plan.width} ${plan.height}` });
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", followed(filled(strings.label, { name: title }), sentencesOf([learning, strings.hint])));
  if (learning) svg.append(hatching());
  for (const frame of plan.frames) svg.append(framed(frame, strings, spoken(frame.name)));
  for (const wire of plan.wires) svg.append(svgNode("path", { d: wire.path, class: "nw-wire" }));
  for (const box of plan.boxes) svg.append(block(box, says(box)));
  return svg;
}

function framed(frame, strings, name) {
  const group = svgNode("g", { class: "nw-frame" });
  group.append(svgNode("rect", { ...placeOf(frame), rx: 8 }));
  const handle = svgNode("g", { class: "nw-handle", role: "button", tabindex: -1, "data-fold": frame.name });
  handle.setAttribute("aria-expanded", "true");
  handle.setAttribute("aria-label", filled(strings.fold, { name }));
  const width = name.length * 7.4 + 30;
  handle.append(svgNode("rect", { x: frame.x + 4, y: frame.y + 3, width, height: 22, rx: 6 }));
  handle.append(text("−", frame.x + 15, frame.y + 19, "nw-sign"), text(name, frame.x + 25, frame.y + 19, "nw-name"));
  group.append(handle);
  return group;
}

function block(box, said) {
  const learning = learningOf(box.node.members);
  const kinds = `nw-block nw-${box.family}${learning ? ` nw-is-${learning.kind}` : ""}`;
  const group = svgNode("g", { class: kinds, role: "button", tabindex: -1 });
  group.dataset.name = box.node.name;
  group.setAttribute("aria-label", spokenName(box.label, said));
  group.append(titled(said), svgNode("rect", { class: "nw-hit", ...hitOf(box) }));
  if (box.family === "sum") group.append(...circle(box));
  else {
    if (!box.node.layer) group.append(...solid({ ...box, x: box.x + 5, y: box.y - 5 }));
    group.append(...solid(box), ...hatched(box, learning));
  }
  group.setAttribute(box.node.layer ? "aria-pressed" : "aria-expanded", "false");
  if (!box.node.layer) {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    group.append(text("+", x, y + 7, "nw-sign nw-large"));
  }
  const middle = box.x + (box.width + box.depth * 0.8) / 2;
  box.label.forEach((line, i) => {
    group.append(" ", text(line, middle, box.y + box.height + 14 + 14 * i, ["nw-title", "nw-shape", "nw-does"][i]));
  });
  return group;
}

/** What is seen is part of what is said (WCAG 2.5.3), so that who speaks to the browser can name the block. */
function spokenName(label, said) {
  if (label.length < 2 || said.startsWith(label.join(" "))) return said;
  const seen = label.join(" ");
  return said.startsWith(label[0]) ? seen + said.slice(label[0].length) : withColon(seen, said, isChinese(said));
}

/** What answers to the mouse: the block, its label and what is between. */
function hitOf({ x, y, width, height, depth, label, slot }) {
  const right = Math.max(x + width + depth * 0.8, label.length ? slot : 0);
  const left = label.length ? Math.min(x, 2 * x + width + depth * 0.8 - right) : x; // as far out on both sides
  return { x: left, y: y - depth * 0.6, width: right - left, height: height + depth * 0.6 + 16 * label.length };
}

/** Lines across the front of what is frozen; of a folded block as high as its share of the weights. */
function hatched({ x, y, width, height }, learning) {
  if (!learning?.frozen) return [];
  const part = (height * learning.frozen) / learning.all;
  return [svgNode("rect", { class: "nw-hatched", fill: "url(#nw-hatch)", x, y: y + height - part, width, height: part })];
}

function hatching() {
  const pattern = svgNode("pattern", { id: "nw-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(svgNode("path", { class: "nw-hatch", d: "M0 0V6" }));
  return pattern;
}

/** Three faces: the front has the block's own sides, top and right lean away. */
function solid({ x, y, width, height, depth }) {
  const [dx, dy] = [depth * 0.8, -depth * 0.6];
  const [right, bottom] = [x + width, y + height];
  return [
    svgNode("path", { class: "nw-top", d: `M${x} ${y}l${dx} ${dy}h${width}L${right} ${y}Z` }),
    svgNode("path", { class: "nw-side", d: `M${right} ${y}l${dx} ${dy}v${height}L${right} ${bottom}Z` }),
    svgNode("rect", { class: "nw-front", x, y, width, height }),
  ];
}

function circle({ x, y, width }) {
  const half = width / 2;
  return [
    svgNode("circle", { class: "nw-front", cx: x + half, cy: y + half, r: half - 1 }),
    svgNode("path", { class: "nw-plus", d: `M${x + half} ${y + 6}v${width - 12}M${x + 6} ${y + half}h${width - 12}` }),
  ];
}

function placeOf({ x, y, width, height }) {
  return { x, y, width, height };
}

function titled(words) {
  const title = svgNode("title");
  title.textContent = words;
  return title;
}

function text(words, x, y, kind) {
  return svgText(words, { x, y, class: kind });
}
