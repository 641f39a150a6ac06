// Strip cells, how a strip is cut: one cell for each epoch or batch, or for so many of them that the cells can still be told apart.

const NARROWEST = 5; // pixels of a cell

/**
 * How many of `count` make a cell on `width` pixels: 1, 2, 5, 10, 20, 50 ...
 * @param {number} count
 * @param {number} width CSS pixels
 * @returns {number}
 */
export function groupSize(count, width) {
  const most = Math.max(1, Math.floor(width / NARROWEST));
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      if (count / (factor * power) <= most) return factor * power;
    }
  }
}

/**
 * Where one cell ends and the next begins, counted in epochs or batches; the last cell may be smaller.
 * @param {number} count
 * @param {number} size
 * @returns {number[]}
 */
export function cellEdges(count, size) {
  const edges = [];
  for (let edge = size; edge < count; edge += size) edges.push(edge);
  return edges;
}
