// Strip: a network's layers in the order they run, each a small tile with what it made of the picture, to choose from.
// All pictures come as one PNG, in rows of
// `columns`; arcs above the tiles are the ways round: shortcuts and branches.
import { themedRoot } from "../../../shared/component/theme.js";
import { element } from "../../../shared/component/elements.js";
import { svgNode } from "../../../shared/component/svg.js";
import { arcs } from "./arcs.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const TILE = 62; // CSS pixels from tile to tile, as in style.css
const LONG = 8; // letters of a size: more are written smaller
const LANE = 5; // CSS pixels of height for each arc above another
const FADE = 56; // CSS pixels at a side that can be scrolled to

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const row = root.querySelector(".st-row");
  row.setAttribute("aria-label", data.label);
  const key = JSON.stringify(data.nodes);
  if (root.nodes !== key) {
    root.nodes = key;
    build(row, data);
    row.onkeydown = (event) => step(row, event);
  }
  row.onclick = (event) => {
    const clicked = event.target.closest(".st-tile");
    if (clicked) setTriggerValue("chosen", [...row.querySelectorAll(".st-tile")].indexOf(clicked));
  };
  paint(row, data);
  const scroll = root.querySelector(".st-scroll");
  if (root.chosen !== data.chosen) show(scroll, data.chosen, root.chosen === undefined);
  root.chosen = data.chosen;
  fade(scroll);
  scroll.onscroll = () => fade(scroll);
  if (!root.observer) {
    root.observer = new ResizeObserver(() => fade(scroll));
    root.observer.observe(scroll);
  }
}

/** Where there is more than is seen, the strip fades out. */
function fade(scroll) {
  const beyond = scroll.scrollWidth - scroll.clientWidth - scroll.scrollLeft;
  scroll.style.setProperty("--before", `${Math.min(FADE, scroll.scrollLeft)}px`);
  scroll.style.setProperty("--after", `${Math.max(0, Math.min(FADE, beyond))}px`);
}

function build(row, { nodes }) {
  const found = arcs(nodes.map((node) => node.reads));
  const lanes = Math.max(0, ...found.map((arc) => arc.lane + 1));
  row.style.setProperty("--lanes", `${lanes ? lanes * LANE + 6 : 0}px`);
  row.style.setProperty("--blocks", nodes.some((node) => node.block) ? "14px" : "0px");
  row.replaceChildren(drawn(found, nodes.length, lanes), ...blocks(nodes), ...nodes.map(tile));
}

function tile(node) {
  return element("button", { type: "button", className: "st-tile", title: node.title }, [
    element("span", { className: "st-picture" }, [element("span", { className: "st-sign", textContent: node.sign })]),
    element("span", { className: "st-name", textContent: node.name }),
    element("span", { className: node.size.length > LONG ? "st-size st-long" : "st-size", textContent: node.size }),
  ]);
}

/** The blocks' names, each over the tiles of its layers. */
function blocks(nodes) {
  const starts = nodes.flatMap((node, at) => (node.block !== nodes[at - 1]?.block ? [at] : []));
  return starts.map((start, number) => {
    const label = element("span", { className: "st-block", textContent: nodes[start].block, attributes: { "aria-hidden": "true" } });
    label.style.left = `${start * TILE + 4}px`;
    label.style.maxWidth = `${((starts[number + 1] ?? nodes.length) - start) * TILE - 8}px`;
    return label;
  });
}

function paint(row, { sprite, side, columns, nodes, chosen }) {
  const size = `${columns * side}px ${Math.ceil(nodes.length / columns) * side}px`;
  row.querySelectorAll(".st-tile").forEach((button, i) => {
    const picture = button.querySelector(".st-picture").style;
    picture.backgroundImage = sprite ? `url(${sprite})` : "";
    picture.backgroundSize = size;
    picture.backgroundPosition = `${-(i % columns) * side}px ${-Math.floor(i / columns) * side}px`;
    picture.width = picture.height = `${side}px`;
    button.setAttribute("aria-pressed", String(i === chosen));
    button.tabIndex = i === chosen ? 0 : -1;
  });
}

/** The ways round as arcs over the tiles. */
function drawn(found, count, lanes) {
  const height = lanes ? lanes * LANE + 6 : 0;
  const svg = svgNode("svg", { class: "st-arcs", width: count * TILE, height, "aria-hidden": "true" });
  for (const { from, to, lane } of found) {
    const [left, right] = [(from + 0.5) * TILE + 6, (to + 0.5) * TILE - 6];
    const top = height - 6 - lane * LANE - 1;
    svg.append(svgNode("path", { d: `M${left} ${height}V${top + 3}q0 -3 3 -3H${right - 3}q3 0 3 3V${height}` }));
  }
  return svg;
}

/** The chosen tile comes into the middle of the strip; the page stays where it is. */
function show(scroll, chosen, isFirst) {
  const left = chosen * TILE - (scroll.clientWidth - TILE) / 2;
  const isSeen = chosen * TILE >= scroll.scrollLeft && (chosen + 1) * TILE <= scroll.scrollLeft + scroll.clientWidth;
  if (!isSeen || isFirst) scroll.scrollTo({ left, behavior: isFirst ? "instant" : "auto" });
}

/** Arrow keys go along the strip; Enter or Space, a button's own keys, choose. */
function step(row, event) {
  const tiles = [...row.querySelectorAll(".st-tile")];
  const at = tiles.findIndex((button) => button.matches(":focus"));
  const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: tiles.length - 1 };
  const to = moves[event.key];
  if (at < 0 || !tiles[to]) return;
  event.preventDefault();
  tiles[at].tabIndex = -1;
  tiles[to].tabIndex = 0;
  tiles[to].focus({ preventScroll: true });
  show(row.parentElement, to, false);
}
