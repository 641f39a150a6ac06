// HTML elements, made in one line.

/**
 * <tag> with properties (class, text, and whatever else) and children.
 * @param {string} tag
 * @param {Record<string, any>} properties
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export function element(tag, { attributes = {}, ...properties } = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
