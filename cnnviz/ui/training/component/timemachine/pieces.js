// Film pieces that are in this browser: filters "w-", maps and answers "m-", confusion matrices "c-".
import { fromBase64 } from "../../../shared/component/base64.js";
/** @import { Film, Stop } from "./playhead.js" */

/**
 * Pictures of a stop: `tiles` are -127..127 of `span`, `shape` [count, channels, height, width].
 * @typedef {object} Piece
 * @property {Int8Array} [tiles]
 * @property {number[]} [shape]
 * @property {number} [span] the largest magnitude
 * @property {number} [total] how many there are, of which `tiles` may be the first
 * @property {boolean} [broken]
 * @property {number[]} [answer] probabilities, one a class
 */
/** @typedef {{ counts: Uint32Array, classes: number }} Matrix true x predicted; without either where it could not be read */

const MOST = 1500; // pieces that are kept: several pictures through 60 epochs
const UNTOLD = 48_000; // letters of pieces that the server may send again

/**
 * Take in what came; `left` pieces of other pictures stay until there are too many.
 * @param {Film} film
 * @param {object[]} parts as the server sends them
 */
export function storePieces(film, parts) {
  for (const { id, ...part } of parts) film.pieces.set(id, decoded(part));
  const wanted = new Set(film.data.stops.flatMap((stop) => idsOf(film, stop)));
  for (const id of film.pieces.keys()) {
    if (film.pieces.size <= MOST) break;
    if (!wanted.has(id)) film.pieces.delete(id);
  }
}

/**
 * Tell the server what is here: it then sends what is missing. Telling costs it a script run, so a few pieces go untold,
 * and come once more with the next ones.
 * @param {Film} film
 * @param {object[]} parts that came just now
 */
export function report(film, parts) {
  const here = [...film.pieces.keys()].sort();
  const text = here.join(" ");
  const newest = film.data.stops.at(-1);
  const isOfNow = ({ id }) => Boolean(newest?.now) && id.includes(newest.v); // gone with the next moment anyway
  const lasting = parts.filter((part) => !isOfNow(part));
  const untold = lasting.reduce((size, part) => size + (part.tiles?.length ?? 0) + (part.counts?.length ?? 0), 0);
  const isMistaken = film.lastSent === "" && film.data.known > 0; // a page that was left and opened again
  if (text === film.lastSent || !(film.data.left || untold > UNTOLD || isMistaken)) return;
  film.lastSent = text;
  setTimeout(() => film.notify("have", here), 0); // not while Streamlit is still drawing
}

/**
 * The ids of all pieces of one stop.
 * @param {Film} film
 * @param {Stop} stop
 * @returns {string[]}
 */
function idsOf(film, stop) {
  const { pin, layers } = film.data;
  const maps = pin ? layers.map((layer) => mapsId(film, stop, layer)) : [];
  return [`w-${stop.v}`, `c-${stop.c}`, ...maps];
}

/**
 * The id of what a stop makes of the pinned picture in a layer.
 * @param {Film} film
 * @param {Stop} stop
 * @param {string} layer
 * @returns {string}
 */
function mapsId(film, stop, layer) {
  return `m-${stop.v}-${film.data.pin?.key}-${layer}`;
}

/**
 * The filters of a stop; undefined while they are not here.
 * @param {Film} film
 * @param {number} index of the stop
 * @returns {Piece | undefined}
 */
export function filtersAt(film, index) {
  return film.pieces.get(`w-${film.data.stops[index].v}`);
}

/**
 * What a stop makes of the picture in a layer.
 * @param {Film} film
 * @param {number} index of the stop
 * @param {string} layer
 * @returns {Piece | undefined}
 */
export function mapsAt(film, index, layer) {
  return film.pieces.get(mapsId(film, film.data.stops[index], layer));
}

/**
 * The confusion matrix of a stop: { counts, classes }.
 * @param {Film} film
 * @param {number} index of the stop
 * @returns {Matrix | undefined}
 */
export function matrixAt(film, index) {
  return film.pieces.get(`c-${film.data.stops[index].c}`);
}

/**
 * The largest magnitude over all stops of `pick(index)`: one colour scale for the whole film.
 * @param {Film} film
 * @param {(index: number) => Piece | undefined} pick
 * @returns {number}
 */
export function spanOf(film, pick) {
  let span = 0;
  film.data.stops.forEach((_, i) => (span = Math.max(span, pick(i)?.span ?? 0)));
  return span || 1;
}

function decoded(part) {
  const { tiles, counts, ...rest } = part;
  if (tiles) rest.tiles = new Int8Array(fromBase64(tiles).buffer);
  if (counts !== undefined) rest.counts = new Uint32Array(fromBase64(counts).buffer);
  return rest;
}
