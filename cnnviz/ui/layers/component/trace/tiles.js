// Map tiles: a few maps side by side on small canvases, enlarged by whole factors, with a frame that can be moved over them.

const LARGEST_ZOOM = 26;
const GAP = 3; // CSS pixels between tiles, as in style.css

/**
 * Paints `field` into `host`, one canvas for each channel, as large as `room` and `height` allow.
 * @param {HTMLElement} host
 * @param {object} field { shape: [c, h, w], values, low, high, signed }
 * @param {{ table: object, room: number, height: number, padding?: number[] }} options CSS pixels for all tiles
 */
export function paintTiles(host, field, { table, room, height: most, padding = [0, 0] }) {
  const [channels, h, w] = field.shape;
  const [height, width] = [h + 2 * padding[0], w + 2 * padding[1]];
  const { columns, zoom } = arranged(channels, height, width, room, most);
  while (host.children.length > channels) host.lastChild.remove();
  while (host.children.length < channels) host.append(tile());
  host.style.maxWidth = `${columns * (width * zoom + GAP)}px`;
  host.dataset.zoom = `${zoom}`;
  [...host.children].forEach((element, c) => {
    const canvas = element.querySelector("canvas");
    Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { width: `${width * zoom}px`, height: `${height * zoom}px` });
    canvas.getContext("2d").putImageData(pixels(field, c, padding, table), padding[1], padding[0]);
    element.classList.toggle("tr-padded", padding[0] > 0 || padding[1] > 0);
  });
}

/**
 * How many tiles stand side by side so that all are as large as can be; by whole factors, where that is over 1.
 * @param {number} count
 * @param {number} height of a tile, in its pixels
 * @param {number} width
 * @param {number} room CSS pixels across
 * @param {number} most CSS pixels down
 * @returns {{ columns: number, zoom: number }}
 */
export function arranged(count, height, width, room, most) {
  let best = { columns: 1, zoom: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const fits = Math.min((room - GAP * columns) / (columns * width), (most - GAP * (rows - 1)) / (rows * height));
    const zoom = fits >= 1 ? Math.min(LARGEST_ZOOM, Math.floor(fits)) : Math.max(fits, 1 / width);
    if (zoom > best.zoom) best = { columns, zoom };
  }
  return best;
}

/**
 * Frame the same rectangle, in map pixels, on every tile; null takes the frame away.
 * @param {HTMLElement} host
 * @param {{ top: number, left: number, height: number, width: number } | null} mark pixels of the map
 */
export function placeMarks(host, mark) {
  const zoom = Number(host.dataset.zoom);
  for (const element of host.children) {
    const { style } = element.querySelector(".tr-mark");
    style.display = mark ? "block" : "none";
    for (const side of ["top", "left", "height", "width"]) style[side] = mark ? `${mark[side] * zoom}px` : "";
  }
}

function tile() {
  const element = document.createElement("div");
  element.className = "tr-tile";
  const mark = document.createElement("div");
  mark.className = "tr-mark";
  element.append(document.createElement("canvas"), mark);
  return element;
}

function pixels(field, channel, padding, tables) {
  const [, h, w] = field.shape;
  const image = new ImageData(w, h);
  const table = field.signed ? tables.diverging : tables.sequential;
  const span = field.high - field.low;
  for (let i = 0; i < h * w; i++) {
    const value = field.values[channel * h * w + i];
    const position = span > 0 && Number.isFinite(value) ? (value - field.low) / span : field.signed ? 0.5 : 0;
    const color = 3 * Math.max(0, Math.min(255, Math.round(position * 255)));
    image.data.set([table[color], table[color + 1], table[color + 2], 255], 4 * i);
  }
  return image;
}
