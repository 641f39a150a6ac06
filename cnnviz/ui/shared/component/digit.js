// MNIST digit: a drawing the way MNIST's digits were made (LeCun et al. 1998, section III-A): scaled into 20 x 20, its centre of
// mass at index 14 of 28 x 28. The same steps, in the same order, as cnnviz/data/mnist_style.py.

export const DIGIT_SIDE = 28;
const DIGIT_BOX = 20; // the longer side of the ink, after scaling
const TIE = 1e-6; // halves are rounded up whatever the last bit of a sum says, in JavaScript as in Python
const FAINT = 12; // grey levels up to this are paper

/**
 * `ink`: grey levels 0..255, white is ink, rows of `width`. Returns Uint8Array(28 * 28); all zeros for a blank one.
 * @param {Uint8Array} ink width * height
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {Uint8Array}
 */
export function centreLikeMnist(ink, width, height) {
  const box = inkBox(ink, width, height);
  if (!box) return new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  const scale = DIGIT_BOX / Math.max(box.width, box.height);
  const columns = Math.max(1, Math.floor(box.width * scale + 0.5));
  const rows = Math.max(1, Math.floor(box.height * scale + 0.5));
  const small = averageAreas(ink, width, box, columns, rows);
  const digit = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  const mass = centreOfMass(small, columns);
  if (!mass) return digit;
  const left = placed(mass.x, columns);
  const top = placed(mass.y, rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) digit[(top + y) * DIGIT_SIDE + left + x] = small[y * columns + x];
  }
  return digit;
}

function inkBox(ink, width, height) {
  let left = width, right = -1, top = height, bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] <= FAINT) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// Every small pixel is the mean of exactly the area it covers, partly covered pixels by their share.
function averageAreas(ink, width, box, columns, rows) {
  const across = new Float64Array(box.height * columns);
  const wide = overlaps(box.width, columns);
  for (let y = 0; y < box.height; y++) {
    const start = (box.top + y) * width + box.left;
    for (let i = 0; i < wide.count; i++) across[y * columns + wide.to[i]] += ink[start + wide.from[i]] * wide.share[i];
  }
  const small = new Float64Array(rows * columns);
  const high = overlaps(box.height, rows);
  for (let i = 0; i < high.count; i++) {
    for (let x = 0; x < columns; x++) {
      small[high.to[i] * columns + x] += across[high.from[i] * columns + x] * high.share[i];
    }
  }
  return Uint8Array.from(small, (value) => Math.min(255, Math.floor(value + 0.5 + TIE)));
}

/** Wherever cell `to` of `cells` overlaps pixel `from` of `pixels`, its share; the shares of a cell sum to 1. */
function overlaps(pixels, cells) {
  const most = pixels + 2 * cells;
  const found = { to: new Uint16Array(most), from: new Uint16Array(most), share: new Float64Array(most), count: 0 };
  const step = pixels / cells;
  for (let to = 0; to < cells; to++) {
    const start = to * step;
    const end = start + step;
    for (let from = Math.floor(start); from < Math.min(pixels, Math.ceil(end)); from++) {
      const share = (Math.min(end, from + 1) - Math.max(start, from)) / step;
      if (share <= 0) continue;
      found.to[found.count] = to;
      found.from[found.count] = from;
      found.share[found.count++] = share;
    }
  }
  return found;
}

function centreOfMass(small, columns) {
  let sum = 0, x = 0, y = 0;
  small.forEach((value, index) => {
    sum += value;
    x += value * (index % columns);
    y += value * Math.floor(index / columns);
  });
  return sum ? { x: x / sum, y: y / sum } : null;
}

/** Where a side of `length` starts so that its mass at index `centre` comes to index 14, as in MNIST itself, inside the picture. */
function placed(centre, length) {
  const start = Math.floor(DIGIT_SIDE / 2 - centre + 0.5 + TIE);
  return Math.max(0, Math.min(DIGIT_SIDE - length, start));
}
