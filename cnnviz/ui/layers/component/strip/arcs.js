// Arcs: the ways round the layers between, in lanes one above the other so that none runs through another. Pure.

/**
 * @typedef {object} Arc
 * @property {number} from index of the layer that is read; -1 the picture
 * @property {number} to index of the layer that reads it
 * @property {number} lane 0 the lowest
 */

const MOST_LANES = 4;

/**
 * An arc for every layer that is read by another than the next one.
 * @param {number[][]} reads for each layer the indices of those it reads
 * @returns {Arc[]} short ones first; those that would need more lanes than four share the highest
 */
export function arcs(reads) {
  const ways = reads.flatMap((sources, to) => sources.filter((from) => from < to - 1).map((from) => ({ from, to })));
  ways.sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const lanes = [];
  return ways.map((way) => {
    const free = lanes.findIndex((taken) => taken.every((other) => other.to <= way.from || way.to <= other.from));
    const lane = free >= 0 ? free : Math.min(lanes.length, MOST_LANES - 1);
    (lanes[lane] ??= []).push(way);
    return { ...way, lane };
  });
}
