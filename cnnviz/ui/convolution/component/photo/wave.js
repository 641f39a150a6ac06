// Waveform on a canvas: for every column of pixels the line from the lowest to the highest value in it.

const WAVE_HEIGHT = 72; // CSS pixels

/**
 * `values` within -1..1 after `gain`, drawn over the `share` of the canvas's width that their time takes.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} gain
 * @param {number} share 0..1
 * @param {string} color CSS
 */
export function paintWave(canvas, values, gain, share, color) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.round(WAVE_HEIGHT * ratio);
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  const columns = Math.max(1, Math.round(width * share));
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const [low, high] = lowAndHigh(values, from, to);
    const [top, bottom] = [high, low].map((value) => (0.5 - 0.48 * Math.max(-1, Math.min(1, value * gain))) * height);
    context.fillRect(column, top, 1, Math.max(ratio, bottom - top));
  }
}

function lowAndHigh(values, from, to) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = from; i < Math.min(to, values.length); i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return low <= high ? [low, high] : [0, 0];
}
