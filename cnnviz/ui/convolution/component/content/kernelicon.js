// Kernel icon: one square a weight, blue above zero, orange below, paler the nearer to zero.

const ICON_SIDE = 24; // of the drawing area, whatever the kernel's size

/**
 * The SVG of weights (row by row) with `columns` columns; `null` weights: a pencil.
 * @param {Float64Array | null} weights
 * @param {number} columns
 * @returns {string} HTML
 */
export function kernelIcon(weights, columns) {
  if (!weights) return `<svg viewBox="0 0 24 24" aria-hidden="true">${PENCIL}</svg>`;
  const rows = weights.length / columns;
  const cell = ICON_SIDE / Math.max(rows, columns);
  const [left, top] = [(ICON_SIDE - columns * cell) / 2, (ICON_SIDE - rows * cell) / 2];
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  const squares = Array.from(weights, (weight, i) => {
    const [x, y] = [left + (i % columns) * cell, top + Math.floor(i / columns) * cell];
    return iconSquare(x, y, cell, weight / largest);
  });
  return `<svg viewBox="-0.5 -0.5 25 25" aria-hidden="true">${squares.join("")}</svg>`;
}

const PENCIL = '<path d="M4 20l1-4.5L16.2 4.3a1.6 1.6 0 0 1 2.3 0l1.2 1.2a1.6 1.6 0 0 1 0 2.3L8.5 19z" class="pencil"/>';

function iconSquare(x, y, cell, share) {
  const shape = `x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${cell.toFixed(2)}" height="${cell.toFixed(2)}"`;
  const sign = share < 0 ? "below" : "above";
  const strength = (0.12 + 0.88 * Math.abs(share)).toFixed(2);
  const fill = share === 0 ? "" : `<rect ${shape} class="${sign}" fill-opacity="${strength}"/>`;
  return `${fill}<rect ${shape} class="edge"/>`;
}
