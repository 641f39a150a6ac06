// Sound panel: a sound before and after the kernel, and what a stride does to it. Nothing plays by itself.

import { grouped } from "../../../shared/component/number.js";
import { element } from "../../../shared/component/elements.js";
import { role } from "../../../shared/component/theme.js";
import { filled, withColon } from "../../../shared/component/words.js";
import { outputSize } from "../arithmetic/axis.js";
import { inPieces, largeFilter } from "./largefilter.js";
import { shown } from "../arithmetic/numbers.js";
import { fillSelect, labelled, say, watcher } from "../content/panelparts.js";
import { SOUNDS, SOUND_RATE, resampled, soundOf } from "./sounds.js";
import { paintWave } from "./wave.js";
/** @import { Explorer } from "../explorer.js" */

const SOUND_REST = 250; // milliseconds without a change before a sound is computed
const SIDES = ["before", "after"];

/**
 * Inside `host`. Returns { update(view, words), stop, destroy }.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {object}
 */
export function createAudio(host, explorer) {
  const { which, speed, fields, stopButton, waves, loud, lesson } = audioParts(host);
  const player = createPlayer(waves, stopButton);
  let [sound, matched] = [SOUNDS[0], false];
  let result = null; // { before, after: { values, rate } , view }
  let timer = 0;
  let cancel = () => {};
  const changed = watcher();

  which.addEventListener("change", () => {
    sound = which.value;
    player.stop();
    explorer.refresh();
  });
  speed.addEventListener("change", () => {
    matched = speed.value === "matched";
    player.stop();
    show();
  });
  stopButton.addEventListener("click", player.stop);
  for (const side of SIDES) waves[side].button.addEventListener("click", () => play(side));

  function awaitRest() {
    clearTimeout(timer);
    timer = setTimeout(() => (explorer.moving ? awaitRest() : compute(explorer.view)), SOUND_REST);
  }

  function compute(view) {
    cancel();
    player.stop();
    if (!host.isConnected || !view.flat) return;
    const before = soundFor(view, sound);
    const axes = [view.axes[0], { ...view.axes[1], n: before.values.length }];
    result = null;
    if (outputSize(axes[1]) === 0) return show();
    const pixels = view.weights.length ? view.weights.map(() => before.values) : [before.values];
    const filter = largeFilter({ ...view, axes, pooling: view.setting.pooling, pixels });
    cancel = inPieces(1, filter.row, () => {
      result = { view, before, after: filter.values[0] };
      show();
    });
  }

  /** How many values a second the result is played at. */
  function rateAfter() {
    return matched ? fittingRate(result) : result.before.rate;
  }

  function show() {
    const words = explorer.words("photo");
    for (const side of SIDES) waves[side].box.hidden = !result;
    fields[1].hidden = !result || result.view.axes[1].s === 1;
    say(loud, result ? "" : words.refused);
    say(lesson, result ? lessonOf(result, words) : "");
    if (!result) return;
    const { rate } = result.before;
    const option = (name, each) => [name, filled(words[name], { rate: grouped(each) })];
    fillSelect(speed, [option("same", rate), option("matched", fittingRate(result))], matched ? "matched" : "same");
    const peak = largestOf(result.after);
    const longest = Math.max(result.before.values.length / rate, result.after.length / rateAfter());
    showWave(explorer.root, "before", waves, { values: result.before.values, rate, gain: 1 }, longest, words);
    const after = { values: result.after, rate: rateAfter(), gain: peak > 1 ? 1 / peak : 1 };
    showWave(explorer.root, "after", waves, after, longest, words);
    say(loud, peak > 1 ? filled(words.quieter, { n: shown(Math.round(peak * 10) / 10) }) : "");
  }

  function play(side) {
    if (side === "before") player.play(side, result.before.values, result.before.rate);
    else player.play(side, result.after, rateAfter());
  }

  return {
    stop: player.stop,
    update(view, words) {
      const { k, p, s, d, o, ceil } = view.axes[1];
      fillSelect(which, SOUNDS.map((name) => [name, words[`sound-${name}`]]), sound);
      say(fields[0].firstChild, words.sound);
      say(fields[1].firstChild, words.speed);
      say(stopButton, `■ ${words.stop}`);
      const look = explorer.root.className;
      const layer = [k, p, s, d, o, ceil, view.mode, view.setting.pooling, view.bias, sound, look].join();
      if (changed(layer, words, ...view.weights)) awaitRest();
    },
    destroy() {
      clearTimeout(timer);
      cancel();
      player.close();
    },
  };
}

/** The panel's elements, put into `host`. */
function audioParts(host) {
  const [which, speed] = [element("select"), element("select")];
  const fields = [labelled(which), labelled(speed)];
  const stopButton = element("button", { className: "content-button", type: "button", disabled: true });
  const row = element("div", { className: "content-row" });
  row.append(...fields, stopButton);
  const waves = Object.fromEntries(SIDES.map((side) => [side, waveRow(side)]));
  const [loud, lesson] = [element("p", { className: "content-note" }), element("p", { className: "photo-lesson" })];
  host.append(row, ...SIDES.map((side) => waves[side].box), loud, lesson);
  return { which, speed, fields, stopButton, waves, loud, lesson };
}

/** Plays one sound at a time, with the playhead over its wave. Returns { play(side, values, rate), stop, close }. */
function createPlayer(waves, stopButton) {
  let playing = null; // { source, side }
  let audio = null;

  async function play(side, values, rate) {
    stop();
    audio ??= new AudioContext();
    await audio.resume();
    const peak = Math.max(1, largestOf(values));
    const samples = resampled(values, rate, audio.sampleRate).map((value) => value / peak);
    const buffer = audio.createBuffer(1, samples.length, audio.sampleRate);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(audio, { buffer });
    source.connect(audio.destination);
    source.addEventListener("ended", () => playing?.source === source && stop());
    source.start();
    playing = { source, side };
    stopButton.disabled = false;
    waves[side].run(buffer.duration);
  }

  function stop() {
    if (!playing) return;
    stopButton.disabled = true;
    playing.source.stop();
    waves[playing.side].run(0);
    playing = null;
  }

  return {
    play,
    stop,
    close() {
      stop();
      audio?.close();
    },
  };
}

/** One sound's wave and what is said of it; the longest of both takes the whole width. */
function showWave(root, side, waves, { values, rate, gain }, longest, words) {
  const { canvas, caption, button, box } = waves[side];
  const seconds = values.length / rate;
  say(button, `▶ ${words[side]}`);
  const rounded = shown(Math.round(seconds * 100) / 100);
  const about = filled(words.length, { n: grouped(values.length), rate: grouped(rate), seconds: rounded });
  say(caption, about);
  canvas.setAttribute("aria-label", withColon(words[side], about));
  box.style.setProperty("--share", seconds / longest);
  paintWave(canvas, values, gain, seconds / longest, role(root, side === "before" ? "input" : "output"));
}

/** How many of the result's values a second keep the sound as long as it was. */
function fittingRate({ view, before }) {
  const { s } = view.axes[1];
  return view.mode === "transposed" ? before.rate * s : before.rate / s;
}

/** The sound at 8,000 values a second; a transposed convolution, which makes more, begins with fewer. */
function soundFor({ mode, axes }, name) {
  const rate = mode === "transposed" ? SOUND_RATE / axes[1].s : SOUND_RATE;
  const values = soundOf(name);
  return { rate, values: rate === SOUND_RATE ? values : Float64Array.from(resampled(values, SOUND_RATE, rate)) };
}

function lessonOf({ view, before }, words) {
  const { s } = view.axes[1];
  if (s === 1) return words.everyValue;
  if (view.mode === "transposed") return filled(words.moreValues, { s });
  return filled(words.fewerValues, { s, rate: grouped(before.rate / s), half: grouped(before.rate / s / 2) });
}

function waveRow(side) {
  const box = element("div", { className: `photo-wave ${side}` });
  const button = element("button", { className: "content-button", type: "button" });
  const caption = element("span", { className: "content-note" });
  const frame = element("div", { className: "photo-frame" });
  const canvas = element("canvas");
  const line = element("span", { className: "photo-playhead", hidden: true });
  canvas.setAttribute("role", "img");
  frame.append(canvas, line);
  box.append(button, frame, caption);

  /** The playhead's way over the wave, in `seconds`; 0 takes it away. */
  function run(seconds) {
    line.getAnimations().forEach((animation) => animation.cancel());
    line.hidden = seconds === 0;
    const end = `calc(100% * ${getComputedStyle(box).getPropertyValue("--share") || 1})`;
    if (seconds) line.animate([{ left: 0 }, { left: end }], { duration: seconds * 1000 });
  }

  return { box, button, caption, canvas, run };
}

function largestOf(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
