// Confusion matrix of one epoch on a canvas: mistakes stand out against the diagonal, cells can be read out.
import { mix, readable, share, tint } from "../../../shared/component/confusion/shades.js";
import { rgb, role } from "../../../shared/component/theme.js";
/** @import { Matrix } from "./pieces.js" */
/** @import { Film } from "./playhead.js" */

const LARGEST = 430; // CSS pixels a side
const AXIS = 18; // CSS pixels for an axis's name
const MOST_NUMBERS = 12; // classes, beyond which cells hold no numbers

/**
 * Draw `piece` ({ counts, classes }) unless it is there already.
 * @param {HTMLElement} root
 * @param {Film} film
 * @param {Matrix | undefined} piece
 */
export function drawMatrix(root, film, piece) {
  const canvas = root.querySelector(".fl-matrix canvas");
  canvas.hidden = !piece?.classes;
  if (canvas.hidden) return;
  const pane = root.querySelector(".fl-matrix");
  const place = placing(root, film, piece, Math.min(LARGEST, pane.clientWidth));
  const key = [film.data.run, place.side, root.className, film.cell, film.data.classes].join("|");
  if (canvas.drawn === piece && canvas.key === key) return;
  Object.assign(canvas, { drawn: piece, key, place });
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(place.side * density);
  canvas.height = Math.round(place.side * density);
  canvas.style.width = canvas.style.height = `${place.side}px`;
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  labels(context, root, film, place);
  axes(context, root, film, place);
  cells(context, root, piece, place);
  if (film.cell) frame(context, root, film.cell, place);
}

/**
 * Pointer and arrow keys choose the cell that is read out.
 * @param {HTMLElement} root
 */
export function listenToMatrix(root) {
  const canvas = root.querySelector(".fl-matrix canvas");
  if (canvas.isListening) return;
  canvas.isListening = true;
  const choose = (cell) => {
    root.current.cell = cell;
    root.current.redraw();
  };
  canvas.addEventListener("pointermove", (event) => choose(cellAt(canvas, event.offsetX, event.offsetY)));
  canvas.addEventListener("pointerleave", () => choose(null));
  const line = root.querySelector(".fl-matrix .fl-line");
  canvas.addEventListener("focus", () => line.setAttribute("aria-live", "polite")); // else each epoch would be read out
  canvas.addEventListener("blur", () => {
    line.setAttribute("aria-live", "off");
    choose(null);
  });
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by || !canvas.place) return;
    event.preventDefault();
    const inside = (at) => Math.max(0, Math.min(canvas.place.classes - 1, at));
    const { cell } = root.current;
    choose(cell ? [inside(cell[0] + by[0]), inside(cell[1] + by[1])] : [0, 0]);
  });
}

function placing(root, film, { classes }, side) {
  const style = getComputedStyle(root);
  const size = classes > 20 ? 8 : side < 330 || film.data.classes.some((name) => name.length > 2) ? 11.5 : 14;
  const font = `${size}px ${style.fontFamily}`;
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = font;
  const longest = Math.max(...film.data.classes.map((name) => measure.measureText(name).width));
  const edge = AXIS + Math.min(side * 0.26, longest + 10);
  const axisFont = `12.5px ${style.fontFamily}`;
  return { classes, side, edge, font, axisFont, cell: (side - edge) / classes, isLong: longest > 22 };
}

function labels(context, root, film, { classes, edge, cell, font, isLong }) {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.font = font;
  context.fillStyle = role(root, "muted");
  context.textBaseline = "middle";
  const every = cell < 9 ? Math.ceil(9 / cell) : 1;
  film.data.classes.slice(0, classes).forEach((name, i) => {
    if (i % every) return;
    const at = edge + (i + 0.5) * cell;
    context.textAlign = "right";
    context.fillText(name, edge - 5, at, edge - AXIS - 6);
    context.save();
    context.translate(at, edge - 5);
    if (isLong) context.rotate(-Math.PI / 2);
    context.textAlign = isLong ? "left" : "center";
    context.fillText(name, 0, isLong ? 0 : -6, edge - AXIS - 6);
    context.restore();
  });
}

/** What the rows are, and what the columns: along the edges, outside the classes' names. */
function axes(context, root, film, { side, edge, axisFont }) {
  const middle = (edge + side) / 2;
  context.font = axisFont;
  context.fillStyle = role(root, "text");
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(`${film.strings.predicted} \u2192`, middle, AXIS / 2 - 1, side - edge);
  context.save();
  context.translate(AXIS / 2 - 1, middle);
  context.rotate(-Math.PI / 2);
  context.fillText(`\u2190 ${film.strings.true}`, 0, 0, side - edge);
  context.restore();
}

function cells(context, root, { counts, classes }, { edge, cell, font }) {
  const [background, ink, right, wrong] = ["background", "text", "right", "wrong"].map((name) => rgb(role(root, name)));
  const gap = cell > 14 ? 2 : cell > 6 ? 1 : 0;
  context.font = font;
  context.textAlign = "center";
  for (let i = 0; i < classes; i++) {
    const row = counts.subarray(i * classes, (i + 1) * classes);
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, j) => {
      const fill = mix(background, i === j ? right : wrong, tint(share(count, total), i === j));
      const [x, y] = [edge + j * cell, edge + i * cell];
      context.fillStyle = `rgb(${fill.join(" ")})`;
      context.fillRect(x, y, cell - gap, cell - gap);
      if (!count || classes > MOST_NUMBERS) return;
      context.fillStyle = `rgb(${readable(fill, ink, background).join(" ")})`;
      context.fillText(String(count), x + (cell - gap) / 2, y + (cell - gap) / 2 + 0.5, cell - gap - 2);
    });
  }
}

function frame(context, root, chosen, { edge, cell }) {
  const [i, j] = chosen;
  context.strokeStyle = role(root, "text");
  context.lineWidth = 2;
  context.strokeRect(edge + j * cell, edge + i * cell, cell - 2, cell - 2);
}

function cellAt(canvas, x, y) {
  const { edge, cell, classes } = canvas.place;
  const [i, j] = [Math.floor((y - edge) / cell), Math.floor((x - edge) / cell)];
  return i >= 0 && j >= 0 && i < classes && j < classes ? [i, j] : null;
}
