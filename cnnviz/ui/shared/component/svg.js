// Making SVG elements in one line.

const SVG = "http://www.w3.org/2000/svg";

/** <name> with attributes and children. */
export function svgNode(name, attributes = {}, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** <text> with what it says. */
export function svgText(content, attributes = {}) {
  const made = svgNode("text", attributes);
  made.textContent = content;
  return made;
}
