// The output size's formula as HTML: symbols, then the numbers put in. Knows nothing of canvases.

import { extent, outputSize, paddedSize, signed } from "./arithmetic.js";

/** HTML of the formula with symbols. While the dilation is 1 the familiar form without it. */
export function symbols({ d }) {
  const top = d === 1 ? [sym("input", "n"), plus(2, sym("padding", "p")), minus(sym("kernel", "k"))] : dilated(sym);
  return `<span class="part">${sym("output", "n", "out")}${op("=")}${floor(fraction(top.join(""), sym("stride", "s")))}${op("+")}1</span>`;
}

/** HTML of the formula with the numbers of `c` put in, down to the result. */
export function numbers(c) {
  const n = num("input", c.n);
  const top =
    c.d === 1
      ? n + plus(2, num("padding", c.p)) + minus(num("kernel", c.k))
      : n + plus(2, num("padding", c.p)) + minus(`${num("dilation", c.d)}${times}(${num("kernel", c.k)}${op("−")}1)`) + minus("1");
  const steps = [`${floor(fraction(top, num("stride", c.s)))}${op("+")}1`, ...quotient(c)];
  return steps.map((step) => `<span class="part">${op("=")}${step}</span>`).join("");
}

/** The same in words of one line, for screen readers. */
export function formulaText(c) {
  const out = outputSize(c);
  const top = c.d === 1 ? `${c.n} + 2 × ${c.p} − ${c.k}` : `${c.n} + 2 × ${c.p} − ${c.d} × (${c.k} − 1) − 1`;
  return `n_out = floor((${top}) / ${c.s}) + 1 = ${out || rawSize(c)}`;
}

const times = '<span class="times">×</span>';

function dilated(make) {
  const span = `${make("dilation", "d")}(${make("kernel", "k")}${op("−")}1)`;
  return [make("input", "n"), plus(2, make("padding", "p")), minus(span), minus("1")];
}

/** From the division to the result: [] parts after the first line of numbers. */
function quotient(c) {
  const room = paddedSize(c) - extent(c);
  const exact = room % c.s === 0;
  const result = num(outputSize(c) ? "output result" : "wrong result", signed(rawSize(c)));
  const sum = `${signed(Math.floor(room / c.s))}${op("+")}1`;
  const inexact = exact ? [] : [`${floor(decimal(room / c.s))}${op("+")}1`];
  return [...inexact, `${sum}${op("=")}${result}`];
}

function rawSize(c) {
  return Math.floor((paddedSize(c) - extent(c)) / c.s) + 1;
}

function decimal(value) {
  const short = Math.trunc(value * 100) / 100;
  return signed(short) + (short === value ? "" : "...");
}

function sym(name, letter, below = "") {
  const index = below || (name === "input" ? "in" : "");
  return `<i class="role-${name}">${letter}${index ? `<sub>${index}</sub>` : ""}</i>`;
}

function num(name, value) {
  return `<b class="role-${name.split(" ")[0]} ${name.includes("result") ? "result" : ""}">${value}</b>`;
}

function plus(factor, term) {
  return `${op("+")}${factor}${/^<b/.test(term) ? times : ""}${term}`;
}

function minus(term) {
  return `${op("−")}${term}`;
}

function op(sign) {
  return `<span class="op">${sign}</span>`;
}

function fraction(top, bottom) {
  return `<span class="fraction"><span class="top">${top}</span><span class="bottom">${bottom}</span></span>`;
}

function floor(inside) {
  return `<span class="floor">${inside}</span>`;
}
