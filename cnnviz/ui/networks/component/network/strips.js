// Strips of weights and work: two bars, cut into the layers in the order they are computed.
import { filled, isChinese, sentencesOf, withColon } from "../../../shared/component/words.js";
import { element } from "../../../shared/component/elements.js";
import { grouped, percent } from "../../../shared/component/number.js";

const LETTER = 7; // CSS pixels, about
const SEPARATED = 7; // CSS pixels: narrower parts would be nothing but outline
const SMALLEST_SHARE = 0.005; // of a kind of layer that is named

/**
 * The bars of every network. Of a pair they have one scale, the longer one fills the width, and like meets like.
 * @param {HTMLElement} root the component's
 */
export function mountStrips(root) {
  const box = root.querySelector(".nw-strips");
  const { views, data } = root;
  const isPair = views.length > 1;
  for (const view of views) view.parts = [];
  const groups = ["params", "macs"].map((what) => {
    const most = Math.max(...views.map((view) => sum(view, what)));
    const group = element("div", { className: "nw-strip" });
    if (isPair && most) group.append(element("b", { className: "nw-of", textContent: data.strings[what] }));
    for (const view of views) if (sum(view, what)) group.append(row(view, what, most, data.strings, root.clientWidth, isPair));
    return group;
  });
  box.setAttribute("aria-label", sentencesOf(views.map((view) => view.network.where)));
  const had = box.contains(root.getRootNode().activeElement) ? root.getRootNode().activeElement : null;
  const [name, what] = [had?.dataset.name, had?.dataset.what];
  box.replaceChildren(...groups);
  if (had) [...box.querySelectorAll(".nw-part")].find((p) => p.dataset.name === name && p.dataset.what === what)?.focus();
}

function row(view, what, most, strings, room, isPair) {
  const total = sum(view, what);
  const length = total / most;
  const place = element("div", { className: "nw-row" });
  const head = element("div", { className: "nw-head" });
  head.append(element("b", { textContent: isPair ? view.network.title : strings[what] }));
  if (isPair) head.append(element("span", { className: "nw-total", textContent: grouped(total) }));
  const shares = element("span", { className: "nw-shares" });
  shares.append(...kinds(view, what, total, strings));
  const label = element("span", { className: "nw-told" });
  label.setAttribute("aria-hidden", "true"); // the part says it itself
  head.append(shares, label);
  const track = element("div", { className: "nw-track" });
  track.style.width = `${Math.max(length * 100, 0.4)}%`;
  track.setAttribute("role", "group");
  track.setAttribute("aria-label", isPair ? withColon(view.network.title, strings[what], isChinese(strings[what])) : strings[what]);
  const parts = view.layers.filter((layer) => layer[what]);
  for (const layer of parts) track.append(part(layer, what, total, strings, room * length));
  const heaviest = parts.reduce((a, b) => (b[what] > a[what] ? b : a));
  track.children[parts.indexOf(heaviest)].tabIndex = 0;
  view.parts.push(...track.children);
  place.append(head, track);
  return place;
}

/** "96.0% fully connected (3)", the largest share first. */
function kinds(view, what, total, strings) {
  const found = new Map();
  for (const layer of view.layers) {
    if (!layer[what]) continue;
    const kind = found.get(layer.family) ?? { share: 0, count: 0 };
    found.set(layer.family, { share: kind.share + layer[what] / total, count: kind.count + 1 });
  }
  return [...found]
    .filter(([, { share }]) => share >= SMALLEST_SHARE)
    .sort(([, a], [, b]) => b.share - a.share)
    .map(([family, { share, count }]) => {
      const node = element("span", { className: `nw-kind nw-${family}` });
      node.append(element("b", { textContent: percent(share) }), ` ${filled(strings.aside, { what: strings.kinds[family] ?? family, about: count })}`);
      return node;
    });
}

function part(layer, what, total, strings, room) {
  const share = layer[what] / total;
  const node = element("button", { className: `nw-part nw-${layer.family}` });
  Object.assign(node, { type: "button", tabIndex: -1 });
  Object.assign(node.dataset, { name: layer.name, what });
  if (layer.state && what === "params") node.classList.add(`nw-is-${layer.state}`);
  node.style.flexGrow = String(share * 1000);
  node.title = filled(strings.parts[what], { layer: layer.name, count: grouped(layer[what]), share: percent(share) });
  if (layer.state && what === "params") node.title += ` · ${strings.states[layer.state].said}`;
  node.setAttribute("aria-label", node.title);
  const short = layer.name;
  if (short.length * LETTER + 10 < share * room) node.textContent = short;
  if (share * room < SEPARATED) node.classList.add("nw-thin");
  return node;
}

function sum(view, what) {
  return view.layers.reduce((total, layer) => total + (layer[what] ?? 0), 0);
}

/**
 * What is pointed at or focused stands above its bar; `event` is of the pointer or the focus.
 * @param {Event} event
 */
export function showPointed(event) {
  const pointed = event.target.closest(".nw-part");
  const label = event.target.closest(".nw-row")?.querySelector(".nw-told");
  if (label) label.textContent = pointed && !["pointerout", "focusout"].includes(event.type) ? pointed.title : "";
}
