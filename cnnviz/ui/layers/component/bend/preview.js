// Preview of a bent picture, near enough to it while a finger moves: canvas transforms in the place of Python's sampling.

const UNIT = 28;
const NIB = 0.045; // of the width: a line as thick as a digit's

/**
 * Draw the picture as it is bent.
 * @param {CanvasRenderingContext2D} context of a canvas as large as the picture
 * @param {{ bend: Record<string, number>, image: CanvasImageSource, ink: Uint8Array, data: any }} state
 */
export function preview(context, { bend, image, ink, data }) {
  const { width, height, ground, inkColor } = data;
  const unit = width / UNIT;
  context.save();
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  context.filter = bend.blur > 0 ? `blur(${bend.blur * unit}px)` : "none";
  context.translate(width / 2 + bend.shift_x * unit, height / 2 + bend.shift_y * unit);
  context.rotate((bend.rotation * Math.PI) / 180);
  context.scale(bend.scale, bend.scale);
  context.drawImage(image, -width / 2, -height / 2);
  context.restore();
  if (bend.noise > 0) addNoise(context, width, height, bend.noise, bend.seed);
  if (bend.hole > 0) {
    const side = Math.max(1, Math.round(bend.hole * unit));
    context.fillStyle = ground;
    context.fillRect(Math.round(bend.hole_x * width - side / 2), Math.round(bend.hole_y * height - side / 2), side, side);
  }
  context.fillStyle = inkColor;
  ink.forEach((each, i) => each && context.fillRect(i % width, Math.floor(i / width), 1, 1));
}

/**
 * Ink along a line between two places (shares of the sides).
 * @param {{ ink: Uint8Array, data: any }} state
 * @param {number[]} from
 * @param {number[]} to
 */
export function stamp({ ink, data: { width, height } }, from, to) {
  const radius = Math.max(0.9, NIB * width);
  const steps = Math.ceil(Math.hypot((to[0] - from[0]) * width, (to[1] - from[1]) * height) * 2) + 1;
  for (let step = 0; step <= steps; step++) {
    const x = (from[0] + ((to[0] - from[0]) * step) / steps) * width;
    const y = (from[1] + ((to[1] - from[1]) * step) / steps) * height;
    for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(height, y + radius); row++) {
      for (let column = Math.max(0, Math.floor(x - radius)); column < Math.min(width, x + radius); column++) {
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius) ink[row * width + column] = 1;
      }
    }
  }
}

function addNoise(context, width, height, noise, seed) {
  const pixels = context.getImageData(0, 0, width, height);
  let state = seed + 1;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  for (let i = 0; i < pixels.data.length; i += 4) {
    const value = noise * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    for (let c = 0; c < 3; c++) pixels.data[i + c] += value;
  }
  context.putImageData(pixels, 0, 0);
}
