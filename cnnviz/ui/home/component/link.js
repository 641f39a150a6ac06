// Link of the first page: the digit of the gallery that is shown, or the drawing itself. Pure.
//
// home_digit=3&home_set=2: the 3 of the second set; home_drawing: 28 x 28 grey levels row by row, each 0 followed by how
// many there are, in base64 with "-" and "_", about 300 letters.

import { fromBase64, toBase64 } from "../../shared/component/base64.js";
import { DIGIT_SIDE } from "../../shared/component/digit.js";

const NAMES = ["home_digit", "home_set", "home_drawing"];
const PIXELS = DIGIT_SIDE ** 2;
const LONGEST_RUN = 255;
const MOST_LETTERS = 2 * PIXELS; // more than any picture takes

/**
 * What the query string `search` asks for: { drawing } or { digit, set }, both from 0, or {} if it makes no sense.
 * @param {string} search
 * @param {number} sets of the gallery
 * @returns {{ drawing?: Uint8Array, digit?: number, set?: number }}
 */
export function readLink(search, sets) {
  const query = new URLSearchParams(search);
  const drawing = unpackPicture(query.get("home_drawing") ?? "");
  if (drawing) return { drawing };
  const digit = whole(query.get("home_digit"), 0, 9);
  const set = whole(query.get("home_set") ?? "1", 1, sets);
  return digit === null || set === null ? {} : { digit, set: set - 1 };
}

/**
 * The query string `search` with `shown` in it, as `readLink` gives it; what others keep in it stays.
 * @param {string} search
 * @param {{ drawing?: Uint8Array, digit?: number, set?: number }} shown
 * @returns {string}
 */
export function writeLink(search, { drawing, digit, set }) {
  const query = new URLSearchParams(search);
  for (const name of NAMES) query.delete(name);
  if (drawing) query.set("home_drawing", packPicture(drawing));
  else if (digit !== undefined) {
    query.set("home_digit", `${digit}`);
    query.set("home_set", `${set + 1}`);
  }
  return query.toString();
}

function whole(text, low, high) {
  const value = /^\d{1,4}$/.test(text ?? "") ? Number(text) : NaN;
  return value >= low && value <= high ? value : null;
}

function packPicture(picture) {
  const bytes = [];
  for (let i = 0; i < picture.length; ) {
    let end = i + 1;
    while (picture[i] === 0 && picture[end] === 0 && end - i < LONGEST_RUN) end++;
    bytes.push(picture[i], ...(picture[i] === 0 ? [end - i] : []));
    i = end;
  }
  return toBase64(Uint8Array.from(bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The picture of such a text, or null if it is anything else. */
function unpackPicture(text) {
  if (!/^[\w-]+$/.test(text) || text.length > MOST_LETTERS || text.length % 4 === 1) return null;
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  const picture = new Uint8Array(PIXELS);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (at >= PIXELS) return null;
    if (bytes[i]) picture[at++] = bytes[i];
    else at += bytes[++i] || PIXELS + 1; // a run of none, or a text that ends too early
  }
  return at === PIXELS && picture.some(Boolean) ? picture : null;
}
