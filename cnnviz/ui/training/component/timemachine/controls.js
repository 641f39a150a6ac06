// Film controls: play, step, speed, loop, keep up; the range; keys. What they do to the film's state, nothing of how it looks.
import { element } from "../../../shared/component/elements.js";
import { advanced, closest, drawn, goTo, nearest, playable } from "./playhead.js";
/** @import { Film } from "./playhead.js" */

const SPEEDS = [1, 2, 5, 10, 20];
const REST = 350; // ms on a stop that is not played, before it is fetched
const PLAY = "M7 5v14l12-7z";
const HOLD = "M7 5h4v14H7zM13 5h4v14h-4z";

/**
 * Words and states of the controls.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function controls(root, film) {
  const { strings, data } = film;
  const find = (name) => root.querySelector(name);
  const playButton = find(".fl-play");
  playButton.querySelector("path").setAttribute("d", film.isPlaying ? HOLD : PLAY);
  playButton.querySelector("span").textContent = film.isPlaying ? strings.hold : strings.play;
  playButton.disabled = data.stops.length < 2;
  label(find(".fl-back"), strings.back);
  label(find(".fl-forward"), strings.forward);
  find(".fl-speed span").textContent = strings.speed;
  const select = find(".fl-speed select");
  if (!select.options.length) select.append(...SPEEDS.map((each) => element("option", { value: each, textContent: each })));
  select.value = String(film.speed);
  toggle(find(".fl-loop"), strings.loop, film.isLooping);
  const followButton = find(".fl-follow");
  toggle(followButton, strings.follow, film.isFollowing && !film.isPlaying);
  followButton.title = strings.followHelp;
  followButton.hidden = !data.live;
  const range = find(".fl-scrub");
  range.setAttribute("aria-label", strings.scrub);
  range.title = strings.keys;
}

/**
 * Once for a root; `film` is looked up anew, as another run has another one.
 * @param {HTMLElement} root
 * @param {Film} film
 */
export function listen(root, film) {
  root.current = film;
  if (root.isListening) return;
  root.isListening = true;
  const now = () => root.current;
  const on = (name, type, act) => root.querySelector(name).addEventListener(type, (event) => act(now(), event));
  on(".fl-play", "click", (each) => (each.isPlaying ? hold(root, each) : play(root, each)));
  on(".fl-back", "click", (each) => step(root, each, -1));
  on(".fl-forward", "click", (each) => step(root, each, 1));
  on(".fl-speed select", "change", (each, event) => (each.speed = Number(event.target.value)));
  on(".fl-loop", "click", (each) => change(root, each, { isLooping: !each.isLooping }));
  on(".fl-follow", "click", (each) => follow(root, each));
  on(".fl-scrub", "input", (each, event) => scrub(root, each, closest(each.data.stops, Number(event.target.value))));
  on(".fl-head", "keydown", (each, event) => pressed(root, each, event));
}

function pressed(root, film, event) {
  const { target, key } = event;
  if (target.tagName === "SELECT" || event.altKey || event.ctrlKey || event.metaKey) return;
  const isButton = target.tagName === "BUTTON";
  const last = film.data.stops.length - 1;
  const at = nearest(film.place);
  const page = Math.max(1, Math.round(last / 10));
  const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - page, PageUp: at + page, Home: 0, End: last }[key];
  if (to !== undefined) scrub(root, film, to);
  else if (key === " " && !isButton) (film.isPlaying ? hold : play)(root, film);
  else return;
  event.preventDefault();
}

/** Rest at a stop that somebody chose: from now on the film does not keep up with the run. */
function scrub(root, film, index) {
  film.isPlaying = false;
  goTo(film, index);
  film.isFollowing = film.data.live && film.place.from === film.data.stops.length - 1;
  shown(root, film);
  clearTimeout(film.timer);
  film.timer = setTimeout(() => want(film), REST);
}

function step(root, film, by) {
  scrub(root, film, nearest(film.place) + by);
}

/** A stop that the film does not play is fetched when one stays on it. */
function want(film) {
  const stop = film.data.stops[film.place.from];
  if (stop && !stop.p && stop.v && !film.pieces.has(`w-${stop.v}`)) film.notify("wanted", stop.v);
}

function follow(root, film) {
  film.isFollowing = film.isPlaying || !film.isFollowing;
  film.isPlaying = false;
  if (film.isFollowing) goTo(film, film.data.stops.length - 1);
  shown(root, film);
}

function change(root, film, state) {
  Object.assign(film, state);
  controls(root, film);
}

/** From the present stop, or from the start if it is the last. */
function play(root, film) {
  const way = playable(film);
  if (nearest(film.place) >= way.at(-1)) goTo(film, way[0]);
  film.isPlaying = true;
  film.isFollowing = false;
  shown(root, film);
  let before = performance.now();
  const next = (time) => {
    if (!film.isPlaying || root.current !== film || !root.isConnected) return;
    const seconds = Math.min(0.25, Math.max(0, time - before) / 1000); // a tab that was hidden goes on where it was
    before = time;
    const to = advanced(film, seconds);
    if (to === null) return hold(root, film, way.at(-1));
    film.place = to;
    film.redraw();
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

function hold(root, film, index = nearest(drawn(film.place, film.isCalm))) {
  film.isPlaying = false;
  goTo(film, index);
  shown(root, film);
}

function shown(root, film) {
  controls(root, film);
  film.redraw();
}

function label(button, words) {
  button.title = words;
  button.setAttribute("aria-label", words);
}

function toggle(button, words, isOn) {
  button.textContent = words;
  button.setAttribute("aria-pressed", String(isOn));
}
