// A network as blocks whose sides are its shapes. Choosing a layer tells the server; folding stays in the browser.
import { themedRoot } from "../shared/theme.js";
import { filled } from "../shared/words.js";
import { foldable, openAtFirst, around, folded } from "./folding.js";
import { layOut } from "./layout.js";
import { drawing } from "./draw.js";

const PICTURE = "@picture";
const WIDE = 640; // CSS pixels
const PAUSE = 250; // ms after the last arrow key, before the server hears of it

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  if (root.network !== data.id) {
    Object.assign(root, { network: data.id, focusName: null, shown: null });
    root.layers = readable(data.layers);
    root.names = foldable(root.layers);
    const isWide = root.clientWidth >= WIDE; // on a phone an open block would lie out of sight, and only take height
    root.open = isWide ? openAtFirst(root.layers, root.names) : new Set();
  }
  Object.assign(root, { data, send: (name) => setTriggerValue("chosen", name) });
  if (data.chosen !== root.shown) {
    for (const name of around(data.chosen ?? "", root.names)) root.open.add(name);
    root.chosen = data.chosen;
  }
  paint(root);
  if (data.chosen !== root.shown) intoView(root, data.chosen);
  root.shown = data.chosen;
  listen(root);
}

/** Layers that read nothing read the picture. */
function readable(layers) {
  const names = new Set(layers.map((layer) => layer.name));
  return layers.map((layer) => {
    const inputs = layer.inputs.map((name) => (names.has(name) ? name : PICTURE));
    return { ...layer, inputs: inputs.length ? [...new Set(inputs)] : [PICTURE] };
  });
}

function paint(root) {
  const { data, layers, names, open } = root;
  const { strings } = data;
  const picture = { name: PICTURE, kind: "", family: "input", shape: data.input, inputs: [], says: strings.picture };
  const nodes = folded([picture, ...layers], names, open);
  const last = (node) => node.members[node.members.length - 1];
  const plan = layOut(
    nodes,
    (node) => last(node).shape,
    (node) => node.layer?.family ?? "block",
    (node) => [node.name === PICTURE ? strings.input : shortName(node, names), last(node).shape.join("×")],
    names.filter((name) => open.has(name)),
  );
  const says = (box) =>
    box.node.layer?.says ??
    filled(strings.unfold, { name: box.node.name, count: box.node.members.length, shape: box.shape.join(" × ") });
  const scroll = root.querySelector(".nw-scroll");
  const [left, had] = [scroll.scrollLeft, scroll.contains(focused(root))];
  scroll.replaceChildren(drawing(plan, strings, says));
  scroll.scrollLeft = left;
  mark(root);
  legend(root, plan);
  if (had) focusOn(root, root.focusName);
  const all = root.querySelector(".nw-all");
  all.hidden = !names.length;
  all.textContent = names.some((name) => !open.has(name)) ? strings.unfoldAll : strings.foldAll;
}

/** A name inside its block: "branch2.0" of "inception3a.branch2.0.conv". */
function shortName(node, names) {
  const block = around(node.name, names).pop();
  const own = block ? node.name.slice(block.length + 1) : node.name;
  return own.replace(/\.conv$/, "");
}

function legend(root, plan) {
  const { families } = root.data.strings;
  const drawn = new Set(plan.boxes.map((box) => (box.isPlate ? "plate" : box.family)));
  const present = Object.keys(families).filter((family) => drawn.has(family));
  root.querySelector(".nw-legend").replaceChildren(
    ...present.map((family) => {
      const item = document.createElement("li");
      item.className = `nw-${family}`;
      item.textContent = families[family];
      return item;
    }),
  );
}

function blocks(root) {
  return [...root.querySelectorAll(".nw-block")];
}

function focused(root) {
  return root.getRootNode().activeElement;
}

/** Which block is chosen, which one Tab comes to, and what is said of it. */
function mark(root) {
  const all = blocks(root);
  const entry = all.find((block) => block.dataset.name === (root.focusName ?? root.chosen)) ?? all[1] ?? all[0];
  for (const block of all) {
    const isChosen = block.dataset.name === root.chosen;
    block.classList.toggle("nw-chosen", isChosen);
    block.setAttribute("aria-pressed", String(isChosen));
    block.setAttribute("tabindex", block === entry ? "0" : "-1");
  }
  const chosen = root.layers.find((layer) => layer.name === root.chosen);
  const words = chosen ? chosen.says : root.data.strings.hint;
  const say = root.querySelector(".nw-say");
  if (say.textContent !== words) say.textContent = words;
}

function choose(root, name, pause = 0) {
  root.focusName = name;
  if (name === PICTURE) return mark(root);
  if (!root.layers.some((layer) => layer.name === name)) return mark(root); // a folded block
  root.chosen = name;
  mark(root);
  clearTimeout(root.timer);
  root.timer = setTimeout(() => {
    root.shown = name;
    root.send(name);
  }, pause);
}

function toggle(root, name, isOpen) {
  if (isOpen) root.open.delete(name);
  else root.open.add(name);
  const inside = root.layers.find((layer) => layer.name.startsWith(`${name}.`));
  root.focusName = isOpen ? name : inside.name;
  paint(root);
  focusOn(root, root.focusName);
}

function focusOn(root, name) {
  const block = blocks(root).find((each) => each.dataset.name === name);
  block?.focus({ preventScroll: true });
  if (block) intoView(root, name);
}

/** Scroll the drawing's own box, never the page. */
function intoView(root, name) {
  const scroll = root.querySelector(".nw-scroll");
  const block = blocks(root).find((each) => each.dataset.name === name);
  if (!block) return;
  const [own, outer] = [block.getBoundingClientRect(), scroll.getBoundingClientRect()];
  if (own.left < outer.left + 20 || own.right > outer.right - 20) {
    scroll.scrollLeft += own.left - outer.left - (outer.width - own.width) / 2;
  }
}

function listen(root) {
  const scroll = root.querySelector(".nw-scroll");
  scroll.onclick = (event) => {
    const handle = event.target.closest(".nw-handle");
    if (handle) return toggle(root, handle.dataset.fold, true);
    const block = event.target.closest(".nw-block");
    if (!block) return undefined;
    return activate(root, block);
  };
  scroll.onkeydown = (event) => {
    const handle = event.target.closest(".nw-handle");
    if (["Enter", " "].includes(event.key)) {
      event.preventDefault();
      if (handle) return toggle(root, handle.dataset.fold, true);
      return activate(root, event.target.closest(".nw-block"));
    }
    const to = handle ? null : neighbour(blocks(root), event.target.closest(".nw-block"), event.key);
    if (!to) return undefined;
    event.preventDefault();
    choose(root, to.dataset.name, PAUSE);
    return focusOn(root, to.dataset.name);
  };
  root.querySelector(".nw-all").onclick = () => {
    const isOpening = root.names.some((name) => !root.open.has(name));
    root.open = new Set(isOpening ? root.names : []);
    paint(root);
  };
}

function activate(root, block) {
  const { name } = block.dataset;
  if (root.names.includes(name)) return toggle(root, name, false);
  choose(root, name);
  return block.focus({ preventScroll: true });
}

/** Left and right: as computed; up and down: the nearest in another lane. */
function neighbour(all, block, key) {
  const at = all.indexOf(block);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[key];
  if (to !== undefined) return all[to];
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const centre = (each) => {
    const box = each.querySelector(".nw-front").getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = centre(block);
  const sign = key === "ArrowDown" ? 1 : -1;
  const far = (each) => {
    const [a, b] = centre(each);
    return sign * (b - y) < 12 || Math.abs(a - x) > 160 ? Infinity : Math.hypot(a - x, b - y);
  };
  const [best] = all.filter((each) => far(each) < Infinity).sort((a, b) => far(a) - far(b));
  return best ?? null;
}
