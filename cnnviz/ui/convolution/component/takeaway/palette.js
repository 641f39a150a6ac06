// Palette: at most so many colours for pictures of flat colours and antialiased text. A colour is a number, 0xBBGGRR.
// Knows nothing of canvases or of GIF.

const EXACT_SHARE = 0.25; // of the palette are the most frequent colours; so measured, the error is least on our stages

/**
 * Count the colours of `pixels` (Uint32, RGBA) into the Map `counts`, where they differ from `before` (or null).
 * @param {Map<number, number>} counts
 * @param {Uint32Array} pixels
 * @param {Uint32Array | null} before
 */
export function countColors(counts, pixels, before) {
  let color = -1;
  let run = 0;
  const close = () => run && counts.set(color, (counts.get(color) ?? 0) + run);
  for (let i = 0; i < pixels.length; i++) {
    if (before && pixels[i] === before[i]) continue;
    const found = pixels[i] & 0xffffff;
    if (found !== color) {
      close();
      color = found;
      run = 0;
    }
    run++;
  }
  close();
}

/**
 * At most `most` colours: all of `counts` where they fit, else those of `keep` that are there, the most frequent ones,
 * and means of the others.
 * @param {Map<number, number>} counts color -> how often
 * @param {number} most
 * @param {number[]} keep
 * @returns {number[]}
 */
export function choosePalette(counts, most, keep = []) {
  const kept = new Set(keep);
  const rank = ([color, count]) => (kept.has(color) ? Infinity : count);
  const colors = [...counts].sort((a, b) => (rank(b) > rank(a) ? 1 : -1));
  if (colors.length <= most) return colors.map(([color]) => color);
  const exact = colors.slice(0, Math.floor(most * EXACT_SHARE)).map(([color]) => color);
  return [...new Set([...exact, ...medianCut(colorCells(colors.slice(exact.length)), most - exact.length)])];
}

/**
 * A function color -> index of the nearest in `palette`; it remembers what it was asked.
 * @param {number[]} palette
 * @returns {(color: number) => number}
 */
export function nearestIn(palette) {
  const known = new Map(palette.map((color, index) => [color, index]));
  const channels = palette.map(channelsOf);
  return (color) => {
    let index = known.get(color);
    if (index === undefined) {
      index = nearestIndex(channels, channelsOf(color));
      known.set(color, index);
    }
    return index;
  };
}

function nearestIndex(channels, color) {
  const [r, g, b] = color;
  let best = 0;
  let least = Infinity;
  for (let i = 0; i < channels.length; i++) {
    const [dr, dg, db] = [channels[i][0] - r, channels[i][1] - g, channels[i][2] - b];
    const distance = 2 * dr * dr + 4 * dg * dg + 3 * db * db; // the eye sees green best
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** Colours that share 5, 6 and 5 bits joined: [{ count, sums: [r, g, b], mean }, ...]. */
function colorCells(colors) {
  const found = new Map();
  for (const [color, count] of colors) {
    const channels = channelsOf(color);
    const key = ((channels[0] >> 3) << 11) | ((channels[1] >> 2) << 5) | (channels[2] >> 3);
    const cell = found.get(key) ?? { count: 0, sums: [0, 0, 0] };
    found.set(key, cell);
    cell.count += count;
    channels.forEach((value, i) => (cell.sums[i] += value * count));
  }
  return [...found.values()].map((cell) => ({ ...cell, mean: cell.sums.map((sum) => sum / cell.count) }));
}

/** The means of `most` boxes of cells: the widest and fullest box is halved until there are so many. */
function medianCut(all, most) {
  const boxes = [boxOf(all)];
  while (boxes.length < most) {
    const worst = boxes.reduce((a, b) => (b.weight > a.weight ? b : a));
    if (worst.weight === 0) break;
    boxes.splice(boxes.indexOf(worst), 1, ...boxHalves(worst));
  }
  return boxes.map(({ cells: inside, count }) => {
    const [r, g, b] = [0, 1, 2].map((i) => Math.round(inside.reduce((sum, cell) => sum + cell.sums[i], 0) / count));
    return r | (g << 8) | (b << 16);
  });
}

function boxOf(inside) {
  const spans = [0, 1, 2].map((i) => channelSpan(inside, i));
  const span = Math.max(...spans);
  const count = inside.reduce((sum, cell) => sum + cell.count, 0);
  const weight = inside.length > 1 ? span * span * Math.sqrt(count) : 0; // the root: rare hues get boxes too
  return { cells: inside, count, axis: spans.indexOf(span), weight };
}

function channelSpan(inside, i) {
  let [low, high] = [255, 0];
  for (const { mean } of inside) [low, high] = [Math.min(low, mean[i]), Math.max(high, mean[i])];
  return high - low;
}

function boxHalves({ cells: inside, axis, count }) {
  const sorted = [...inside].sort((a, b) => a.mean[axis] - b.mean[axis]);
  let before = 0;
  let at = 0;
  while (at < sorted.length - 1 && (at === 0 || before + sorted[at].count <= count / 2)) before += sorted[at++].count;
  return [boxOf(sorted.slice(0, at)), boxOf(sorted.slice(at))];
}

function channelsOf(color) {
  return [color & 255, (color >> 8) & 255, (color >> 16) & 255];
}
