// Receptive field's arithmetic: what one value of a layer sees of the picture. Pure.

/** @typedef {{ field: number, jump: number, start: number }} Sight along one axis, pixels: size, distance, begin of the first */

/**
 * { first, last } input index along one axis, and how many of them are `inside` the picture of `size` pixels.
 * @param {Sight} sight
 * @param {number} index of the output
 * @param {number} size of the picture, pixels
 * @returns {{ first: number, last: number, inside: number }}
 */
export function reach({ field, jump, start }, index, size) {
  const first = start + index * jump;
  const last = first + field - 1;
  return { first, last, inside: Math.max(0, Math.min(size - 1, last) - Math.max(0, first) + 1) };
}

/**
 * How many pixels beyond the picture have to be drawn so that every value's box is in sight, up to half of it.
 * @param {Sight} sight
 * @param {number} count of outputs
 * @param {number} size of the picture, pixels
 * @returns {number} pixels
 */
export function margin(sight, count, size) {
  const before = -reach(sight, 0, size).first;
  const after = reach(sight, count - 1, size).last - (size - 1);
  return Math.min(Math.ceil(size / 2), Math.max(0, before, after));
}
