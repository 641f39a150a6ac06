// Kernel choice: the kernel and every weight of it, the bias, and whether it is turned.

import { element } from "../../../shared/component/elements.js";
import { filled, sentencesOf } from "../../../shared/component/words.js";
import { networkOf, weightsOf } from "./content.js";
import { kernelIcon } from "./kernelicon.js";
import { NAMED_KERNELS, namedKernel, rowsOf, turned } from "./kernels.js";
import { isFocused, labelled, say, watcher } from "./panelparts.js";
import { createWeightGrid } from "./weightgrid.js";
/** @import { Explorer, Part } from "../explorer.js" */

const ICON_KERNEL = 3; // what a named kernel's icon shows
const BIAS_DIGITS = 6;

/**
 * The right half of the panel, inside `host`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createKernelChoice(host, explorer) {
  const { heading, chips, about, grids, help, filter, bias, fields, count, flip, flipLabel, flipNote } = kernelParts(host);
  const radioName = `content-kernel-${Math.random().toString(36).slice(2)}`;
  const grid = createWeightGrid(grids, (weights, done) => {
    explorer.change({ kernel: "typed", weights }, { commit: done });
  });
  const [kindsChanged, weightsChanged] = [watcher(), watcher()];
  let timer = 0;

  chips.addEventListener("change", (event) => explorer.change(kernelPatch(event.target.value, explorer)));
  flip.addEventListener("change", () => explorer.change({ flip: flip.checked }));
  for (const event of ["input", "change"]) {
    const commit = event === "change"; // while a number is typed or turned only the picture follows
    filter.addEventListener(event, () => {
      if (filter.validity.valid && filter.value) explorer.change({ filter: Number(filter.value) }, { commit });
    });
    bias.addEventListener(event, () => {
      if (!bias.validity.valid || bias.value === "") return;
      explorer.change({ bias: Number(bias.valueAsNumber.toFixed(BIAS_DIGITS)) }, { commit });
    });
  }
  for (const field of [filter, bias]) field.addEventListener("blur", () => writeFields(explorer.setting));

  function write(view, words) {
    const { setting, flat } = view;
    say(heading, words.kernel);
    chips.setAttribute("aria-label", words.kernel);
    writeChips(setting, flat, words);
    const network = networkOf(explorer.library, setting.kernel);
    const own = `about-${network ? "network" : setting.kernel}`;
    say(about, filled((flat && words[`flat-${own}`]) || words[own] || words["about-random"], { title: network?.title }));
    fields.filter.hidden = !network && SEEDLESS_KERNELS.includes(setting.kernel);
    say(fields.filter.firstChild, network ? words.filter : words.seed);
    filter.max = network?.count ?? 9999;
    say(count, network ? filled(words.of, { n: network.count }) : "");
    say(fields.bias.firstChild, words.bias);
    say(flipLabel.lastChild, words.flip);
    flip.checked = setting.flip;
    say(help, words.weightHelp);
    writeFields(setting);
  }

  function writeFields({ filter: number, bias: added }) {
    if (!isFocused(filter)) filter.value = number;
    if (!isFocused(bias)) bias.value = added;
  }

  function writeChips(setting, flat, words) {
    const names = kernelNames(explorer.library, flat);
    const wanted = JSON.stringify([names, words["kernel-random"]]);
    if (chips.dataset.names !== wanted) {
      chips.dataset.names = wanted;
      chips.replaceChildren(...names.map((name) => chipOf(name, radioName)));
    }
    for (const chip of chips.children) {
      const { value } = chip.firstChild;
      chip.firstChild.checked = value === setting.kernel;
      say(chip.lastChild, kernelTitle(value, explorer.library, flat, words));
      const icon = iconOf(value, setting, explorer.library, flat);
      if (chip.children[1].innerHTML !== icon) chip.children[1].innerHTML = icon;
    }
  }

  function writeWeights({ setting, kernel: [kh, kw] }, words) {
    const written = weightsOf({ ...setting, flip: false }, explorer.library, [kh, kw]);
    const colors = setting.input === "photo" ? [words.red, words.green, words.blue] : null;
    const numbered = written.map((_, i) => colors?.[i] ?? filled(words.channel, { n: i + 1 }));
    const names = written.length > 1 ? numbered : [""];
    const label = setting.flat ? words.weightFlat : words.weight;
    grid.show(written, kw, { names, label, labelFlat: words.weights });
    const same = written.every((weights) => turned(weights).every((weight, i) => weight === weights[i]));
    const flipped = same ? sentencesOf([words.flipped, words.symmetric]) : words.flipped;
    say(flipNote, setting.flip ? flipped : words.unflipped);
  }

  /** Rebuilding hundreds of fields waits until the slider rests. */
  function settle() {
    clearTimeout(timer);
    timer = 0;
    if (explorer.moving) timer = setTimeout(settle, 120);
    else if (host.isConnected && !host.hidden) writeWeights(explorer.view, explorer.words("content"));
  }

  return {
    update(view) {
      const words = explorer.words("content");
      const { kernel, filter: number, channels, weights, flip: turn, bias: added, flat, input } = view.setting;
      const shared = [words, kernel, number, weights, turn, flat, explorer.library];
      if (kindsChanged(...shared, added)) write(view, words);
      if (weightsChanged(...shared, channels, input === "photo", ...view.kernel)) settle();
    },
    destroy: () => clearTimeout(timer),
  };
}

/** The panel's elements, put into `host`. */
function kernelParts(host) {
  const heading = element("p", { className: "content-heading" });
  const chips = element("div", { className: "content-chips" });
  const about = element("p", { className: "content-note" });
  const grids = element("div", { className: "content-grids" });
  const help = element("p", { className: "content-note" });
  const filter = element("input", { className: "content-number", type: "number", min: 1, step: 1 });
  const bias = element("input", { className: "content-number", type: "number", step: "any", min: -9999, max: 9999 });
  const fields = { filter: labelled(filter), bias: labelled(bias) };
  const count = element("span", { className: "content-count" });
  fields.filter.append(count);
  const row = element("div", { className: "content-row" });
  row.append(fields.filter, fields.bias);
  const beside = element("div", { className: "content-beside" });
  const body = element("div", { className: "content-body" });
  const flip = element("input", { type: "checkbox" });
  const flipLabel = element("label", { className: "content-check" });
  flipLabel.append(flip, element("span"));
  const flipNote = element("p", { className: "content-note" });
  chips.setAttribute("role", "radiogroup");
  beside.append(row, flipLabel, flipNote);
  body.append(grids, beside);
  host.append(heading, chips, about, body, help);
  return { heading, chips, about, grids, help, filter, bias, fields, count, flip, flipLabel, flipNote };
}

const SEEDLESS_KERNELS = [...NAMED_KERNELS, "typed"];

function kernelNames({ networks }, flat) {
  const named = NAMED_KERNELS.filter((name) => !flat || name !== "sobel-y"); // a signal has no second direction
  return ["random", ...named, ...networks.keys(), "typed"];
}

function kernelTitle(name, library, flat, words) {
  const network = networkOf(library, name);
  return network ? network.title : (flat && words[`flat-${name}`]) || words[`kernel-${name}`];
}

function chipOf(name, group) {
  const chip = element("label", { className: "content-chip" });
  chip.append(element("input", { type: "radio", name: group, value: name }), element("span", { className: "icon" }), element("span"));
  return chip;
}

function iconOf(name, setting, library, flat) {
  if (name === "typed" && !setting.weights) return kernelIcon(null, 0);
  const network = networkOf(library, name);
  const side = network ? network.kernelSize[1] : name === "typed" ? setting.weights[0][0].length : ICON_KERNEL;
  const rows = name === "typed" ? setting.weights[0].length : side;
  const filter = setting.kernel === name ? setting.filter : 1;
  const only = { ...setting, mode: "conv", kernel: name, filter, channels: 1, flip: false };
  if (NAMED_KERNELS.includes(name)) return kernelIcon(namedKernel(name, [flat ? 1 : side, side]), side);
  return kernelIcon(weightsOf(only, { ...library, memory: {} }, [flat ? 1 : rows, side])[0], side);
}

/** What else a kernel brings: its size and channels where it has some. The weights on the stage become one's own. */
function kernelPatch(kernel, explorer) {
  const { setting, view, library } = explorer;
  const network = networkOf(library, kernel);
  if (network) return { kernel, filter: 1, channels: network.channels, ...kernelSize(network.kernelSize) };
  if (kernel === "typed") return { kernel, weights: setting.weights ?? ownWeights(view, setting, library) };
  const point = view.kernel.every((side) => side === 1);
  const needsRoom = point && kernel !== "identity" && kernel !== "random";
  return { kernel, filter: 1, ...(needsRoom ? kernelSize([ICON_KERNEL, ICON_KERNEL]) : {}) };
}

function kernelSize([kh, kw]) {
  return { k: [kh, kw] };
}

function ownWeights({ kernel: [kh, kw] }, setting, library) {
  const written = weightsOf({ ...setting, flip: false }, library, [kh, kw]);
  return written.map((weights) => rowsOf(weights, kw));
}
