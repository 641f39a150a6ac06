// Input choice: numbers, a digit, a photo, noise, a drawing, typed numbers, a signal.

import { element } from "../../../shared/component/elements.js";
import { role } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { createPad } from "../../../shared/component/pad.js";
import { drawingOf } from "./drawing.js";
import { fillSelect, labelled, say, watcher } from "./panelparts.js";
import { createPhotoFile } from "./photofile.js";
import { rowsOf } from "./kernels.js";
import { TONES, tonePeriod } from "./signals.js";
import { createTypedInput, typedSize } from "./typedinput.js";
/** @import { Explorer, Part } from "../explorer.js" */

const PICTURE_INPUTS = ["numbers", "digit", "photo", "noise", "drawing", "typed", "step", "tone", "chirp"];
const SIGNAL_INPUTS = ["numbers", "tone", "step", "chirp", "noise", "typed"];
const AS_PICTURE = { step: "edge", tone: "stripes", chirp: "finer" }; // the names of signals as pictures
const FIRST_PICK = { digit: 8 }; // a seven: it has straight edges
const LEGIBLE = 28; // pixels of a side: below half of it nobody reads a digit
const PAD_WORDS = ["label", "help", "hint", "undo", "clear", "penDown", "penUp"];

/**
 * The left half of the panel, inside `host`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createInputChoice(host, explorer) {
  const { kind, pickOne, seed, channels, fields, note, small, enlarge, file, drawing, typed, smallRow } = inputParts(host);
  const photoFile = createPhotoFile(file, explorer, () => {
    explorer.change({ input: "photo", pick: explorer.library.photos.ownPick() });
  });
  const typedInput = createTypedInput(typed, explorer);
  const kept = {}; // what was drawn and what was typed, while the other one is shown
  let pad = null;
  const changed = watcher();

  kind.addEventListener("change", () => choose(kind.value));
  pickOne.addEventListener("change", () => explorer.change({ pick: Number(pickOne.value) }));
  channels.addEventListener("change", () => explorer.change({ channels: Number(channels.value) }));
  enlarge.addEventListener("click", () => explorer.change({ n: [LEGIBLE, LEGIBLE] }));
  for (const event of ["input", "change"]) {
    const commit = event === "change"; // while a number is typed or turned only the picture follows
    seed.addEventListener(event, () => {
      if (seed.validity.valid && seed.value) explorer.change({ pick: Number(seed.value) }, { commit });
    });
  }

  /** A new kind of input. Typing goes on where it was left, or begins with the numbers that are on the stage. */
  function choose(input) {
    const { setting, view } = explorer;
    if (setting.input === "drawing" || setting.input === "typed") kept[setting.input] = setting.pixels;
    const stage = () => view.pixels.map((values) => rowsOf(values, view.axes[1].n));
    const pixels = kept[input] ?? (input === "typed" ? stage() : null);
    const size = input === "typed" && kept.typed ? typedSize(kept.typed, setting) : {};
    explorer.change({ input, pixels, pick: FIRST_PICK[input] ?? 1, ...size });
  }

  function draw(commit) {
    const { ink, width } = pad.ink();
    explorer.change({ pixels: [drawingOf(ink, width)] }, { commit });
  }

  function write(view, words) {
    const { setting, flat } = view;
    const { input, pick } = setting;
    const { photos, digits } = explorer.library;
    const offered = (flat ? SIGNAL_INPUTS : PICTURE_INPUTS).filter((name) => name !== "digit" || digits);
    const kinds = offered.includes(input) ? offered : [...offered, input];
    const named = (name) => words[`input-${(!flat && AS_PICTURE[name]) || name}`];
    fillSelect(kind, kinds.map((name) => [name, named(name)]), input);
    say(fields.kind.firstChild, words.input);
    say(fields.channels.firstChild, words.channels);
    fillSelect(channels, [1, 3].map((count) => [count, flat ? count : words[`channels-${count}`]]), setting.channels);

    const picks = picksOf(setting, explorer.library, words);
    fields.pick.hidden = !picks;
    if (picks) fillSelect(pickOne, picks, ((pick - 1) % picks.length) + 1);
    say(fields.pick.firstChild, words[{ digit: "digit", photo: "photo" }[input] ?? "period"]);
    fields.seed.hidden = input !== "numbers" && input !== "noise";
    say(fields.seed.firstChild, words.seed);
    if (seed.value !== `${pick}`) seed.value = pick;

    const photo = input === "photo" ? photos.at(pick) : null;
    say(note, photoNote(photo, words));
    file.hidden = input !== "photo";
    photoFile.write(words);
    drawing.hidden = input !== "drawing";
    if (input === "drawing") writePad(words);
    typed.hidden = input !== "typed";
    writeSmall(view, words);
  }

  function writePad(words) {
    pad ??= createPad(drawing);
    const strings = Object.fromEntries(PAD_WORDS.map((name) => [name, words[`pad-${name}`]]));
    const color = () => role(explorer.root, "text");
    pad.configure({ strings, color, onChange: () => draw(false), onStroke: () => draw(true) });
  }

  function writeSmall({ setting, flat, axes }, words) {
    const pictured = ["digit", "photo", "drawing"].includes(setting.input) && !flat;
    const [h, w] = axes.map(({ n }) => n);
    const tiny = pictured && Math.min(h, w) < LEGIBLE / 2;
    smallRow.hidden = !tiny;
    if (!tiny) return;
    say(small, filled(words.small, { size: `${h} × ${w}` }));
    say(enlarge, filled(words.enlarge, { size: `${LEGIBLE} × ${LEGIBLE}` }));
  }

  return {
    update(view) {
      const words = explorer.words("content");
      const { input, pick, channels: count, flat, n } = view.setting;
      const photo = input === "photo" ? explorer.library.photos.at(pick)?.planes : null;
      const size = Math.min(...n) < LEGIBLE / 2 ? n : 0;
      const look = explorer.root.className;
      if (changed(words, input, pick, count, flat, photo, size, look, explorer.library)) write(view, words);
      if (input === "typed") typedInput.update(view, words);
    },
    destroy() {
      pad?.destroy();
      typedInput.destroy();
    },
  };
}

/** The panel's elements, put into `host`. */
function inputParts(host) {
  const kind = element("select");
  const pickOne = element("select");
  const seed = element("input", { className: "content-number", type: "number", min: 1, max: 9999, step: 1 });
  const channels = element("select");
  const fields = { kind: labelled(kind), pick: labelled(pickOne), seed: labelled(seed), channels: labelled(channels) };
  const row = element("div", { className: "content-row" });
  row.append(...Object.values(fields));
  const note = element("p", { className: "content-note" });
  const small = element("p", { className: "content-note" });
  const enlarge = element("button", { className: "content-button", type: "button" });
  const [file, drawing, typed] = ["content-file", "content-drawing", "content-typed"].map((name) => element("div", { className: name }));
  const smallRow = element("div", { className: "content-small" });
  smallRow.append(small, enlarge);
  host.append(row, note, file, drawing, typed, smallRow);
  return { kind, pickOne, seed, channels, fields, note, small, enlarge, file, drawing, typed, smallRow };
}

/** [[pick, text], ...] of the inputs that have a list to choose from; else null. */
function picksOf({ input }, { digits, photos }, words) {
  const counted = (count, text) => Array.from({ length: count }, (_, i) => [i + 1, text(i)]);
  if (input === "digit" && digits) return counted(digits.pixels.length / digits.side ** 2, String);
  if (input === "tone") return counted(TONES, (i) => filled(words.samples, { n: tonePeriod(i + 1) }));
  if (input !== "photo") return null;
  const own = photos.own();
  const names = photos.entries.map(({ name }) => words[`photo-${name}`] ?? name);
  const all = own ? [...names, own.name] : names;
  return all.length ? counted(all.length, (i) => all[i]) : null;
}

function photoNote(photo, words) {
  if (!photo) return "";
  if (photo.own) return words.kept;
  return photo.planes ? filled(words.credit, { credit: photo.credit }) : words.decoding;
}
