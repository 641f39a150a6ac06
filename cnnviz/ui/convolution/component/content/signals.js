// Signals of small whole numbers, one value a sample. Knows nothing of sound.

import { hash32, pixelStream } from "../arithmetic/hash.js";

const SIGNAL_PEAK = 8;
const TONE_PERIODS = [8, 4, 16, 3, 2.5]; // samples; `pick` chooses, from 1

/** The inputs that are a signal. */
export const SIGNALS = ["tone", "step", "chirp"];

/** How many choices a signal has. */
export const TONES = TONE_PERIODS.length;

/**
 * The samples between two crests of the tone `pick`.
 * @param {number} pick from 1
 * @returns {number} samples
 */
export function tonePeriod(pick) {
  return TONE_PERIODS[(pick - 1) % TONES];
}

/**
 * `count` samples of a signal, -8 to 8.
 * @param {string} name of SIGNALS
 * @param {number} pick from 1
 * @param {number} count
 * @returns {Float64Array}
 */
export function signal(name, pick, count) {
  const level = { tone: toneLevel(pick), step: stepLevel(count), chirp: chirpLevel(count) }[name];
  return Float64Array.from({ length: count }, (_, x) => Math.round(SIGNAL_PEAK * level(x)) + 0);
}

/**
 * `count` samples of noise, -8 to 8, that the seed `pick` decides.
 * @param {number} pick the seed, from 1
 * @param {number} channel from 0
 * @param {number} count
 * @returns {Float64Array}
 */
export function signalNoise(pick, channel, count) {
  const stream = pixelStream(pick, channel);
  return Float64Array.from({ length: count }, (_, x) => (hash32(0, x, stream) % (2 * SIGNAL_PEAK + 1)) - SIGNAL_PEAK);
}

function toneLevel(pick) {
  return (x) => Math.sin((2 * Math.PI * x) / tonePeriod(pick));
}

function stepLevel(count) {
  return (x) => (x >= count / 2 ? 1 : 0);
}

/** From one crest in 32 samples to one in 2, the fastest that samples can hold. */
function chirpLevel(count) {
  return (x) => Math.sin(2 * Math.PI * (x / 32 + ((1 / 2 - 1 / 32) * x * x) / (2 * Math.max(1, count))));
}
