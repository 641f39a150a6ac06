// Hashed numbers, which only their place decides: the same picture and the same kernel whatever the sizes are.

const HASH_SEED = 3;

/**
 * A whole number in [0, 2^32) that row, column and stream decide. Pixels take odd streams, weights even ones.
 * @param {number} row
 * @param {number} column
 * @param {number} stream
 * @returns {number}
 */
export function hash32(row, column, stream) {
  let h = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca6b) ^ Math.imul(stream + HASH_SEED, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/**
 * The stream of the pixels of `channel` (from 0) for the seed `pick` (from 1): 1 for the first of both.
 * @param {number} pick
 * @param {number} channel
 * @returns {number}
 */
export function pixelStream(pick, channel) {
  return 6 * (pick - 1) + 2 * channel + 1;
}

/**
 * The stream of the weights of `channel` (from 0) for the seed `filter` (from 1): 2 for the first of both.
 * @param {number} filter
 * @param {number} channel
 * @returns {number}
 */
export function weightStream(filter, channel) {
  return pixelStream(filter, channel) + 1;
}
