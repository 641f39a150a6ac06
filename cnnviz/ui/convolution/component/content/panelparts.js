// Parts of the content panels: selects, fields, buttons with labels. Knows no settings.
import { element } from "../../../shared/component/elements.js";

let labels = 0;

/**
 * A control under its label, as one element; the label is its first child.
 * @param {HTMLElement} control
 * @param {string} className
 * @returns {HTMLElement}
 */
export function labelled(control, className = "") {
  control.id = `content-control-${(labels += 1)}`;
  const label = element("label", { htmlFor: control.id });
  return element("div", { className: `content-field ${className}`.trim() }, [label, control]);
}

/**
 * Gives a select the options [[value, text], ...], and chooses one; touches nothing that is so already.
 * @param {HTMLElement} select
 * @param {any[][]} options
 * @param {string | number} chosen
 */
export function fillSelect(select, options, chosen) {
  const wanted = JSON.stringify(options);
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  }
  select.value = `${chosen}`;
}

/**
 * Writes text where it differs; an empty text hides the element.
 * @param {Node} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = text === "";
}

/**
 * Remembers what was asked last: `changed(...parts)` is true when any part is another one than last time.
 * @returns {(...parts: any[]) => boolean}
 */
export function watcher() {
  let last = null;
  return (...parts) => {
    const same = last !== null && parts.length === last.length && parts.every((part, i) => part === last[i]);
    last = parts;
    return !same;
  };
}

/**
 * Whether the keyboard is in this element, also inside a shadow tree.
 * @param {HTMLElement} node
 * @returns {boolean}
 */
export function isFocused(node) {
  return node.getRootNode().activeElement === node;
}
