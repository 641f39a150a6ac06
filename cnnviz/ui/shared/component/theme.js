// Theme: keeps a component's root in step with Streamlit's theme, and reads our colours from it.

/**
 * What Streamlit calls a component with, at every change of its data.
 * @typedef {object} Mount
 * @property {any[]} data [the server's data, when they were made in ms: see newest.js]
 * @property {any} parentElement holds the component's HTML
 * @property {(name: string, value: any) => void} setStateValue the server receives it, and keeps it
 * @property {(name: string, value: any) => void} setTriggerValue the server receives it once
 */

/**
 * Find the root in a component's parentElement, set its `dark` class, and return it.
 * @param {HTMLElement | ShadowRoot} parentElement
 * @returns {HTMLElement}
 */
export function themedRoot(parentElement) {
  const root = parentElement.querySelector(".cnn-root");
  const background = getComputedStyle(root).getPropertyValue("--st-background-color").trim();
  root.classList.toggle("dark", luminance(background) < 0.5);
  return root;
}

/**
 * The colour of a role, e.g. role(root, "kernel"), as the browser resolved it: "#rrggbb".
 * @param {HTMLElement} root
 * @param {string} name
 * @returns {string}
 */
export function role(root, name) {
  return getComputedStyle(root).getPropertyValue(`--cnn-${name}`).trim();
}

/**
 * [r, g, b] of "#rrggbb".
 * @param {string} hex
 * @returns {number[]}
 */
export function rgb(hex) {
  const value = parseInt(hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * A 256-entry RGB lookup table of the scale "diverging" or "sequential", for painting maps on a canvas.
 * @param {HTMLElement} root
 * @param {"diverging" | "sequential"} scale
 * @returns {Uint8ClampedArray} 256 * 3
 */
export function lookupTable(root, scale) {
  const stops = [0, 1, 2, 3, 4].map((i) => rgb(role(root, `${scale}-${i}`)));
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const position = (i / 255) * 4;
    const left = Math.min(3, Math.floor(position));
    for (let c = 0; c < 3; c++) {
      table[i * 3 + c] = stops[left][c] + (stops[left + 1][c] - stops[left][c]) * (position - left);
    }
  }
  return table;
}

function luminance(color) {
  if (!color.startsWith("#") || color.length < 7) return color.startsWith("rgb") ? rgbLuminance(color) : 1;
  const [r, g, b] = rgb(color);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

function rgbLuminance(color) {
  const [r, g, b] = color.match(/[\d.]+/g).map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
