// Formula HTML, its numbers still empty: each has a place, data-slot, that formula.js fills. Pure.

/**
 * `names` of the axes, "" where there is one only; `refused` one flag an axis.
 * @typedef {{ kind: string, dilated: boolean, ceil: boolean, secret: boolean, names: string[], refused: boolean[] }} Shape
 */

/**
 * The whole formula: symbols once, then a chain of numbers for each axis.
 * @param {Shape} shape
 * @returns {string} HTML
 */
export function formulaHtml(shape) {
  const symbols = `<span class="part symbols">${symbolHtml("out")}${opHtml("=")}${sumHtml(shape, symbolHtml, "")}</span>`;
  const chains = shape.names.map((_, index) => chainHtml(shape, index));
  if (chains.length === 1) return `<div class="chain">${symbols}${chains[0]}</div>`;
  return `${symbols}<div class="chains">${chains.map((chain) => `<div class="chain">${chain}</div>`).join("")}</div>`;
}

/**
 * How many values [maps, rows, columns] make in one row.
 * @param {number[]} sides maps, rows, columns
 * @param {number} size their product
 * @returns {string} HTML
 */
export function flattenHtml([maps, rows, columns], size) {
  const times = '<span class="times">×</span>';
  const side = (letter) => `<i class="term" data-term="n">${letter}<sub>in</sub></i>`;
  const sides = rows === columns ? ["n", "n"] : ["h", "w"];
  const symbols = ['<i class="term">c</i>', ...sides.map(side)].join(times);
  const numbers = [`<b>${maps}</b>`, ...[rows, columns].map((n) => `<b class="term" data-term="n">${n}</b>`)].join(times);
  const parts = [symbolHtml("out"), symbols, numbers, `<b class="result" data-term="out">${size}</b>`];
  return `<div class="chain">${parts.map((part, i) => `<span class="part">${i ? opHtml("=") : ""}${part}</span>`).join("")}</div>`;
}

function chainHtml(shape, index) {
  const number = (letter) => `<b class="term" data-term="${letter}" data-slot="${letter}${index}"></b>`;
  const drop = shape.ceil ? `<span class="drop" data-drop="${index}" hidden>${opHtml("−")}1</span>` : "";
  const numbers = sumHtml(shape, number, '<span class="times">×</span>') + drop;
  const name = shape.names[index] && `<span class="axis">${shape.names[index]}</span>`;
  const between = shape.kind === "transposed" ? transposedSteps(index) : slidingSteps(shape, index, drop);
  const steps = [numbers, ...(shape.secret ? [] : between), resultHtml(shape, index)];
  return name + steps.map((step) => `<span class="part step">${opHtml("=")}${step}</span>`).join("");
}

function slidingSteps({ ceil }, index, drop) {
  const quotient = `<b><span data-slot="whole${index}"></span><span class="rest" data-slot="rest${index}"></span></b>`;
  return [
    `${roundingHtml(quotient, ceil)}${opHtml("+")}1${drop}`,
    `<b data-slot="rounded${index}"></b>${opHtml("+")}1${drop}`,
  ];
}

function transposedSteps(index) {
  const [steps, cut, span] = ["steps", "cut", "span"].map((name) => `<span data-slot="${name}${index}"></span>`);
  const extra = `<span data-slot="extra${index}"></span>`;
  return [`${steps}${opHtml("−")}${cut}${opHtml("+")}${span}${opHtml("+")}${extra}${opHtml("+")}1`];
}

function resultHtml({ refused, secret }, index) {
  if (secret) return '<b class="result" data-term="out">?</b>';
  const wrong = refused[index];
  const cross = wrong ? '<span class="cross">✗</span>' : "";
  return `<b class="result" data-term="${wrong ? "wrong" : "out"}" data-slot="result${index}"></b>${cross}`;
}

/** The right-hand side with `term` for each letter and `times` between factors. */
function sumHtml(shape, term, times) {
  const dilation = `${term("d")}${times}(${term("k")}${opHtml("−")}1)`;
  const padding = `2${times}${term("p")}`;
  if (shape.kind === "transposed") {
    const first = `(${term("n")}${opHtml("−")}1)${times}${term("s")}`;
    return `${first}${opHtml("−")}${padding}${opHtml("+")}${dilation}${opHtml("+")}${term("o")}${opHtml("+")}1`;
  }
  const span = shape.dilated ? `${dilation}${opHtml("−")}1` : term("k");
  const top = `${term("n")}${opHtml("+")}${padding}${opHtml("−")}${span}`;
  const bottom = `<span class="bottom">${term("s")}</span>`;
  const fraction = `<span class="fraction"><span class="top">${top}</span>${bottom}</span>`;
  return `${roundingHtml(fraction, shape.ceil)}${opHtml("+")}1`;
}

function symbolHtml(letter) {
  if (letter === "out") return '<i class="term" data-term="out">n<sub>out</sub></i>';
  return `<i class="term" data-term="${letter}">${letter}${letter === "n" ? "<sub>in</sub>" : ""}</i>`;
}

function roundingHtml(inside, ceil) {
  return `<span class="${ceil ? "ceil" : "floor"}">${inside}</span>`;
}

function opHtml(text) {
  return `<span class="op">${text}</span>`;
}
