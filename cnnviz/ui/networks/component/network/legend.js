// Diagram legend, above the drawing: what its colours are, and the buttons that fold and fit.
import { element } from "../../../shared/component/elements.js";
import { sentencesOf } from "../../../shared/component/words.js";

/**
 * Writes the legend and the buttons.
 * @param {HTMLElement} root the component's
 */
export function legend(root) {
  const { strings } = root.data;
  const drawn = new Set(root.views.flatMap((view) => view.plan.boxes.map((box) => (box.isPlate ? "plate" : box.family))));
  const items = Object.keys(strings.families)
    .filter((family) => drawn.has(family))
    .map((family) => item(`nw-${family}`, strings.families[family]));
  const states = new Set(root.views.flatMap((view) => view.layers.map((layer) => layer.state)));
  for (const [kind, { legend: said }] of Object.entries(strings.states)) if (states.has(kind)) items.push(item(`nw-is-${kind}`, said));
  root.querySelector(".nw-legend").replaceChildren(...items, item("nw-sides", strings.sides));
  const counts = root.querySelector(".nw-counts");
  counts.textContent = sentencesOf(root.views.map((view) => view.network.learning));
  counts.hidden = !counts.textContent;
  const names = root.views.flatMap((view) => view.names);
  const all = root.querySelector(".nw-all");
  all.hidden = !names.length;
  all.textContent = isAllOpen(root) ? strings.foldAll : strings.unfoldAll;
  const fit = root.querySelector(".nw-fit");
  fit.hidden = !root.isTooWide;
  fit.setAttribute("aria-pressed", String(Boolean(root.isFitted)));
  fit.textContent = strings.fit;
}

/**
 * Whether nothing is folded in any of the networks.
 * @param {HTMLElement} root the component's
 * @returns {boolean}
 */
export function isAllOpen(root) {
  return root.views.every((view) => view.names.every((name) => view.open.has(name)));
}

function item(className, textContent) {
  return element("li", { className, textContent });
}
