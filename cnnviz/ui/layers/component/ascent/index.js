// Ascent: a picture that grows by gradient ascent, as a film that plays here; its curve; the picture of before.
import { svgNode } from "../../../shared/component/svg.js";
import { themedRoot } from "../../../shared/component/theme.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/**
 * What is on the screen.
 * @typedef {object} Shown
 * @property {any} data the server's, the last that came
 * @property {number} at the frame that is seen
 * @property {boolean} plays
 * @property {number} timer
 */

const FRAMES_A_SECOND = 12;
const PLAY = "M7 4v16l13-8z";
const PAUSE = "M6 5h4v14H6zM14 5h4v14h-4z";
const WIDTH = 200; // of the curve's own coordinates, as in index.html
const HEIGHT = 72;

/** @type {WeakMap<HTMLElement, Shown>} */
const films = new WeakMap();

/**
 * @param {Mount} mount
 * @returns {() => void} stops the film, when the component goes
 */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const film = films.get(root) ?? { data, at: 0, plays: false, timer: 0 };
  const isNew = film.data.id !== data.id || !films.has(root);
  const wasAtEnd = film.at >= film.data.steps.length - 1;
  films.set(root, film);
  film.data = data;
  if (isNew) begin(film);
  else if (!film.plays && wasAtEnd) film.at = data.steps.length - 1; // one who looks at the newest goes on doing so
  listen(root, film, setTriggerValue);
  picture(root, data);
  curve(root, data);
  before(root, data);
  draw(root, film);
  run(root, film);
  return () => clearInterval(film.timer);
}

/** From the first frame on; where less motion is wanted, the last one. */
function begin(film) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  film.plays = !isCalm && (film.data.steps.length > 1 || film.data.is_live);
  film.at = film.plays ? 0 : film.data.steps.length - 1;
}

/** The film goes on by itself: to its end, and while more comes it waits there. */
function run(root, film) {
  clearInterval(film.timer);
  if (!film.plays) return;
  film.timer = setInterval(() => {
    const last = film.data.steps.length - 1;
    if (film.at < last) film.at += 1;
    else if (!film.data.is_live) film.plays = false;
    if (!film.plays || !root.isConnected) clearInterval(film.timer);
    draw(root, film);
  }, 1000 / FRAMES_A_SECOND);
}

function listen(root, film, setTriggerValue) {
  const slider = root.querySelector("input");
  slider.oninput = () => {
    film.plays = false;
    film.at = Number(slider.value);
    clearInterval(film.timer);
    draw(root, film);
  };
  root.querySelector(".as-play").onclick = () => {
    if (film.data.is_cut) return setTriggerValue("again", film.data.id);
    film.plays = !film.plays;
    if (film.plays && film.at >= film.data.steps.length - 1) film.at = 0;
    draw(root, film);
    run(root, film);
  };
  root.querySelector(".as-stop").onclick = () => setTriggerValue("stop", film.data.id);
}

/** What does not change from frame to frame. */
function picture(root, { side, sprite, width, height, steps, pixelated, strings, is_live }) {
  const scale = side / Math.max(width, height);
  Object.assign(root.querySelector(".as-picture").style, {
    width: `${width * scale}px`,
    height: `${height * scale}px`,
    backgroundImage: `url(${sprite})`,
    backgroundSize: `${width * scale}px ${height * scale * steps.length}px`,
    imageRendering: pixelated ? "pixelated" : "auto",
  });
  root.querySelector(".as-said span").textContent = strings.measure;
  root.querySelector(".as-best").textContent = strings.best;
  const stop = root.querySelector(".as-stop");
  stop.hidden = !is_live;
  stop.querySelector("span").textContent = strings.stop;
  const slider = root.querySelector("input");
  slider.max = `${steps.length - 1}`;
  slider.setAttribute("aria-label", strings.step_label);
}

/** The activation at every step, and the best test picture's as a line to pass. */
function curve(root, { curve: values, total, best, strings }) {
  const chart = root.querySelector(".as-curve");
  const shown = best === null ? values : [...values, best];
  const low = Math.min(0, ...shown);
  const high = Math.max(...shown, low + 1e-6);
  const y = (value) => 4 + (HEIGHT - 8) * (1 - (value - low) / (high - low));
  const points = values.map((value, step) => `${(WIDTH * step) / total},${y(value)}`).join(" ");
  const lines = [svgNode("polyline", { class: "as-line", points })];
  if (best !== null) lines.unshift(svgNode("line", { class: "as-goal", x1: 0, x2: WIDTH, y1: y(best), y2: y(best) }));
  chart.replaceChildren(...lines, svgNode("line", { class: "as-now", y1: 0, y2: HEIGHT }));
  chart.setAttribute("aria-label", strings.curve);
}

function before(root, { before: earlier, pixelated }) {
  const place = root.querySelector(".as-before");
  place.hidden = earlier === null;
  if (earlier === null) return;
  const small = place.querySelector(".as-small");
  small.style.backgroundImage = `url(${earlier.picture})`;
  small.style.imageRendering = pixelated ? "pixelated" : "auto";
  small.setAttribute("aria-label", earlier.alt);
  place.querySelector("p").textContent = earlier.text;
}

/** The frame that is seen: the picture's part of the sprite, its number, its place on the curve. */
function draw(root, { data, at, plays }) {
  const shown = Math.min(at, data.steps.length - 1);
  const place = root.querySelector(".as-picture");
  place.style.backgroundPosition = `0 ${-shown * parseFloat(place.style.height)}px`;
  place.setAttribute("aria-label", `${data.strings.alt} ${data.texts[shown]}`);
  root.querySelector(".as-said b").textContent = data.texts[shown];
  const step = data.strings.step.replace("{step}", `${data.steps[shown]}`);
  root.querySelector("output").textContent = step;
  const slider = root.querySelector("input");
  slider.value = `${shown}`;
  slider.setAttribute("aria-valuetext", `${step}: ${data.texts[shown]}`);
  const x = (WIDTH * data.steps[shown]) / data.total;
  const now = root.querySelector(".as-now");
  now.setAttribute("x1", `${x}`);
  now.setAttribute("x2", `${x}`);
  const button = root.querySelector(".as-play");
  button.querySelector("path").setAttribute("d", plays ? PAUSE : PLAY);
  button.querySelector("span").textContent = plays ? data.strings.pause : data.strings.again;
}
