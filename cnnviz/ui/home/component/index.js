// First page: a digit is drawn, a small network answers between two frames, and every layer shows what it made of it.
//
// data: { version, network: { layers, mean, std } or null, gallery: { pictures, labels }, drawing, strings };
// the same version is the same data, `drawing` apart, which only the first call heeds.
// The address says what is shown: see link.js.
// state: "drawing", the 28 x 28 picture in base64 when a stroke has ended, "" when the pad is empty.
// The event "cnn-shown" (detail: ms of the forward pass) bubbles from the root whenever all pictures are redrawn.

import { floatsFromBase64, fromBase64, toBase64 } from "../../shared/component/base64.js";
import { DIGIT_SIDE, centreLikeMnist } from "../../shared/component/digit.js";
import { forward } from "../../shared/component/network.js";
import { createPad } from "../../shared/component/pad.js";
import { paintNumbers, pixelTables } from "../../shared/component/paint.js";
import { role, themedRoot } from "../../shared/component/theme.js";
import { createPrediction } from "./prediction.js";
import { createDetail } from "./detail.js";
import { createFlow } from "./flow.js";
import { createGallery } from "./gallery.js";
import { readLink, writeLink } from "./link.js";
/** @import { Mount } from "../../shared/component/theme.js" */

const STACKED_BELOW = 600; // pixels: as in style.css
const FIRST_DIGIT = 3; // of the gallery: what the network reads before anything is drawn

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  root.stage ??= createStage(root);
  root.stage.configure(data, (drawing) => setStateValue("drawing", drawing));
}

/** What the visitor looks at: the pad, the gallery and the address; what the network makes of it: `createReading`. */
function createStage(root) {
  const part = (name) => root.querySelector(`.${name}`);
  const pad = createPad(part("sketch"), { color: () => role(root, "text"), onChange: showDrawing, onStroke: sendDrawing });
  const gallery = createGallery(part("gallery"), showDigit);
  const reading = createReading(root, part);
  let version = null;
  let tables = pixelTables(root);
  let picture = null; // Uint8Array(784): what the network is looking at; null: nothing
  let chosen = {}; // what the visitor chose to look at, for the address: { drawing }, { digit, set }, or nothing
  let send = (/** @type {string} */ _drawing) => {};

  function configure(data, changedSend) {
    send = changedSend;
    tables = pixelTables(root);
    const first = version === null;
    if (version !== data.version) build(data);
    version = data.version;
    pad.redraw();
    gallery.paint(tables);
    if (first) begin(data);
    writeAddress(chosen); // a new language has emptied it
    look();
  }

  function build({ strings, ...data }) {
    pad.configure({ strings });
    gallery.configure(strings, { pictures: fromBase64(data.gallery.pictures), labels: data.gallery.labels });
    reading.configure(data.network && decoded(data.network), strings, tables);
  }

  /** The first picture. */
  function begin(data) {
    const first = firstPicture(data, gallery.sets());
    if (first.digit !== undefined) gallery.pick(first.digit, first.set);
    if (first.isDefault) chosen = {};
    if (!first.drawing) return;
    picture = first.drawing;
    chosen = { drawing: picture };
    if (first.isFromLink) send(toBase64(picture)); // the other pages look at it too
  }

  function showDrawing() {
    gallery.release();
    picture = drawn(pad);
    look();
  }

  function sendDrawing() {
    chosen = picture ? { drawing: picture } : {};
    writeAddress(chosen);
    send(picture ? toBase64(picture) : "");
  }

  function showDigit(pixels, place) {
    const copy = pixels.slice();
    pad.clear();
    picture = copy;
    chosen = place;
    writeAddress(chosen);
    look();
  }

  function look() {
    reading.show(picture, tables);
  }

  whenNarrow(root, (narrow) => {
    reading.stack(narrow);
    look();
  });

  return { configure };
}

/** What the network makes of a picture: every layer, one of them in detail, and the answer. */
function createReading(root, part) {
  const prediction = createPrediction(part("answer"));
  const detail = createDetail(part("detail"));
  let network = null; // { layers, mean, std, shapes }
  let flow = null;
  let tables = null;
  let outputs = null; // by layer name
  let stacked = false;

  function showDetail(selected, section = null) {
    if (stacked && section) section.append(part("detail")); // under the finger, not below the last layer
    if (network) detail.show(selected, network.shapes[selected.layer.name], outputs?.[selected.layer.name], tables);
  }

  return {
    configure(changedNetwork, strings, changedTables) {
      [network, tables] = [changedNetwork, changedTables];
      root.classList.toggle("no-network", !network);
      prediction.configure(strings);
      detail.configure(strings);
      nameInput(part("input"), strings);
      if (!network) return;
      part("stage").append(part("detail"));
      flow = createFlow(part("flow"), { layers: network.layers, shapes: network.shapes, strings, onSelect: showDetail });
      flow.select(0, 0);
    },
    /** Run the network on the picture and paint everything. */
    show(picture, changedTables) {
      tables = changedTables;
      const began = performance.now();
      outputs = picture && network ? run(network, picture) : null;
      const took = performance.now() - began;
      paintPicture(part("input").querySelector("canvas"), picture, tables.ink);
      flow?.paint(outputs, tables, stacked);
      if (flow) showDetail(flow.selected());
      prediction.show(outputs?.softmax.values ?? null);
      root.dispatchEvent(new CustomEvent("cnn-shown", { bubbles: true, composed: true, detail: took }));
    },
    /** Under each other, or side by side again. */
    stack(narrow) {
      stacked = narrow;
      part("stage").append(part("detail"));
    },
  };
}

/** What is on the pad as the network takes it; null for an empty one. */
function drawn(pad) {
  const { ink, width, height } = pad.ink();
  return pad.isEmpty() ? null : centreLikeMnist(ink, width, height);
}

/**
 * What is shown first: the link's, else what was drawn before the visitor left the page, else a digit of the gallery.
 * @returns {{ drawing?: Uint8Array, digit?: number, set?: number, isFromLink?: boolean, isDefault?: boolean }}
 */
function firstPicture(data, sets) {
  const asked = readLink(location.search, sets);
  if (asked.drawing) return { drawing: asked.drawing, isFromLink: true };
  if (asked.digit !== undefined) return asked;
  if (data.drawing) return { drawing: fromBase64(data.drawing) };
  return sets ? { digit: FIRST_DIGIT, isDefault: true } : {};
}

/** What the visitor chose to look at is in the address, without a step of the history. */
function writeAddress(chosen) {
  const query = writeLink(location.search, chosen);
  const address = `${location.pathname}${query && "?"}${query}`;
  if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
}

/** The input's name, what it is, and what a screen reader says of it. */
function nameInput(section, strings) {
  section.querySelector(".about").textContent = strings.input;
  section.querySelector("h3").textContent = strings.inputName;
  section.querySelector("canvas").setAttribute("aria-label", strings.inputLabel);
}

/** The 28 x 28 grey levels that the network looks at; nothing where `picture` is null. */
function paintPicture(canvas, picture, table) {
  const values = picture ?? new Uint8Array(DIGIT_SIDE ** 2);
  paintNumbers(canvas, { values, width: DIGIT_SIDE, height: DIGIT_SIDE, span: 255, table });
}

/** `change(narrow)` whenever `root` gets narrower than two columns need, or wide enough again. */
function whenNarrow(root, change) {
  let narrow = false;
  new ResizeObserver(() => {
    if (narrow === root.clientWidth < STACKED_BELOW) return;
    narrow = !narrow;
    change(narrow);
  }).observe(root);
}

/** The network as typed arrays, with the shape of every layer's output. */
function decoded(source) {
  const layers = source.layers.map((layer) => {
    if (!layer.weight) return layer;
    return { ...layer, weight: floatsFromBase64(layer.weight), bias: floatsFromBase64(layer.bias) };
  });
  const network = { layers, mean: source.mean, std: source.std };
  const blank = run(network, new Uint8Array(DIGIT_SIDE ** 2));
  network.shapes = Object.fromEntries(Object.entries(blank).map(([name, { shape }]) => [name, shape]));
  return network;
}

/** Every layer's output by name for a picture of grey levels, normalised as in training. */
function run({ layers, mean, std }, picture) {
  const input = Float32Array.from(picture, (level) => (level / 255 - mean) / std);
  return Object.fromEntries(forward(layers, input, [1, DIGIT_SIDE, DIGIT_SIDE]).map((output) => [output.name, output]));
}
