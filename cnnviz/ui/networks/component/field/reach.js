// What one value of a layer sees of the picture. Pure.

/** { first, last } input index along one axis, and how many of them are `inside` the picture of `size` pixels. */
export function reach({ field, jump, start }, index, size) {
  const first = start + index * jump;
  const last = first + field - 1;
  return { first, last, inside: Math.max(0, Math.min(size - 1, last) - Math.max(0, first) + 1) };
}

/** How many pixels beyond the picture have to be drawn so that every value's box is in sight, up to half of it. */
export function margin(sight, count, size) {
  const before = -reach(sight, 0, size).first;
  const after = reach(sight, count - 1, size).last - (size - 1);
  return Math.min(Math.ceil(size / 2), Math.max(0, before, after));
}
