// Text runs: lines in several colours on a 2D context: read from the page's own HTML, broken, painted.
// Knows nothing of what the text says.

/** @import { Context } from "../stage/paint.js" */

/** @typedef {{ text?: string, color?: string, weight?: number, width?: number, br?: boolean }} Run `br`: the end of a line */
/** @typedef {{ pieces: Run[], width: number }} Line */

const KEPT_SPACE = "\u00a0";

/**
 * The runs of HTML like that of sums.js: its classes role-*, quiet and op choose the colour, <b> is bold.
 * @param {string} html
 * @param {Record<string, string>} colors role -> CSS
 * @returns {Run[]}
 */
export function runsOfHtml(html, colors) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const walker = document.createTreeWalker(box.content, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const runs = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === "BR") runs.push({ br: true });
    if (node.nodeType === Node.TEXT_NODE && node.data) runs.push(runOf(node, colors));
  }
  return runs;
}

function runOf(node, colors) {
  const marked = node.parentElement?.closest("[class*=role-], .quiet, .op");
  const named = /role-(\w+)/.exec(marked?.className ?? "")?.[1];
  const color = colors[named ?? (marked ? "muted" : "text")];
  return { text: node.data, color, weight: node.parentElement?.closest("b") ? 650 : 400 };
}

/**
 * What never breaks: `text` with its spaces kept together.
 * @param {string} text
 * @returns {string}
 */
export function unbroken(text) {
  return text.replaceAll(" ", KEPT_SPACE);
}

/**
 * `runs` in lines that fit into `width`, broken at spaces and after \"，\".
 * @param {Context} context
 * @param {Run[]} runs
 * @param {number} width
 * @param {number} size of the letters, pixels
 * @param {string} font family
 * @returns {Line[]}
 */
export function brokenRuns(context, runs, width, size, font) {
  const lines = [{ pieces: [], width: 0 }];
  for (const run of runs) {
    if (run.br) {
      lines.push({ pieces: [], width: 0 });
      continue;
    }
    context.font = `${run.weight} ${size}px ${font}`;
    for (const text of run.text.match(/ +|[^ ，]+，?|，/g) ?? []) {
      addPiece(lines, { ...run, text, width: context.measureText(text).width }, width);
    }
  }
  return lines.map(trimmedLine);
}

/** A word, or the spaces between two; words that touch stay on one line. */
function addPiece(lines, piece, width) {
  const line = lines[lines.length - 1];
  const isSpace = !piece.text.trim();
  if (isSpace || line.width + piece.width <= width) {
    line.pieces.push(piece);
    line.width += piece.width;
    return;
  }
  const last = breakAt(line.pieces);
  const moved = [...line.pieces.splice(last + 1), piece];
  line.width = widthOfPieces(line.pieces);
  const added = { pieces: moved, width: widthOfPieces(moved) };
  if (line.pieces.length) lines.push(added);
  else lines[lines.length - 1] = added; // one word wider than the line
}

/** The index of the piece to break after: the last that may be, or the one before an operator, which begins a line. */
function breakAt(pieces) {
  const canBreak = ({ text }) => text.startsWith(" ") || text.endsWith("，");
  const last = pieces.findLastIndex(canBreak);
  const operator = pieces[last - 1]?.text;
  return ["+", "="].includes(operator) ? pieces.slice(0, last).findLastIndex(canBreak) : last;
}

function trimmedLine({ pieces }) {
  const inner = [...pieces];
  while (inner.length && !inner[inner.length - 1].text.trim()) inner.pop();
  while (inner.length && !inner[0].text.trim()) inner.shift();
  return { pieces: inner, width: widthOfPieces(inner) };
}

function widthOfPieces(pieces) {
  return pieces.reduce((sum, piece) => sum + piece.width, 0);
}

/**
 * Paint broken lines around the middle `center`, the first in a band that starts at `top`; returns the next top.
 * @param {Context} context
 * @param {Line[]} lines
 * @param {number} center
 * @param {number} top
 * @param {number} size of the letters, pixels
 * @param {string} font family
 * @returns {number}
 */
export function paintLines(context, lines, center, top, size, font) {
  const band = lineHeight(size);
  context.textAlign = "left";
  context.textBaseline = "middle";
  lines.forEach((line, i) => {
    let x = center - line.width / 2;
    for (const piece of joinedPieces(line.pieces)) {
      context.font = `${piece.weight} ${size}px ${font}`;
      context.fillStyle = piece.color;
      const text = piece.text.replaceAll(KEPT_SPACE, " ");
      if (text.trim()) context.fillText(text, x, top + (i + 0.5) * band);
      x += piece.width;
    }
  });
  return top + lines.length * band;
}

/**
 * From one line's top to the next one's.
 * @param {number} size of the letters, pixels
 * @returns {number} pixels
 */
export function lineHeight(size) {
  return Math.round(size * 1.5);
}

/** Neighbours that look alike as one piece: fewer and longer texts, which a drawing program can edit. */
function joinedPieces(pieces) {
  const joined = [];
  for (const piece of pieces) {
    const last = joined[joined.length - 1];
    if (last && last.color === piece.color && last.weight === piece.weight) {
      last.text += piece.text;
      last.width += piece.width;
    } else joined.push({ ...piece });
  }
  return joined;
}
