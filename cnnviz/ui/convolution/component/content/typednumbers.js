// Number parser: reads what somebody typed or pasted. Pure: text in, rows or the reason why not out.

import { LARGEST_NUMBER } from "../arithmetic/pack.js";

const TYPED_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const TYPED_MOST = 64; // rows, and numbers in a row

/**
 * { channels: [[row, ...], ...] } or { error: { rule, ...values } }; a signal (`flat`) is one row, whatever the lines.
 * @param {string} text
 * @param {{ flat: boolean, channels: number }} expected
 * @returns {{ channels?: number[][][], error?: object }}
 */
export function readNumbers(text, { flat, channels }) {
  const blocks = channels > 1 ? text.split(/\n[ \t\r]*\n/) : [text];
  const found = [];
  for (const block of blocks) {
    const { rows, error } = readRows(block, flat);
    if (error) return { error };
    if (rows.length) found.push(rows);
  }
  const error = sizeError(found, channels);
  return error ? { error } : { channels: found.slice(0, channels) };
}

/**
 * The text that `readNumbers` reads as `channels`.
 * @param {number[][][]} channels channel -> rows -> numbers
 * @returns {string}
 */
export function writeNumbers(channels) {
  return channels.map((rows) => rows.map((row) => row.join(" ")).join("\n")).join("\n\n");
}

function readRows(block, flat) {
  const rows = [];
  for (const line of block.split("\n")) {
    if (!line.trim()) continue;
    const tokens = tokensOf(line);
    for (const [column, token] of tokens.entries()) {
      const place = { row: rows.length + 1, column: column + 1 };
      if (token === "") return { error: { rule: "emptyCell", ...place } };
      if (!isNumber(token)) return { error: { rule: "notNumber", ...place, token: token.slice(0, 24) } };
    }
    rows.push(tokens.map(Number));
  }
  if (flat && rows.length) return { rows: [rows.flat()] };
  const wrong = rows.findIndex((row) => row.length !== rows[0].length);
  if (wrong < 0) return { rows };
  return { error: { rule: "ragged", row: wrong + 1, found: rows[wrong].length, wanted: rows[0].length } };
}

/** A spreadsheet's cells stand between tabs; a comma inside one is its decimal mark. */
function tokensOf(line) {
  const plain = line.replace(/[−–]/g, "-").replace(/[，、；]/g, ",").trim();
  if (plain.includes("\t")) return plain.split("\t").map((cell) => cell.trim().replace(/^([+-]?\d*),(\d+)$/, "$1.$2"));
  return plain.replace(/[,;]$/, "").split(/\s*[,;]\s*|\s+/);
}

function isNumber(token) {
  return TYPED_NUMBER.test(token) && Math.abs(Number(token)) <= LARGEST_NUMBER;
}

function sizeError(found, channels) {
  if (!found.length) return { rule: "nothing" };
  const sizes = found.slice(0, channels).map((rows) => `${rows.length} × ${rows[0].length}`);
  const [rows] = found;
  if (rows.length > TYPED_MOST || rows[0].length > TYPED_MOST) return { rule: "tooMany", found: sizes[0] };
  const wrong = sizes.findIndex((size) => size !== sizes[0]);
  return wrong < 0 ? null : { rule: "raggedChannel", channel: wrong + 1, found: sizes[wrong], wanted: sizes[0] };
}
