// Diagram events, by mouse and keys: choosing, walking, folding, fitting.
import { around, isInside } from "./folding.js";
import { isAllOpen } from "./legend.js";
import { mark } from "./picture.js";
import { intoView } from "./scrolling.js";
import { showPointed } from "./strips.js";

const PAUSE = 250; // ms after the last arrow key, before it is sent to the server

/**
 * Hears mouse and keys on the drawings and the bars.
 * @param {HTMLElement} root the component's
 * @param {() => void} draw everything anew
 */
export function listen(root, draw) {
  for (const view of root.views) {
    view.scroll.onclick = (event) => clicked(root, view, event.target, draw);
    view.scroll.onkeydown = (event) => pressed(root, view, event, draw);
  }
  const strips = root.querySelector(".nw-strips");
  strips.onclick = (event) => {
    const part = event.target.closest(".nw-part");
    if (part) chooseFromStrip(root, part, draw);
  };
  strips.onkeydown = (event) => along(event);
  strips.onpointerover = strips.onpointerout = showPointed;
  if (!strips.isListening) for (const type of ["focusin", "focusout"]) strips.addEventListener(type, showPointed);
  strips.isListening = true;
  root.querySelector(".nw-all").onclick = () => {
    const isOpen = isAllOpen(root);
    for (const view of root.views) view.open = new Set(isOpen ? [] : view.names);
    draw();
  };
  root.querySelector(".nw-fit").onclick = () => {
    root.askedFit = !root.isFitted;
    draw();
  };
}

function clicked(root, view, target, draw) {
  const handle = target.closest(".nw-handle");
  if (handle) return toggle(view, handle.dataset.fold, draw);
  const block = target.closest(".nw-block");
  return block ? activate(root, view, block, draw) : undefined;
}

function pressed(root, view, event, draw) {
  const handle = event.target.closest(".nw-handle");
  const block = event.target.closest(".nw-block");
  if (["Enter", " "].includes(event.key)) {
    event.preventDefault();
    return handle ? toggle(view, handle.dataset.fold, draw) : activate(root, view, block, draw);
  }
  const inside = block ? around(block.dataset.name, view.names).filter((name) => view.open.has(name)).pop() : null;
  if (event.key === "Escape" && inside) {
    event.preventDefault();
    return toggle(view, inside, draw);
  }
  const to = handle || !block ? null : neighbour([...view.blocks.values()], block, event.key);
  if (!to) return undefined;
  event.preventDefault();
  choose(root, view, to.dataset.name, PAUSE);
  to.focus({ preventScroll: true });
  return intoView(view, to.dataset.name);
}

function activate(root, view, block, draw) {
  const { name } = block.dataset;
  if (view.names.includes(name)) return toggle(view, name, draw);
  choose(root, view, name);
  return block.focus({ preventScroll: true });
}

function choose(root, view, name, pause = 0) {
  view.focusName = name;
  if (!view.byName.has(name)) return mark(root); // the picture, a folded block
  for (const each of root.views) each.chosen = each === view ? name : null;
  root.said = view.network.id;
  mark(root);
  clearTimeout(root.timer);
  if (!root.data.isHeard) return undefined;
  root.timer = setTimeout(() => {
    root.sent.push(name);
    root.send(name);
  }, pause);
  return undefined;
}

/** Open or close a block; the focus goes to what is inside, or back to the block. */
function toggle(view, name, draw) {
  const wasOpen = view.open.has(name);
  if (wasOpen) view.open.delete(name);
  else view.open.add(name);
  view.focusName = name;
  draw();
  const block = view.blocks.get(name) ?? [...view.blocks.values()].find((b) => isInside(`${b.dataset.name}.`, name));
  view.focusName = block?.dataset.name ?? null;
  block?.focus({ preventScroll: true });
  if (block) intoView(view, block.dataset.name);
}

function chooseFromStrip(root, part, draw) {
  const view = root.views.find((each) => each.parts.includes(part));
  const { name, what } = part.dataset;
  for (const block of around(name, view.names)) view.open.add(block);
  choose(root, view, name);
  draw();
  intoView(view, name);
  view.parts.find((each) => each.dataset.name === name && each.dataset.what === what)?.focus({ preventScroll: true });
}

/** Arrow keys along a bar. */
function along(event) {
  const part = event.target.closest(".nw-part");
  const parts = part ? [...part.parentElement.children] : [];
  const at = parts.indexOf(part);
  const to = parts[{ ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: parts.length - 1 }[event.key]];
  if (!to) return;
  event.preventDefault();
  part.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
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
