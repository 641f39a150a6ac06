// Map tiles: a few maps side by side on small canvases, enlarged by whole factors, with a frame that can be moved over them.

const LARGEST_ZOOM = 26;
const GAP = 4; // CSS pixels between tiles, as in style.css

/**
 * Paints `field` into `host`, one canvas for each channel.
 * @param {HTMLElement} host
 * @param {object} field { shape: [c, h, w], values, low, high, signed }
 * @param {{ table: object, room: number, columns?: number, padding?: number[] }} options `room`: CSS pixels across for all of them; `columns`: how many stand side by side
 */
export function paintTiles(host, field, { table, room, columns = columnsFor(field.shape[0]), padding = [0, 0] }) {
  const [channels, h, w] = field.shape;
  const [height, width] = [h + 2 * padding[0], w + 2 * padding[1]];
  const zoom = Math.max(1, Math.min(LARGEST_ZOOM, Math.floor((room - GAP * (columns - 1)) / (columns * width))));
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
 * Frame the same rectangle, in map pixels, on every tile.
 * @param {HTMLElement} host
 * @param {{ top: number, left: number, height: number, width: number }} mark pixels of the map
 */
export function placeMarks(host, { top, left, height, width }) {
  const zoom = Number(host.dataset.zoom);
  for (const element of host.children) {
    Object.assign(element.querySelector(".tr-mark").style, {
      display: "block",
      top: `${top * zoom}px`,
      left: `${left * zoom}px`,
      height: `${height * zoom}px`,
      width: `${width * zoom}px`,
    });
  }
}

function columnsFor(channels) {
  return channels <= 3 ? channels : Math.ceil(Math.sqrt(channels));
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
