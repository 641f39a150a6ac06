// Where in the film we are: at a stop, or on the way between two. Pure functions of the film's state.

const DWELL = 0.9; // seconds at the last stop, before a loop begins again

/** At the stop with this index, or `t` (0..1) of the way from it to the stop `to`. */
export function place(from, to = from, t = 0) {
  return { from, to, t };
}

/** What is drawn of a place. Where less motion is wanted: each stop until the next one, nothing in between. */
export function drawn(where, isCalm) {
  return isCalm ? place(where.from) : where;
}

/**
 * The stop that is nearer.
 * @param {{ from: number, to: number, t: number }} place
 * @returns {number} index
 */
export function nearest({ from, to, t }) {
  return t < 0.5 ? from : to;
}

/** After new data: the same stop as before, or the newest one if the film keeps up with the run. */
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

/** Rest at a stop. */
export function goTo(film, index) {
  const { stops } = film.data;
  const inside = Math.max(0, Math.min(stops.length - 1, index));
  film.place = place(inside);
  film.stop = keyOf(stops[inside]);
  film.at = stops[inside].at;
}

/** Epochs done at this place, between two stops in between. */
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

/** The stops that are played and whose pieces are here. */
export function playable(film) {
  const { stops, gone } = film.data;
  const indices = stops.map((_, i) => i).filter((i) => stops[i].p);
  const here = indices.filter((i) => gone || film.pieces.has(`w-${stops[i].v}`));
  return here.length > 1 ? here : indices;
}

/** The place after `seconds` of playing, at `speed` stops a second; null when the film is over. */
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
