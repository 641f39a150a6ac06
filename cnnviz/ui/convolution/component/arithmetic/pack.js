// Packed numbers: typed ones as text for a link, exact, short, and only of letters that a link leaves as they are.
//
// "1_-2.5_0*3r4c..." : "_" parts numbers, "0*3" is three zeros, "r" begins a row, "c" a channel.

const PACK_PART = /^(-?(\d+\.?\d*|\.\d+)(e-?\d+)?)(?:\*([1-9]\d?))?$/;
const PACK_MOST = 64; // rows, and numbers in a row, as far as the sliders go
const PACK_CHANNELS = 3;
export const LARGEST_NUMBER = 1e6; // of a pixel or a weight that somebody types: no sum of such numbers overflows

/**
 * The text of `channels` (channel -> rows -> numbers); "" for none.
 * @param {number[][][] | null} channels
 * @returns {string}
 */
export function packNumbers(channels) {
  return (channels ?? []).map((rows) => rows.map(packRow).join("r")).join("c");
}

/**
 * The numbers of such a text (channel -> rows -> numbers), or null if it is anything else.
 * @param {string} text
 * @returns {number[][][] | null}
 */
export function unpackNumbers(text) {
  if (!text || typeof text !== "string") return null;
  const channels = text.split("c", PACK_CHANNELS + 1).map((part) => part.split("r", PACK_MOST + 1).map(unpackRow));
  const width = channels[0][0]?.length;
  const sound = (rows) => rows.length <= PACK_MOST && rows.length === channels[0].length;
  if (channels.length > PACK_CHANNELS || !channels.every(sound)) return null;
  return channels.flat().every((row) => row && row.length === width) ? channels : null;
}

function packRow(row) {
  const parts = [];
  for (let i = 0; i < row.length; ) {
    let end = i + 1;
    while (end < row.length && row[end] === row[i]) end++;
    const number = packNumber(row[i]);
    const repeated = `${number}*${end - i}`;
    const plain = Array(end - i).fill(number).join("_");
    parts.push(repeated.length < plain.length ? repeated : plain);
    i = end;
  }
  return parts.join("_");
}

/** As JavaScript writes it, which reads back exactly; "+" would become a space in a link. */
function packNumber(value) {
  return String(value).replace("e+", "e").replace(/^(-?)0\./, "$1.");
}

function unpackRow(text) {
  const row = [];
  for (const part of text.split("_", PACK_MOST + 1)) {
    const [, number, , , times = "1"] = PACK_PART.exec(part) ?? [];
    const value = Number(number);
    if (!(Math.abs(value) <= LARGEST_NUMBER)) return null;
    for (let i = 0; i < Number(times); i++) row.push(value + 0); // -0 becomes 0
    if (row.length > PACK_MOST) return null;
  }
  return row;
}
