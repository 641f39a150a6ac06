// Places on axes: where a value lies on its axis, and which runs lie within the brushes.

/**
 * 0 (below) .. 1 (above): the place of `value` on `axis`; null if it is not known.
 * @param {{ options?: string[], low?: number, high?: number, log?: boolean }} axis
 * @param {any} value
 * @returns {number | null}
 */
export function placeOf(axis, value) {
  if (value === null || value === undefined) return null;
  if (axis.options) {
    const index = axis.options.indexOf(String(value));
    if (index < 0) return null;
    return axis.options.length > 1 ? index / (axis.options.length - 1) : 0.5;
  }
  const up = axis.log ? Math.log10 : (number) => number;
  const [low, high] = [up(axis.low), up(axis.high)];
  return high > low ? (up(value) - low) / (high - low) : 0.5;
}

/**
 * Whether a run's places lie within every brush; a brush is [low, high] in places, or null.
 * @param {(number | null)[]} places
 * @param {(number[] | null)[]} brushes
 * @returns {boolean}
 */
export function isInside(places, brushes) {
  return brushes.every((brush, i) => !brush || (places[i] !== null && places[i] >= brush[0] - 1e-9 && places[i] <= brush[1] + 1e-9));
}

/**
 * A brush between two places, whichever is lower, within the axis; one that is next to nothing is none.
 * @param {number} one
 * @param {number} other
 * @returns {number[] | null}
 */
export function brushOf(one, other) {
  const [low, high] = [Math.min(one, other), Math.max(one, other)].map((place) => Math.max(0, Math.min(1, place)));
  return high - low < 0.02 ? null : [low, high];
}

/**
 * `brush` with its lower (0) or upper (1) end moved by `step`, not beyond the other; the whole axis is no brush.
 * @param {number[] | null} brush
 * @param {number} end 0 or 1
 * @param {number} step
 * @returns {number[] | null}
 */
export function moved(brush, end, step) {
  const next = [...(brush ?? [0, 1])];
  next[end] = Math.max(end ? next[0] : 0, Math.min(end ? 1 : next[1], next[end] + step));
  return next[0] <= 1e-9 && next[1] >= 1 - 1e-9 ? null : next;
}

/**
 * 0..1: how good an accuracy is among those shown; 0.5 if all are alike.
 * @param {number} accuracy
 * @param {(number | null)[]} all
 * @returns {number}
 */
export function goodness(accuracy, all) {
  const known = all.filter((each) => each !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return high > low ? (accuracy - low) / (high - low) : 0.5;
}

/**
 * The colour `share` of the way along five stops, each [r, g, b].
 * @param {number[][]} stops
 * @param {number} share 0..1
 * @returns {number[]} [r, g, b]
 */
export function between(stops, share) {
  const position = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const left = Math.min(stops.length - 2, Math.floor(position));
  return stops[left].map((channel, c) => Math.round(channel + (stops[left + 1][c] - channel) * (position - left)));
}
