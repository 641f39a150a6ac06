// SVG elements, made in one line.

const SVG = "http://www.w3.org/2000/svg";

/**
 * <name> with attributes and children.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Node[]} children
 * @returns {SVGElement}
 */
export function svgNode(name, attributes = {}, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * <text> with what it says.
 * @param {string} content
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElement}
 */
export function svgText(content, attributes = {}) {
  const made = svgNode("text", attributes);
  made.textContent = content;
  return made;
}
