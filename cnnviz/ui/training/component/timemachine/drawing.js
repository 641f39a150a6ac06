// Film drawing, which puts it on the screen: once for new data or a new width, and for every frame.
import { element } from "../../../shared/component/elements.js";
import { followed } from "../../../shared/component/words.js";
import { layBars, drawBars } from "./bars.js";
import { drawMatrix, listenToMatrix } from "./matrix.js";
import { filtersAt, mapsAt, matrixAt, spanOf } from "./pieces.js";
import { drawn, nearest } from "./playhead.js";
import { describe, filtersWords, mapsWords, matrixWords, momentWords, noteWords, signed } from "./text.js";
import { drawSheet, tableFor } from "./sheets.js";
import { drawStrip, layStrip } from "./strip.js";
/** @import { Film } from "./playhead.js" */

const MANY = 30; // maps that would be too small in a quarter of the width

/**
 * What changes with the data or the width only.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function layOut(root, film) {
  const { strings, layers } = film.data;
  root.querySelector(".fl-note").textContent = noteWords(film);
  headings(root, strings);
  const [accuracy, loss] = root.querySelectorAll(".fl-legend span");
  write(accuracy, strings.curveAccuracy);
  write(loss, strings.curveLoss);
  layBars(root, film);
  const sheets = root.querySelector(".fl-sheets");
  while (sheets.children.length > layers.length) sheets.lastChild.remove();
  while (sheets.children.length < layers.length) sheets.append(element("div", {}, [element("p", { className: "fl-line" }), element("div", { className: "fl-sheet" }), element("p", { className: "fl-scale" })]));
  film.spans = { filters: spanOf(film, (i) => filtersAt(film, i)), maps: layers.map((layer) => spanOf(film, (i) => mapsAt(film, i, layer))) };
  const tiles = layers.map((layer) => mapsAt(film, film.data.stops.length - 1, layer)?.shape?.[0] ?? 0);
  if (tiles.every(Boolean)) root.querySelector(".fl-panes").classList.toggle("fl-many", Math.max(...tiles) > MANY);
  root.querySelector(".fl-panes").classList.toggle("fl-gone", film.data.gone);
  root.querySelector(".fl-panes").classList.toggle("fl-drawing", film.data.drawing);
  layStrip(root, film);
  listenToMatrix(root);
  const matrix = root.querySelector(".fl-matrix canvas");
  matrix.title = strings.matrixHelp;
  matrix.setAttribute("aria-label", followed(strings.matrix, strings.matrixHelp));
  root.resizing ??= observer(root);
}

/**
 * The present place. Called for every frame while the film plays.
 * @param {HTMLElement} root
 * @param {Film} whole
 */
export function draw(root, whole) {
  const film = { ...whole, place: drawn(whole.place, whole.isCalm) };
  drawStrip(root, film);
  const { strings, layers } = film.data;
  write(root.querySelector(".fl-moment b"), momentWords(film).title);
  write(root.querySelector(".fl-moment span"), momentWords(film).facts);
  const at = nearest(film.place);
  drawMatrix(root, film, matrixAt(film, at));
  write(root.querySelector(".fl-matrix .fl-line"), matrixWords(film, matrixAt(film, at)));
  pane(root.querySelector(".fl-filters"), film, (index) => filtersAt(film, index), film.spans.filters, (piece) => filtersWords(film, piece, film.data.stops[at]), strings.filtersScale);
  const boxes = root.querySelector(".fl-sheets").children;
  layers.forEach((layer, i) => pane(boxes[i], film, (index) => mapsAt(film, index, layer), film.spans.maps[i], (piece) => mapsWords(film, piece, layer, film.data.stops[at]), ""));
  drawBars(root, film);
  const said = root.querySelector(".fl-said");
  said.setAttribute("aria-live", film.isPlaying || (film.data.live && film.isFollowing) ? "off" : "polite");
  if (!film.isPlaying) write(said, describe(film));
}

/** One sheet of tiles with its words and its scale; a stop without pictures shows the words alone. */
function pane(box, film, pick, span, words, scaleWords) {
  const { from, to, t } = film.place;
  const [first, second] = [pick(from), pick(to)];
  const shown = first?.tiles ? first : second;
  write(box.querySelector(".fl-line"), words(t < 0.5 ? first : second));
  const sheet = box.querySelector(".fl-sheet");
  const scale = box.querySelector(".fl-scale");
  const isComing = !first && !second && Boolean(sheet.firstChild) && !film.data.gone; // what was there stays, pale
  sheet.hidden = scale.hidden = !shown?.tiles && !isComing;
  sheet.classList.toggle("fl-pale", isComing);
  if (!shown?.tiles) return;
  const after = second?.tiles?.length === shown.tiles.length ? second : shown;
  drawSheet(sheet, shown, after, after === shown ? 0 : t, span, tableFor(film, shown));
  paintScale(scale, shown, span, scaleWords);
}

function paintScale(scale, piece, span, words) {
  const key = `${span} ${words}`;
  if (scale.dataset.key === key) return;
  scale.dataset.key = key;
  const inColor = piece.shape[1] === 3;
  const bar = inColor ? [] : [element("span", { textContent: signed(-span) }), element("i"), element("span", { textContent: signed(span) })];
  scale.replaceChildren(...bar, ...(words ? [element("small", { textContent: words })] : []));
}

function headings(root, strings) {
  for (const name of ["matrix", "filters", "answer", "maps"]) write(root.querySelector(`.fl-${name} figcaption`), strings[name]);
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Widths decide how large a tile is. */
function observer(root) {
  const made = new ResizeObserver(() => {
    if (root.clientWidth === root.width) return;
    root.width = root.clientWidth;
    layStrip(root, root.current);
    draw(root, root.current);
  });
  made.observe(root);
  return made;
}
