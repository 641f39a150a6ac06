// Formula text: the output size in one line, and its intermediate numbers. Pure, knows nothing of the page.

import { extent, hangsOutside, paddedSize, rawSize } from "../arithmetic/axis.js";
import { signed } from "../arithmetic/numbers.js";
/** @import { Axis } from "../arithmetic/axis.js" */

/**
 * "n_out = floor((6 + 2 × 0 − 3) / 1) + 1 = 4": for screen readers and captions; a `secret` result is "?".
 * @param {Axis} a
 * @param {boolean} secret
 * @returns {string}
 */
export function formulaText(a, secret = false) {
  return `n_out = ${putIn(a)} = ${secret ? "?" : signed(rawSize(a))}`;
}

/**
 * The quotient as it is rounded: { exact, whole, drops }; `drops` where ceil mode's last window is left out again.
 * @param {Axis} a
 * @returns {{ exact: number, whole: number, drops: boolean }}
 */
export function quotientOf(a) {
  const room = paddedSize(a) - extent(a);
  const whole = a.ceil ? Math.ceil(room / a.s) : Math.floor(room / a.s);
  return { exact: room / a.s, whole: whole + 0, drops: a.ceil && hangsOutside(a, whole + 1) };
}

/**
 * "9.125", "4.33...": three decimals where they are all there is.
 * @param {number} value
 * @returns {string}
 */
export function decimalText(value) {
  const short = [1, 10, 100, 1000].map((unit) => Math.trunc(value * unit) / unit).find((one) => one === value);
  return short === undefined ? `${signed(Math.trunc(value * 100) / 100)}...` : signed(short);
}

function putIn(a) {
  if (a.kind === "transposed") {
    return `(${a.n} − 1) × ${a.s} − 2 × ${a.p} + ${a.d} × (${a.k} − 1) + ${a.o} + 1`;
  }
  const span = a.d === 1 ? `${a.k}` : `${a.d} × (${a.k} − 1) − 1`;
  const drop = quotientOf(a).drops ? " − 1" : "";
  return `${a.ceil ? "ceil" : "floor"}((${a.n} + 2 × ${a.p} − ${span}) / ${a.s}) + 1${drop}`;
}
