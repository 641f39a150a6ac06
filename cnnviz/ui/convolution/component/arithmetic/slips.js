// Slips: the wrong output sizes that students give, and the slip behind each. Pure, knows nothing of words or drawing.
// The same table as tests/arithmetic/slips.py; tests/js/twins.test.mjs compares the two.
//
// A slip is a calculation that differs from the right one in one place: { name, size, text }, the text with the numbers
// put in. A size below 1 is never said and is left out; so is whatever happens to give the right size.

import { extent, paddedSize, rawSize } from "./axis.js";
/** @import { Axis } from "./axis.js" */

/**
 * The wrong sizes of an axis: [[name, size], ...], the likeliest slip first.
 * @param {Axis} a
 * @returns {any[][]} [name, size] each
 */
export function slips(a) {
  return calculations(a).map(({ name, size }) => [name, size]);
}

/**
 * The names of the slips of that size.
 * @param {Axis} a
 * @param {number} wrong the size that somebody said
 * @returns {string[]}
 */
export function diagnose(a, wrong) {
  return slips(a).flatMap(([name, size]) => (size === wrong ? [name] : []));
}

/**
 * What somebody who made the slip `name` calculated, "⌊(6 + 2 × 1 − 3) / 2⌋".
 * @param {Axis} a
 * @param {string} name
 * @returns {string}
 */
export function worked(a, name) {
  return calculations(a).find((one) => one.name === name)?.text ?? "";
}

/**
 * The right calculation, "⌊(6 + 2 × 1 − 3) / 2⌋ + 1".
 * @param {Axis} a
 * @returns {string}
 */
export function workedRight(a) {
  return (a.kind === "transposed" ? widened(a) : divided(a)).text;
}

function calculations(a) {
  /** @type {any[]} */
  const all = a.kind === "transposed" ? transposedSlips(a) : slidingSlips(a);
  const right = rawSize(a);
  const found = all.map(([name, { size, text }]) => ({ name, size, text }));
  return found.filter(({ size }) => size >= 1 && size !== right);
}

function slidingSlips(a) {
  const { kind, n, k, p, s, d, ceil } = a;
  const pool = kind === "pool";
  const found = [
    ["total_padding", p > 0 && divided(a, { padding: [p, `${p}`] })],
    ["no_padding", p > 0 && divided(a, { padding: [0, ""] })],
    [ceil ? "floor" : "ceil", divided(a, { up: !ceil })],
    ["overhang", ceil && divided(a, { drops: false })],
    ["no_plus_one", divided(a, { one: 0 })],
    ["no_stride", s > 1 && divided(a, { stride: 1 })],
    ["stride_is_kernel", pool && s !== k && divided(a, { stride: k })],
    ["no_dilation", d > 1 && divided(a, { span: [k, `− ${k}`] })],
    ["dilated_kernel", d > 1 && divided(a, { span: [d * k, `− ${d} × ${k}`] })],
    ["one_inside", divided(a, { span: [extent(a) - 1, `${spanText(a)} + 1`], one: 0 })],
    ["kernel_added", divided(a, { span: [-extent(a), `+ ${extent(a)}`] })],
    ["toward_zero", paddedSize(a) < extent(a) && divided(a, { toZero: true })],
    ["input_divided", s > 1 && { size: Math.floor(n / s), text: `⌊${n} / ${s}⌋` }],
    ["unchanged", { size: n, text: `${n}` }],
  ];
  return found.filter(([, calculation]) => calculation);
}

function transposedSlips(a) {
  const { n, k, p, s, d, o } = a;
  const found = [
    ["as_convolution", divided(a)],
    ["total_padding", p > 0 && widened(a, { padding: [p, `− ${p}`] })],
    ["no_padding", p > 0 && widened(a, { padding: [0, ""] })],
    ["padding_added", p > 0 && widened(a, { padding: [-2 * p, `+ 2 × ${p}`] })],
    ["no_output_padding", o > 0 && widened(a, { extra: 0 })],
    ["no_plus_one", widened(a, { one: 0 })],
    ["no_minus_one", widened(a, { steps: n })],
    ["no_stride", s > 1 && widened(a, { stride: 1 })],
    ["no_dilation", d > 1 && widened(a, { span: [k - 1, `${k - 1}`] })],
    ["dilated_kernel", d > 1 && widened(a, { span: [d * k, `${d} × ${k}`] })],
    ["input_multiplied", s > 1 && { size: n * s, text: `${n} × ${s}` }],
    ["unchanged", { size: n, text: `${n}` }],
  ];
  return found.filter(([, calculation]) => calculation);
}

/** ⌊(n + 2p − extent) / s⌋ + 1 with changes: what is left of a window's room, divided by the stride. */
function divided(a, changes = {}) {
  const { padding, span, stride, up, one, drops, toZero } = /** @type {any} */ ({
    padding: [2 * a.p, `2 × ${a.p}`],
    span: [extent(a), spanText(a)],
    stride: a.s,
    up: a.ceil,
    one: 1,
    drops: Object.keys(changes).length === 0,
    toZero: false,
    ...changes,
  });
  const room = a.n + padding[0] - span[0];
  const rounded = toZero ? Math.trunc(room / stride) : up ? Math.ceil(room / stride) : Math.floor(room / stride);
  const [left, right] = toZero ? ["trunc(", ")"] : up ? ["⌈", "⌉"] : ["⌊", "⌋"];
  const top = [a.n, padding[1] && `+ ${padding[1]}`, span[1]].filter((term) => term !== "").join(" ");
  const drop = drops && up && rounded * stride >= a.n + a.p ? 1 : 0; // the last window would start in the padding
  const fraction = stride === 1 && changes.stride ? top : `${left}(${top}) / ${stride}${right}`;
  return { size: rounded + one - drop, text: `${fraction}${one ? " + 1" : ""}${drop ? " − 1" : ""}` };
}

/** (n − 1)s − 2p + d(k − 1) + o + 1 with changes. */
function widened(a, changes = {}) {
  const { steps, stride, padding, span, extra, one } = /** @type {any} */ ({
    steps: a.n - 1,
    stride: a.s,
    padding: [2 * a.p, `− 2 × ${a.p}`],
    span: [a.d * (a.k - 1), `${a.d} × (${a.k} − 1)`],
    extra: a.o,
    one: 1,
    ...changes,
  });
  const first = steps === a.n ? `${a.n}` : `(${a.n} − 1)`;
  const product = stride === 1 && changes.stride ? first : `${first} × ${stride}`;
  const tail = [extra && `+ ${extra}`, one && "+ 1"].filter(Boolean);
  const text = [product, padding[1], `+ ${span[1]}`, ...tail].filter(Boolean).join(" ");
  return { size: steps * stride - padding[0] + span[0] + extra + one, text };
}

function spanText({ k, d }) {
  return d === 1 ? `− ${k}` : `− ${d} × (${k} − 1) − 1`;
}
