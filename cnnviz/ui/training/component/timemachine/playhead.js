// Playhead: where the film is: at a stop, or on the way between two. Pure functions of the film's state.

/** @typedef {{ from: number, to: number, t: number }} Place between two stops, by their indices; `t`: 0..1 of the way */
/**
 * An epoch of which pictures are kept: `at` epochs done, `v` and `c` the versions of its pieces, `p` whether it is
 * played, `a` accuracy and `l` loss where they are known, `now`: [epoch, step, steps] of the present moment.
 * @typedef {{ at: number, v: string, c: string, p?: boolean, a?: number, l?: number | null, now?: number[] }} Stop
 */
/**
 * The film's state; a component's root has one.
 * @typedef {object} Film
 * @property {any} data the server's: stops, layers, classes, pin, curve, strings ...
 * @property {string} run
 * @property {Record<string, any>} strings
 * @property {Record<string, Uint32Array>} tables colours
 * @property {Map<string, any>} pieces id -> piece, decoded
 * @property {Place} place
 * @property {boolean} isPlaying
 * @property {boolean} isLooping
 * @property {boolean} isFollowing
 * @property {boolean} isCalm pictures change from stop to stop, without what lies between
 * @property {number} speed stops a second
 * @property {string} lastSent the ids that were sent to the server last
 * @property {boolean} wasLive with the data before
 * @property {number} dwell seconds at the end, before a loop begins again
 * @property {string | null} stop the key of the stop one rests on, so that it stays when others come
 * @property {number} [at] epochs, of that stop
 * @property {number[] | null} cell of the matrix, that is read out
 * @property {(name: string, value: any) => void} notify the server
 * @property {() => void} redraw
 * @property {number[]} [bars] the classes that have one
 * @property {any} [spans] what the strongest colours stand for
 * @property {(at: number) => number} [axis] epochs -> CSS pixels
 */

const DWELL = 0.9; // seconds at the last stop, before a loop begins again

/**
 * At the stop with this index, or `t` (0..1) of the way from it to the stop `to`.
 * @param {number} from index of a stop
 * @param {number} to index of a stop
 * @param {number} t 0..1
 * @returns {Place}
 */
export function place(from, to = from, t = 0) {
  return { from, to, t };
}

/**
 * What is drawn of a place. Where less motion is wanted: each stop until the next one, nothing in between.
 * @param {Place} where
 * @param {boolean} isCalm
 * @returns {Place}
 */
export function drawn(where, isCalm) {
  return isCalm ? place(where.from) : where;
}

/**
 * The stop that is nearer.
 * @param {Place} place
 * @returns {number} index of the stop
 */
export function nearest({ from, to, t }) {
  return t < 0.5 ? from : to;
}

/**
 * After new data: the same stop as before, or the newest one if the film keeps up with the run.
 * @param {Film} film
 * @returns {void}
 */
export function settle(film) {
  const { stops, live } = film.data;
  const last = stops.length - 1;
  const isKeepingUp = film.isFollowing && (live || film.wasLive); // the last epoch comes when the run is over
  film.wasLive = live;
  if (film.stop === null || (isKeepingUp && !film.isPlaying)) return goTo(film, last);
  if (film.isPlaying) {
    const inside = Math.min(film.place.from, last);
    film.place = place(inside, Math.min(film.place.to, last), film.place.t);
    return undefined;
  }
  const same = stops.findIndex((stop) => keyOf(stop) === film.stop);
  return goTo(film, same >= 0 ? same : closest(stops, film.at));
}

/**
 * Rest at a stop.
 * @param {Film} film
 * @param {number} index of the stop
 */
export function goTo(film, index) {
  const { stops } = film.data;
  const inside = Math.max(0, Math.min(stops.length - 1, index));
  film.place = place(inside);
  film.stop = keyOf(stops[inside]);
  film.at = stops[inside].at;
}

/**
 * Epochs done at this place, between two stops in between.
 * @param {{ stops: Stop[] }} data
 * @param {Place} place
 * @returns {number} epochs
 */
export function positionOf({ stops }, { from, to, t }) {
  return stops[from].at + (stops[to].at - stops[from].at) * t;
}

/**
 * The index of the stop whose epoch is nearest to `at`.
 * @param {{ at: number }[]} stops
 * @param {number} at epochs
 * @returns {number} index
 */
export function closest(stops, at) {
  let best = 0;
  stops.forEach((stop, i) => {
    if (Math.abs(stop.at - at) < Math.abs(stops[best].at - at)) best = i;
  });
  return best;
}

/**
 * The stops that are played and whose pieces are here.
 * @param {Film} film
 * @returns {number[]} their indices
 */
export function playable(film) {
  const { stops, gone } = film.data;
  const indices = stops.map((_, i) => i).filter((i) => stops[i].p);
  const here = indices.filter((i) => gone || film.pieces.has(`w-${stops[i].v}`));
  return here.length > 1 ? here : indices;
}

/**
 * The place after `seconds` of playing, at `speed` stops a second; null when the film is over.
 * @param {Film} film
 * @param {number} seconds
 * @returns {Place | null}
 */
export function advanced(film, seconds) {
  const way = playable(film);
  const { from, to, t } = film.place;
  let at = way.findIndex((index) => index >= from);
  if (at < 0) at = way.length - 1;
  const inside = to > from ? t : 0;
  const along = at + inside + seconds * film.speed;
  if (along >= way.length - 1) {
    if (!film.isLooping) return null;
    film.dwell += seconds;
    if (film.dwell < DWELL) return place(way.at(-1));
    film.dwell = 0;
    return place(way[0]);
  }
  const first = Math.floor(along);
  return place(way[first], way[Math.min(first + 1, way.length - 1)], along - first);
}

function keyOf(stop) {
  return stop.now ? "now" : String(stop.at);
}
