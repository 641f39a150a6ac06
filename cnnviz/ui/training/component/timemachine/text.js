// Film texts: what is said about the present place, in the visitor's language.
import { isExtreme, percent, powerText } from "../../../shared/component/number.js";
import { filled, sentencesOf } from "../../../shared/component/words.js";
import { mapsAt, matrixAt } from "./pieces.js";
import { nearest } from "./playhead.js";
/** @import { Matrix, Piece } from "./pieces.js" */
/** @import { Film, Stop } from "./playhead.js" */

/**
 * Two or three digits with a true sign.
 * @param {number} value
 * @returns {string}
 */
export function signed(value) {
  const size = Math.abs(value);
  return `${value < 0 ? "−" : "+"}${size >= 1e4 ? powerText(size, 1) : Number(size.toPrecision(2))}`;
}

/**
 * { title, facts } of the present place.
 * @param {Film} film
 * @returns {{ title: string, facts: string }}
 */
export function momentWords(film) {
  const { stops, strings, classes } = film.data;
  const stop = stops[nearest(film.place)];
  if (stop.now) {
    const [epoch, step, steps] = stop.now;
    const matrix = stops.at(-2);
    return { title: filled(strings.now, { epoch, step, steps }), facts: matrix ? filled(strings.since, { epoch: matrix.at }) : "" };
  }
  const piece = matrixAt(film, nearest(film.place));
  const accuracy = stop.a ?? (piece?.classes ? accuracyOf(piece) : null);
  const facts = [];
  if (accuracy !== null) facts.push(filled(strings.accuracy, { accuracy: percent(accuracy) }));
  if (stop.l !== undefined) facts.push(filled(strings.loss, { loss: stop.l === null ? "∞" : isExtreme(stop.l) ? powerText(stop.l, 1) : stop.l.toFixed(3) }));
  if (stop.at === 0) facts.push(filled(strings.random, { chance: percent(1 / classes.length) }));
  return { title: stop.at === 0 ? strings.start : filled(strings.epoch, { epoch: stop.at }), facts: facts.join(" · ") };
}

/**
 * Which epochs there are, and what plays.
 * @param {Film} film
 * @returns {string}
 */
export function noteWords(film) {
  const { stops, strings, gone, loading, left, live, seldom } = film.data;
  if (gone) return strings.gone;
  const kept = stops.filter((stop) => !stop.now);
  const [first, last] = [kept[0].at, kept.at(-1).at];
  const isWhole = kept.length === last - first + 1;
  const said = [filled(isWhole ? strings.kept : strings.thinned, { count: kept.length, epochs: first === last ? first : `${first}–${last}`, first, last })];
  const played = kept.filter((stop) => stop.p).length;
  if (played < kept.length) said.push(filled(strings.played, { count: played }));
  if (kept.length > 1 && !film.isCalm) said.push(strings.blended);
  if (live && seldom) said.push(strings.seldom);
  if (loading) said.push(strings.loading);
  if (left) said.push(filled(strings.coming, { count: left }));
  return sentencesOf(said);
}

/**
 * What stands above the filters.
 * @param {Film} film
 * @param {Piece | undefined} piece
 * @param {Stop} stop
 * @returns {string}
 */
export function filtersWords(film, piece, stop) {
  const { strings, first } = film.data;
  if (film.data.gone) return "";
  if (!piece) return film.data.loading ? "" : strings.fetching;
  if (piece.broken) return stop.now ? strings.fetching : strings.broken;
  if (!piece.tiles) return strings.noFilters;
  const [count, , height, width] = piece.shape;
  const words = count < piece.total ? strings.filtersCut : strings.filtersOf;
  return filled(words, { count, total: piece.total, height, width, layer: first });
}

/**
 * What stands above the maps of a layer.
 * @param {Film} film
 * @param {Piece | undefined} piece
 * @param {string} layer
 * @param {Stop} stop
 * @returns {string}
 */
export function mapsWords(film, piece, layer, stop) {
  const { strings } = film.data;
  if (film.data.gone) return "";
  if (!piece) return strings.fetching;
  if (piece.broken) return stop.now ? strings.fetching : strings.broken;
  if (!piece.tiles) return strings.noMaps;
  const [count] = piece.shape;
  return filled(count < piece.total ? strings.mapsCut : strings.mapsOf, { layer, count, total: piece.total });
}

/**
 * The cell that is pointed at, else the commonest mistake.
 * @param {Film} film
 * @param {Matrix | undefined} piece
 * @returns {string}
 */
export function matrixWords(film, piece) {
  if (!piece?.classes) return "";
  const { strings } = film.data;
  const [i, j] = film.cell ?? worst(piece) ?? [-1, -1];
  if (i < 0) return strings.perfect;
  const words = film.cell ? (i === j ? strings.recognised : strings.taken) : strings.worst;
  return filled(words, cellValues(film, piece, i, j));
}

/**
 * Which picture is pinned.
 * @param {Film} film
 * @returns {string}
 */
export function pinWords(film) {
  const { pin, classes, strings } = film.data;
  if (!pin) return strings.noPin;
  return pin.number === null ? strings.drawn : filled(strings.numbered, { number: pin.number, name: classes[pin.true] });
}

/**
 * The verdict on the pinned picture.
 * @param {Film} film
 * @param {number[] | undefined} probabilities one a class
 * @returns {string}
 */
export function barsWords(film, probabilities) {
  const { pin, classes, strings } = film.data;
  if (!pin) return strings.noPin;
  if (!probabilities) return pinWords(film);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const words = pin.true === null ? strings.says : best === pin.true ? strings.right : strings.wrong;
  return filled(strings.then, { one: pinWords(film), other: filled(words, { name: classes[best], share: percent(probabilities[best]) }) });
}

/**
 * Everything at this place for those who do not see it.
 * @param {Film} film
 * @returns {string}
 */
export function describe(film) {
  const at = nearest(film.place);
  const { title, facts } = momentWords(film);
  const probabilities = film.data.layers.map((layer) => mapsAt(film, at, layer)).find((piece) => piece?.answer)?.answer;
  const said = [title, facts, matrixWords({ ...film, cell: null }, matrixAt(film, at)), film.data.pin ? barsWords(film, probabilities) : ""];
  return said.filter(Boolean).reduce((one, other) => filled(film.data.strings.then, { one: one.replace(/[.。]$/, ""), other }));
}

function worst({ counts, classes }) {
  let best = -1;
  counts.forEach((count, k) => {
    const isWrong = Math.floor(k / classes) !== k % classes;
    if (isWrong && count > (best < 0 ? 0 : counts[best])) best = k;
  });
  return best < 0 ? null : [Math.floor(best / classes), best % classes];
}

function cellValues(film, { counts, classes }, i, j) {
  const total = counts.subarray(i * classes, (i + 1) * classes).reduce((sum, count) => sum + count, 0);
  return { true: film.data.classes[i], predicted: film.data.classes[j], count: counts[i * classes + j], total };
}

function accuracyOf({ counts, classes }) {
  let [right, total] = [0, 0];
  counts.forEach((count, k) => {
    total += count;
    if (Math.floor(k / classes) === k % classes) right += count;
  });
  return total ? right / total : null;
}
