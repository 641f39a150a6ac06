// Photo view: before and after on one photo, with a divider between them. Computes when the movement rests, in small pieces.

import { element } from "../../../shared/component/elements.js";
import { filled, sentencesOf, withColon } from "../../../shared/component/words.js";
import { outputSize } from "../arithmetic/axis.js";
import { formulaText } from "../controls/formulatext.js";
import { inPieces, largeFilter } from "./largefilter.js";
import { shown } from "../arithmetic/numbers.js";
import { fillSelect, labelled, say, watcher } from "../content/panelparts.js";
import { createPhotoFile } from "../content/photofile.js";
import { ownManner, paintPlanes, paintResult, scaleOf } from "./photopaint.js";
import { areaAverage } from "../content/pictures.js";
/** @import { Explorer } from "../explorer.js" */

const REST = 250; // milliseconds without a change before a photo is computed
const TWIN_PIXELS = 280; // CSS pixels of the longest side of the two small pictures
const MANNERS = ["picture", "magnitude", "signed"];

const COMPARE_HTML = `
<canvas class="before" role="img"></canvas><canvas class="after" role="img"></canvas>
<span class="photo-line" aria-hidden="true"></span>
<input type="range" min="0" max="100" value="50" />
<span class="photo-tag left"></span><span class="photo-tag right"></span>`;

/**
 * Inside `host`. Returns { update(view, words), destroy }.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {object}
 */
export function createPhotoView(host, explorer) {
  const parts = photoParts(host);
  const { compare, divider, which, how, fields, file, sizes, legend, note, twin } = parts;
  let pick = null; // chosen here while the stage shows no photo
  let chosen = null; // manner of showing, chosen here
  let result = null; // { view, filter, planes, shape } on the screen
  const changed = watcher();
  const filtering = createFiltering(host, explorer, { photoOf, finished, refuse });

  const photoFile = createPhotoFile(file, explorer, () => choose(explorer.library.photos.ownPick()));
  which.addEventListener("change", () => choose(Number(which.value)));
  how.addEventListener("change", () => {
    chosen = how.value;
    show();
  });
  divider.addEventListener("input", divide);

  function choose(number) {
    pick = number;
    if (explorer.setting.input === "photo") explorer.change({ pick });
    else explorer.refresh();
  }

  function divide() {
    compare.style.setProperty("--at", `${divider.value}%`);
    const words = explorer.words("photo");
    divider.setAttribute("aria-valuetext", filled(words.share, { n: divider.value }));
  }

  function photoOf({ setting }) {
    return explorer.library.photos.at(setting.input === "photo" ? setting.pick : (pick ?? 1));
  }

  function write(view, words) {
    const { photos } = explorer.library;
    const number = view.setting.input === "photo" ? view.setting.pick : (pick ?? 1);
    writeChoice(parts, photos, number, words);
    photoFile.write(words);
    divider.setAttribute("aria-label", words.divider);
    divide();
  }

  function finished(found) {
    result = found;
    show();
  }

  function refuse() {
    result = null;
    compare.hidden = twin.hidden = legend.hidden = fields[1].hidden = true;
    say(sizes, explorer.words("photo").refused);
  }

  function show() {
    if (!result) return;
    const { view, filter, shape, axes, photo } = result;
    const words = explorer.words("photo");
    const colored = filter.values.length === 3;
    const scale = scaleOf(view, filter.values[0], colored ? "picture" : (chosen ?? ownManner(view)));
    compare.hidden = legend.hidden = false;
    fields[1].hidden = view.mode === "pool";
    fillSelect(how, MANNERS.map((name) => [name, words[`manner-${name}`]]), scale.manner);
    paintBoth(parts, result, scale, explorer.root);
    writeResult(parts, words, scale, axes, shape, filter.size);
    showTwin(parts, shape, filter.size);
    say(note, noteOf(view, photo, words));
  }

  return {
    update(view, words) {
      const photo = photoOf(view);
      const { setting, weights, bias, mode } = view;
      write(view, words);
      const layer = view.axes.map(({ k, p, s, d, o, ceil }) => [k, p, s, d, o, ceil].join()).join(";");
      const look = explorer.root.classList.contains("dark");
      if (!changed(layer, mode, setting.pooling, setting.channels, bias, photo?.planes, words, look, ...weights)) return;
      if (!photo) say(note, words.none);
      filtering.begin(result ? REST : 0);
    },
    destroy: filtering.stop,
  };
}

/** The photo filtered piece by piece, once nothing moves any more: `finished(result)`, or `refuse()` where it is too small. */
function createFiltering(host, explorer, { photoOf, finished, refuse }) {
  let stop = () => {};
  let timer = 0;

  function begin(pause) {
    clearTimeout(timer);
    timer = setTimeout(() => (explorer.moving ? begin(pause) : compute(explorer.view)), pause);
  }

  function compute(view) {
    stop();
    const photo = photoOf(view);
    if (!host.isConnected || view.flat || !photo?.planes) return;
    const { planes, shape } = inputOf(view, photo);
    const axes = view.axes.map((axis, i) => ({ ...axis, n: shape[i] }));
    if (axes.some((axis) => outputSize(axis) === 0)) return refuse();
    const filter = largeFilter({ ...view, axes, pooling: view.setting.pooling, pixels: planes });
    stop = inPieces(filter.size[0], filter.row, () => finished({ view, filter, planes, shape, axes, photo }));
  }

  return {
    begin,
    stop() {
      clearTimeout(timer);
      stop();
    },
  };
}

/** The panel's elements, put into `host`; what needs a result is hidden until there is one. */
function photoParts(host) {
  const compare = element("div", { className: "photo-compare", innerHTML: COMPARE_HTML });
  const [before, after, , divider, left, right] = compare.children;
  const side = element("div", { className: "photo-side" });
  const [which, how] = [element("select"), element("select")];
  const fields = [labelled(which), labelled(how)];
  const row = element("div", { className: "content-row" });
  const file = element("div", { className: "content-file" });
  const sizes = element("p", { className: "photo-sizes" });
  const legend = element("p", { className: "photo-legend" });
  const [bar, meaning] = [element("span", { className: "photo-bar" }), element("span")];
  const note = element("p", { className: "content-note" });
  const twin = element("div", { className: "photo-twin", innerHTML: "<canvas></canvas><canvas></canvas>", ariaHidden: "true" });
  legend.append(bar, meaning);
  row.append(...fields, file);
  side.append(row, sizes, legend, twin, note);
  host.append(compare, side);
  fields[1].hidden = legend.hidden = twin.hidden = true;
  return { compare, before, after, divider, left, right, which, how, fields, file, sizes, legend, meaning, note, twin };
}

/** The photos' names in the reader's language, one's own last. */
function photoNames(photos, words) {
  const own = photos.own();
  return [...photos.entries.map(({ name }) => words[`photo-${name}`] ?? name), ...(own ? [own.name] : [])];
}

/** The photos to choose from, number `number` chosen; with more than there are it begins again. */
function writeChoice({ which, fields }, photos, number, words) {
  const names = photoNames(photos, words);
  fillSelect(which, names.map((name, i) => [i + 1, name]), names.length ? ((number - 1) % names.length) + 1 : "");
  fields[0].hidden = names.length === 0;
  say(fields[0].firstChild, words.photo);
  say(fields[1].firstChild, words.manner);
}

/** The photo and what the layer makes of it, one behind the other. */
function paintBoth({ compare, before, after }, { photo, planes, shape, filter }, scale, root) {
  compare.style.aspectRatio = `${photo.width} / ${photo.height}`;
  paintPlanes(before, planes, shape);
  paintResult(after, filter.values, filter.size, scale, root);
  for (const canvas of [before, after]) canvas.classList.toggle("coarse", canvas.width < photo.width * 0.8);
}

/** The sizes, the formulas and the legend of the result. */
function writeResult({ before, after, left, right, sizes, legend, meaning }, words, { manner, span }, axes, shape, size) {
  const [small, large] = [shape, size].map(([h, w]) => `${h} × ${w}`);
  say(left, words.before);
  say(right, words.after);
  before.setAttribute("aria-label", withColon(words.before, small));
  after.setAttribute("aria-label", withColon(words.after, large));
  sizes.hidden = false;
  const formulas = axes.map((axis, i) => filled(words[i ? "width" : "height"], { formula: formulaText(axis) }));
  const lines = [`${small} → ${large}`, ...formulas];
  sizes.replaceChildren(...lines.map((text) => element("span", { textContent: text })));
  legend.dataset.manner = manner;
  say(meaning, filled(words[`legend-${manner}`], { span: shown(span) }));
}

/** Both at the same scale, so that a stride is seen to make the picture smaller. */
function showTwin({ twin, before, after }, [h, w], size) {
  const largest = Math.max(h, w, ...size);
  twin.hidden = Math.max(size[0] / h, h / size[0], size[1] / w, w / size[1]) < 1.25;
  if (twin.hidden) return;
  [[before, w], [after, size[1]]].forEach(([source, width], i) => {
    const canvas = twin.children[i];
    canvas.style.width = `${(100 * width) / (w + size[1])}%`;
    const scale = Math.min(1, (TWIN_PIXELS * devicePixelRatio) / largest); // fine patterns are averaged, not skipped
    Object.assign(canvas, { width: Math.ceil(source.width * scale), height: Math.ceil(source.height * scale) });
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
  });
  twin.style.maxWidth = `${Math.round((TWIN_PIXELS * (w + size[1])) / largest)}px`;
}

/** What the layer reads: the photo, or for a transposed convolution, which enlarges, the photo made smaller first. */
function inputOf({ setting, mode, axes }, photo) {
  const planes = setting.channels === 3 ? photo.planes : [photo.luma];
  const whole = [photo.height, photo.width];
  if (mode !== "transposed") return { planes, shape: whole };
  const shape = whole.map((side, i) => Math.max(1, Math.round(side / axes[i].s)));
  const box = { left: 0, top: 0, width: photo.width, height: photo.height };
  return { planes: planes.map((plane) => areaAverage(plane, photo.width, box, shape)), shape };
}

function noteOf({ setting, mode }, photo, words) {
  const enlarged = mode === "transposed" ? words.reduced : "";
  const summed = setting.channels === 3 && mode !== "pool" ? words.summed : "";
  const source = photo.own ? words.kept : filled(words.credit, { credit: photo.credit });
  return sentencesOf([enlarged, summed, source]);
}
