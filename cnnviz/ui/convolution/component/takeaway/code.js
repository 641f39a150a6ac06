// PyTorch code: the layer on the screen as lines. Takes a view of explorer.js and words for the comments; pure.

/** @import { Axis } from "../arithmetic/axis.js" */
/** @import { View } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const TORCH_IMPORTS = [
  ["torch.", "import torch"],
  [" nn.", "from torch import nn"],
  ["F.", "import torch.nn.functional as F"],
];
const TORCH_LETTERS = { kernel_size: "k", stride: "s", padding: "p", output_padding: "o", dilation: "d" };
const TORCH_DEFAULTS = { s: 1, p: 0, o: 0, d: 1 }; // PyTorch's defaults, which need no argument

/**
 * Lines that compute the output in PyTorch, with what they import and the shapes of input and output.
 * @param {View} view
 * @param {Words} words for the comments
 * @returns {string}
 */
export function torchCode(view, words) {
  const write = { pool: torchPooling, flatten: torchFlatten }[view.mode] ?? torchLayer;
  const lines = write(view, words);
  const imports = TORCH_IMPORTS.filter(([sign]) => lines.some((line) => line.includes(sign))).map(([, line]) => line);
  return [...imports, "", shapeComment(view, words, (channels, sizes) => [channels, ...sizes]), ...lines].join("\n");
}

function torchLayer(view, words) {
  const name = view.mode === "transposed" ? "ConvTranspose" : "Conv";
  const given = torchArguments(view, ["kernel_size", "stride", "padding", "output_padding", "dilation"]);
  const layer = `layer = nn.${name}${dimensions(view)}d(${view.setting.channels}, 1, ${given})`;
  const flipped = `# ${words.flipped} layer.weight.flip(${view.flat ? "2" : "2, 3"})`;
  return [layer, ...(view.setting.flip ? [flipped] : []), "y = layer(x)"];
}

function torchFlatten() {
  return ["layer = nn.Flatten()", "y = layer(x) # x.view(x.shape[0], -1)"];
}

function torchPooling(view, words) {
  const given = torchArguments(view, ["kernel_size", "stride", "padding", "dilation", "ceil_mode"]);
  const end = `${dimensions(view)}d`;
  const isDilated = shownAxes(view).some(({ d }) => d > 1);
  const forms = {
    max: () => [`layer = nn.MaxPool${end}(${given})`, "y = layer(x)"],
    average: () => [`layer = nn.AvgPool${end}(${given})`, "y = layer(x)"],
    min: () => [`y = -F.max_pool${end}(-x, ${given})`],
    softmax: () =>
      isDilated
        ? dilatedSoftmax(view, words)
        : ["e = torch.exp(x)", `layer = nn.AvgPool${end}(${given})`, "y = layer(e * x) / layer(e)"],
  };
  return forms[view.setting.pooling]();
}

/** Average pooling has no dilation: a convolution with ones sums the windows. It has no ceil_mode either. */
function dilatedSoftmax(view, words) {
  const { channels } = view.setting;
  const axes = shownAxes(view);
  const given = torchArguments(view, ["stride", "dilation"], { ...TORCH_DEFAULTS });
  const groups = channels > 1 ? `groups=${channels}` : "";
  const call = (what) => `F.conv${axes.length}d(${[what, "ones", given, groups].filter(Boolean).join(", ")})`;
  const padding = [...axes].reverse().flatMap((a) => [a.p, endPadding(a)]); // the last axis comes first
  const padded = (what) => (padding.some(Boolean) ? `F.pad(${what}, (${padding.join(", ")}))` : what);
  return [
    `# ${words.dilatedSoftmax}`,
    `ones = torch.ones(${channels}, 1, ${axes.map(({ k }) => k).join(", ")})`,
    "e = torch.exp(x)",
    `y = ${call(padded("e * x"))} / ${call(padded("e"))}`,
  ];
}

/** "kernel_size=3, stride=2": of `names` what is not PyTorch's default; the stride of pooling is its kernel's size. */
function torchArguments(view, names, unless = view.mode === "pool" ? { ...TORCH_DEFAULTS, s: null } : TORCH_DEFAULTS) {
  const axes = shownAxes(view);
  const isDefault = (a, letter) => a[letter] === (unless[letter] === null ? a.k : unless[letter]);
  const written = names.map((name) => {
    if (name === "ceil_mode") return axes[0].ceil ? "ceil_mode=True" : "";
    const letter = TORCH_LETTERS[name];
    return axes.every((a) => isDefault(a, letter)) ? "" : `${name}=${pairCode(axes, letter)}`;
  });
  return written.filter(Boolean).join(", ");
}

// ------------------------------------------------------------------ shared with kerascode.js

/**
 * The axes that matter, with their output's size: both, or a signal's only one.
 * @param {View} view
 * @returns {(Axis & { size: number, span: number })[]}
 */
export function shownAxes({ axes, flat, size }) {
  const all = axes.map((a, i) => ({ ...a, size: size[i], span: a.d * (a.k - 1) + 1 }));
  return flat ? [all[1]] : all;
}

/**
 * 2, or 1 for a signal: it ends the names of layers.
 * @param {View} view
 * @returns {number}
 */
export function dimensions({ flat }) {
  return flat ? 1 : 2;
}

/**
 * One number where the axes agree on `letter`, else "(height, width)".
 * @param {object[]} axes as `shownAxes` gives them
 * @param {string} letter
 * @returns {string}
 */
export function pairCode(axes, letter) {
  const values = axes.map((a) => a[letter]);
  return values.every((value) => value === values[0]) ? `${values[0]}` : `(${values.join(", ")})`;
}

/**
 * The padding behind the end with which every window lies inside: p, or with ceil what the last window needs.
 * @param {Axis & { size: number, span: number }} axis
 * @returns {number} cells
 */
export function endPadding({ n, p, s, span, size }) {
  return Math.max(p, (size - 1) * s + span - n - p);
}

/**
 * "# (1, 1, 28, 28) -> (1, 1, 14, 14)", or that PyTorch refuses; `order(channels, sizes)` puts channels in place.
 * While the size is still to be predicted (`words.secret`) it is "?".
 * @param {View} view
 * @param {Words} words
 * @param {(channels: any, sizes: any[]) => any[]} order
 * @returns {string}
 */
export function shapeComment(view, words, order) {
  const axes = shownAxes(view);
  const { channels } = view.setting;
  const shape = (count, letter) => `(${[1, ...order(count, axes.map((a) => a[letter] ?? "?"))].join(", ")})`;
  if (view.mode === "flatten") return `# ${shape(channels, "n")} -> (1, ${view.size[1]})`;
  const given = shape(view.mode === "pool" ? channels : 1, words.secret ? "unknown" : "size");
  return `# ${shape(channels, "n")} -> ${view.refusal ? words.refused : given}`;
}
