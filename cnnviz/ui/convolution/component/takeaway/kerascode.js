// Keras code: the layer on the screen as lines; Keras pads by "valid" and "same" only, and has no ceil_mode.
// Where one of the two reads exactly the pixels that PyTorch reads it is used, else the padding is written out; averages
// never say "same": with some backends they count the zeros of an odd end, with others they do not. The page Networks has
// the same lines from cnnviz/models/editor/layers/windows.py; a test lays both side by side. Pure.

import { dimensions, endPadding, pairCode, shapeComment, shownAxes } from "./code.js";
/** @import { View } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const SAME = { same: 'padding="same"' }; // what a way of padding needs as an argument

/**
 * Lines that compute the output in Keras, channels last; comments say where it has no equal.
 * @param {View} view
 * @param {Words} words for the comments
 * @returns {string}
 */
export function kerasCode(view, words) {
  const write = { conv: kerasConv, transposed: kerasTransposed, pool: kerasPooling, flatten: kerasFlatten }[view.mode];
  const lines = view.refusal ? [] : write(view, words);
  const imports = ["layers", "ops"].filter((name) => lines.some((line) => line.includes(`${name}.`)));
  const shapes = shapeComment(view, words, (channels, sizes) => [...sizes, channels]);
  return [...(imports.length ? [`from keras import ${imports.join(", ")}`, ""] : []), shapes, ...lines].join("\n");
}

/** Keras lays out the channels of one pixel side by side: they are put in front first. */
function kerasFlatten(view, words) {
  const order = view.flat ? "2, 1" : "3, 1, 2";
  const turned = [`# ${words.kerasOrder}`, `x = layers.Permute((${order}))(x)`];
  return [...(view.setting.channels > 1 ? turned : []), "y = layers.Flatten()(x)"];
}

function kerasConv(view, words) {
  const axes = shownAxes(view);
  const apart = strideBesideDilation(axes);
  const read = apart ? axes.map((a) => ({ ...a, s: 1, size: a.n + 2 * a.p - a.span + 1 })) : axes;
  const way = paddingWay(read);
  const given = joinedCode(`1, kernel_size=${pairCode(axes, "k")}`, kerasStrides(read), SAME[way], kerasDilationRate(axes));
  const layer = `layers.Conv${dimensions(view)}D(${given})`;
  const steps = axes.map(({ s }) => `::${s}`).join(", ");
  return [
    ...kerasFlip(view, words),
    ...(way === "explicit" ? [`x = ${zeroPadding(axes.map(({ p }) => [p, p]))}(x)`] : []),
    ...(apart ? [`# ${words.kerasStride}`] : []),
    `layer = ${layer}`,
    `y = layer(x)${apart ? `[:, ${steps}]` : ""}`,
  ];
}

function kerasTransposed(view, words) {
  const axes = shownAxes(view);
  const apart = strideBesideDilation(axes);
  const way = transposedWay(axes);
  const explicit = way === "explicit" ? transposedPadding(axes, words) : { given: "", lines: [] };
  const kernel = pairCode(axes, apart ? "span" : "k");
  const spread = apart ? "" : kerasDilationRate(axes);
  const given = joinedCode(`1, kernel_size=${kernel}`, kerasStrides(axes), SAME[way], explicit.given, spread);
  return [
    ...kerasFlip(view, words),
    ...(apart ? [`# ${words.kerasZeros}`] : []),
    `layer = layers.Conv${dimensions(view)}DTranspose(${given})`,
    "y = layer(x)",
    ...explicit.lines,
  ];
}

/** "valid" gives everything the kernel reaches, "same" n * s of it with what is too much cut off around. */
function transposedWay(axes) {
  const every = (test) => axes.every(test);
  if (every(({ p, o, s, span }) => p === 0 && o === Math.max(s - span, 0))) return "valid";
  const cut = ({ s, span }) => Math.floor(Math.max(span - s, 0) / 2);
  return every((a) => a.size === a.n * a.s && cut(a) === a.p) ? "same" : "explicit";
}

/** PyTorch's p cuts both ends of what the kernel reaches, its output padding gives some of the end back. */
function transposedPadding(axes, words) {
  const extra = axes.map(({ o, p }) => Math.max(0, o - p)); // rows that nothing reaches
  const cuts = axes.map(({ o, p }) => [p, Math.max(0, p - o)]);
  const fits = axes.every(({ s }, i) => extra[i] < s);
  const isNeeded = axes.some(({ s, span }, i) => extra[i] > 0 || span < s);
  const given = isNeeded ? `output_padding=${fits ? numbersCode(extra) : 0}` : "";
  const crop = cuts.flat().some(Boolean) ? [`y = layers.Cropping${axes.length}D(${sidesCode(cuts)})(y)`] : [];
  const add = [`# ${words.kerasEnd}`, `y = ${zeroPadding(extra.map((count) => [0, count]))}(y)`];
  return { given, lines: [...(crop.length ? [`# ${words.kerasCrop}`] : []), ...crop, ...(fits ? [] : add)] };
}

function kerasPooling(view, words) {
  const { pooling } = view.setting;
  const axes = shownAxes(view);
  if (axes.some(({ d }) => d > 1)) return [`# ${words.kerasDilation}`];
  if (pooling === "average") return kerasAverage(view, axes, words);
  const sides = axes.map((a) => [a.p, endPadding(a)]);
  if (pooling === "softmax") return kerasSoftmax(axes, zeroPadding(sides));
  const way = paddingWay(axes);
  const isMin = pooling === "min";
  const infinity = isMin ? "inf" : "-inf";
  const every = [[0, 0], ...sides, [0, 0]].map((pair) => `(${pair.join(", ")})`).join(", ");
  const padded = `x = ops.pad(x, (${every}), constant_values=float("${infinity}"))`;
  const layer = poolingLayer("Max", axes, way);
  return [...(way === "explicit" ? [`# ${words.kerasInfinity}`, padded] : []), ...(isMin ? [`y = -${layer}(-x)`] : applied(layer))];
}

function kerasSoftmax(axes, padding) {
  const padded = paddingWay(axes) === "valid" ? [] : [`x = ${padding}(x)`, `e = ${padding}(e)`];
  const layer = `layer = ${poolingLayer("Average", axes, "valid")}`;
  return ["e = ops.exp(x)", ...padded, layer, "y = layer(e * x) / layer(e)"];
}

/** PyTorch's average counts its padding, "same" does not; neither counts what hangs over the end with ceil. */
function kerasAverage(view, axes, words) {
  const isPadded = axes.some(({ p }) => p > 0);
  const inside = axes.map((a) => ({ ...a, n: a.n + 2 * a.p, p: 0 }));
  const padded = isPadded ? [`x = ${zeroPadding(axes.map(({ p }) => [p, p]))}(x)`] : [];
  const layer = poolingLayer("Average", axes, "valid");
  if (paddingWay(inside) === "valid") return [...padded, ...applied(layer)];
  const over = zeroPadding(inside.map((a) => [0, endPadding(a)]));
  return [
    ...padded,
    `# ${words.kerasCeil}`,
    `inside = ${over}(ops.ones_like(x))`,
    `layer = ${layer}`,
    `y = layer(${over}(x)) / layer(inside)`,
  ];
}

function poolingLayer(name, axes, way) {
  const given = axes.every(({ s, k }) => s === k) ? "" : `strides=${pairCode(axes, "s")}`;
  return `layers.${name}Pooling${axes.length}D(${joinedCode(`pool_size=${pairCode(axes, "k")}`, given, SAME[way])})`;
}

function joinedCode(...given) {
  return given.filter(Boolean).join(", ");
}

function applied(layer) {
  return [`layer = ${layer}`, "y = layer(x)"];
}

/** Whether Keras' "valid" or "same" reads exactly what these axes read; "explicit" if neither does. */
function paddingWay(axes) {
  const every = (test) => axes.every(test);
  if (every(({ n, p, s, span, size }) => p === 0 && Math.floor((n - span) / s) + 1 === size)) return "valid";
  const before = ({ n, s, span, size }) => Math.floor(Math.max((size - 1) * s + span - n, 0) / 2);
  return every((a) => Math.ceil(a.n / a.s) === a.size && before(a) === a.p) ? "same" : "explicit";
}

/** Keras refuses a stride above 1 together with a dilation above 1, on whichever axes they are. */
function strideBesideDilation(axes) {
  return axes.some(({ s }) => s > 1) && axes.some(({ d }) => d > 1);
}

function kerasFlip(view, words) {
  return view.setting.flip ? [`# ${words.flipped} ops.flip(layer.kernel, ${view.flat ? "0" : "(0, 1)"})`] : [];
}

function kerasStrides(axes) {
  return axes.some(({ s }) => s > 1) ? `strides=${pairCode(axes, "s")}` : "";
}

function kerasDilationRate(axes) {
  return axes.some(({ d }) => d > 1) ? `dilation_rate=${pairCode(axes, "d")}` : "";
}

function zeroPadding(sides) {
  return `layers.ZeroPadding${sides.length}D(${sidesCode(sides)})`;
}

/** [[1, 1], [1, 1]] as "1", [[1, 1], [2, 2]] as "(1, 2)", and with unlike sides "((0, 1), (2, 2))"; one axis alike. */
function sidesCode(sides) {
  const written = sides.map((pair) => `(${pair.join(", ")})`);
  if (sides.every(([before, after]) => before === after)) return numbersCode(sides.map(([before]) => before));
  return sides.length === 1 ? written[0] : `(${written.join(", ")})`;
}

function numbersCode(values) {
  return values.every((value) => value === values[0]) ? `${values[0]}` : `(${values.join(", ")})`;
}
