// Sounds: short ones made of sines, the same every time, and their way to another rate. Pure: numbers, no audio.

import { hash32 } from "../arithmetic/hash.js";

/** Values a second. */
export const SOUND_RATE = 8000;

/** The sounds to choose from. */
export const SOUNDS = ["melody", "voice", "sweep"];

const SECONDS = 1.6;
const NOTES = [523.25, 659.26, 783.99, 1046.5]; // C5 E5 G5 C6
const HIGHEST = 3600; // hertz: what 8,000 values a second can hold, with some room
const VOWELS = [[730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [730, 1090, 2440]]; // a i u a: formants in hertz
const HISS = [0.36, 0.46]; // seconds
const HISS_STREAM = 7;
const LOBES = 16; // of the interpolating sinc, each side
const FINENESS = 256; // table entries a lobe

const madeSounds = new Map();

/**
 * Float64Array of 12,800 values within -0.5..0.5.
 * @param {string} name of SOUNDS
 * @returns {Float64Array}
 */
export function soundOf(name) {
  if (!madeSounds.has(name)) madeSounds.set(name, makeSound(name));
  return madeSounds.get(name);
}

function makeSound(name) {
  const make = { melody: melodyAt, voice: voiceAt, sweep: sweepAt }[name];
  const values = Float64Array.from({ length: SECONDS * SOUND_RATE }, (_, i) => make(i / SOUND_RATE, i));
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.map((value) => (value / peak) * 0.5);
}

function melodyAt(time) {
  const note = Math.min(NOTES.length - 1, Math.floor((time * NOTES.length) / SECONDS));
  const since = time - (note * SECONDS) / NOTES.length;
  let sum = 0;
  for (let h = 1; h * NOTES[note] < HIGHEST; h++) sum += Math.sin(2 * Math.PI * h * NOTES[note] * since) / h ** 1.2;
  return sum * Math.exp(-4 * since) * Math.min(1, since / 0.01);
}

function sweepAt(time) {
  const [low, high] = [200, HIGHEST];
  const edge = Math.min(1, time / 0.02, (SECONDS - time) / 0.02);
  return edge * Math.sin(2 * Math.PI * (low * time + ((high - low) * time * time) / (2 * SECONDS)));
}

/** Vowels gliding into each other over a falling pitch, and a hiss as of an s. */
function voiceAt(time, i) {
  if (time > HISS[0] && time < HISS[1]) return 3 * (hash32(0, i, HISS_STREAM) / 2 ** 32 - 0.5);
  const pitch = 150 - (25 * time) / SECONDS;
  const turns = 150 * time - (12.5 * time * time) / SECONDS;
  const formants = formantsAt((time / SECONDS) * (VOWELS.length - 1));
  let sum = 0;
  for (let h = 1; h * pitch < HIGHEST; h++) sum += loudness(h * pitch, formants) * Math.sin(2 * Math.PI * h * turns);
  const sinceHiss = time > HISS[1] ? time - HISS[1] : 1;
  return sum * Math.min(1, time / 0.05, (SECONDS - time) / 0.2, sinceHiss / 0.03);
}

function formantsAt(position) {
  const from = Math.min(VOWELS.length - 2, Math.floor(position));
  return VOWELS[from].map((low, i) => low + (VOWELS[from + 1][i] - low) * (position - from));
}

function loudness(hertz, formants) {
  return formants.reduce((sum, formant, i) => sum + 1 / (i + 1) / (1 + ((hertz - formant) / 90) ** 2), 0.02);
}

/**
 * `values` at `from` a second as they sound at `to` a second: interpolated with a windowed sinc, nothing folded over.
 * @param {ArrayLike<number>} values
 * @param {number} from values a second
 * @param {number} to values a second
 * @returns {Float32Array}
 */
export function resampled(values, from, to) {
  const scale = Math.min(1, to / from);
  const reach = LOBES / scale;
  const out = new Float32Array(Math.max(1, Math.round((values.length * to) / from)));
  for (let i = 0; i < out.length; i++) {
    const at = (i * from) / to;
    const last = Math.min(values.length - 1, Math.floor(at + reach));
    let sum = 0;
    for (let n = Math.max(0, Math.ceil(at - reach)); n <= last; n++) {
      sum += values[n] * SINC[Math.round(Math.abs(at - n) * scale * FINENESS)];
    }
    out[i] = sum * scale;
  }
  return out;
}

const SINC = Float64Array.from({ length: LOBES * FINENESS + 1 }, (_, i) => {
  const x = (Math.PI * i) / FINENESS;
  return i === 0 ? 1 : (Math.sin(x) / x) * (0.5 + 0.5 * Math.cos(x / LOBES));
});
