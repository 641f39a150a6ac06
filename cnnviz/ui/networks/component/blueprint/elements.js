// Buttons and fields of the table; icons are strokes on 16 x 16, so that all are of one weight.
import { element } from "../../../shared/component/elements.js";

const ICONS = {
  more: "M4 6l4 4 4-4",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  insert: "M8 3v10M3 8h10",
  remove: "M4 4l8 8M12 4l-8 8",
};

/**
 * A button with an icon; `data-says` names the sentence that names it.
 * @param {string} icon of ICONS
 * @param {(event: Event) => void} onclick
 * @returns {HTMLElement}
 */
export function iconButton(icon, onclick) {
  const button = element("button", { type: "button", onclick, className: `bp-${icon}` });
  Object.assign(button.dataset, { part: icon, says: icon });
  button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
  return button;
}

/**
 * A text field that tells each letter, and that it was left.
 * @param {object} properties
 * @param {(text: string) => void} changed
 * @param {() => void} left
 * @returns {any} an input
 */
export function textField(properties, changed, left) {
  const box = element("input", { type: "text", spellcheck: false, autocomplete: "off", ...properties });
  box.oninput = () => changed(box.value);
  box.onchange = left;
  return box;
}
