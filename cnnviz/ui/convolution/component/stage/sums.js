// Sum of products: the window's products and their sum, written out with numbers. Returns HTML; knows no canvas.

import { aside, filled } from "../../../shared/component/words.js";
import { productsOf, sharesOf } from "../arithmetic/grid.js";
import { isExact, shown } from "../arithmetic/numbers.js";
import { CHANNEL_LETTERS } from "./layout.js";
/** @import { View } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const LARGE = 9; // products that stand in one large line
const MOST = 27; // products that are written out at once; more only when asked for

/**
 * { html, every, count } at output or step [row, column]; `every` is the full list where `html` leaves some out.
 * @param {View} view
 * @param {number[]} step row and column of the output
 * @param {Words} strings
 * @returns {{ html: string, every: string, count: number }}
 */
export function sumOf(view, [row, column], strings) {
  if (view.mode === "pool") return pooled(view, row, column, strings);
  const lists = view.pixels.map((picture, channel) => productsOf(view.axes, row, column, picture, view.weights[channel]));
  const result = view.values[row * view.size[1] + column];
  return written(view, lists, result, strings);
}

function written(view, lists, result, strings) {
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  if (!count) return { html: filled(strings.nothing, { sum: resultHtml(result) }), every: "", count };
  const full = lists.flat().map(product).join(PLUS);
  const bias = view.bias ? `${PLUS}<b class="role-stride">${bracketed(view.bias)}</b>` : "";
  const numbers = lists.flat().flatMap(({ pixel, weight }) => [pixel, weight]);
  const end = equals([...numbers, view.bias, result]);
  if (lists.length > 1) return { html: perChannel(lists, bias, end, strings), every: everyChannel(lists), count };
  if (count <= MOST) return { html: `<span class="${count > LARGE ? "many" : ""}">${full}${bias}${end}</span>`, every: "", count };
  const rest = `<span class="quiet">… ${filled(strings.products, { n: count })} …</span>`;
  const head = [...lists[0].slice(0, 3).map(product), rest].join(PLUS);
  return { html: head + bias + end, every: full + bias + end, count };
}

const PLUS = ' <span class="op">+</span> ';

function product({ pixel, weight }) {
  return `<span class="product"><b class="role-input">${bracketed(pixel)}</b><span class="op">×</span><b class="role-kernel">${bracketed(weight)}</b></span>`;
}

function bracketed(value) {
  return value < 0 ? `(${shown(value)})` : shown(value);
}

function resultHtml(value) {
  return `<b class="role-output result">${shown(value)}</b>`;
}

/** "= result", or "≈ result" if one of the numbers was rounded when it was written; the result is the last. */
function equals(numbers) {
  const sign = numbers.every(isExact) ? "=" : "≈";
  return ` <span class="op">${sign}</span> ${resultHtml(numbers[numbers.length - 1])}`;
}

function totalOf(list) {
  return list.reduce((sum, { pixel, weight }) => sum + pixel * weight, 0);
}

function perChannel(lists, bias, end, strings) {
  const parts = lists.map((list, i) => `<span class="product">${CHANNEL_LETTERS[i]} <b class="role-output">${bracketed(totalOf(list))}</b></span>`);
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  return `${parts.join(PLUS)}${bias}${end}<span class="quiet">${aside(filled(strings.products, { n: count }))}</span>`;
}

function everyChannel(lists) {
  const line = (list, i) => `${CHANNEL_LETTERS[i]}: ${list.map(product).join(PLUS)} <span class="op">=</span> <b class="role-output">${shown(totalOf(list))}</b>`;
  return lists.map(line).join("<br>");
}

function pooled(view, row, column, strings) {
  const { pooling } = view.setting;
  const cells = sharesOf(view.axes, row, column, view.pixels[0], pooling);
  const result = view.values[row * view.size[1] + column];
  if (!cells.length) return { html: filled(strings.nothing, { sum: resultHtml(result) }), every: "", count: 0 };
  const list = cells.map(pooling === "softmax" ? shareOfSum : chosen).join(pooling === "softmax" ? PLUS : ", ");
  const count = view.kernel[0] * view.kernel[1];
  const head = { max: `max(${list})`, min: `min(${list})`, average: `(${cells.map(plain).join(PLUS)}) / ${count}`, softmax: list }[pooling];
  const many = cells.length > LARGE ? "many" : "";
  const weighed = pooling === "softmax" ? cells.map(({ share }) => share) : [];
  const end = equals([...cells.map(({ pixel }) => pixel), ...weighed, result]);
  return { html: `<span class="${many}">${head}${end}</span>`, every: "", count: cells.length };
}

function plain({ pixel }) {
  return `<b class="role-input">${shown(pixel)}</b>`;
}

function chosen({ pixel, share }) {
  return `<b class="${share === 1 ? "role-kernel chosen" : "role-input"}">${shown(pixel)}</b>`;
}

function shareOfSum({ pixel, share }) {
  return `<span class="product"><b class="role-kernel">${shown(share)}</b><span class="op">×</span><b class="role-input">${shown(pixel)}</b></span>`;
}

/**
 * A transposed convolution's step: one pixel times every weight, and where that lands.
 * @param {View} view
 * @param {number[]} step row and column of the input
 * @param {string} landing
 * @param {Words} strings
 * @returns {{ html: string, every: string, count: number }}
 */
export function stampOf(view, [row, column], landing, strings) {
  const lists = view.pixels.map((picture, channel) => {
    const pixel = picture[row * view.axes[1].n + column];
    return Array.from(view.weights[channel], (weight) => ({ pixel, weight }));
  });
  const one = (item) => `${product(item)}<span class="op">=</span>${shown(item.pixel * item.weight)}`;
  const count = lists[0].length;
  const items = lists[0].map(one);
  const rest = `<span class="quiet">… ${filled(strings.products, { n: count * lists.length })} …</span>`;
  const shortened = count > LARGE ? [...items.slice(0, 3), rest] : items;
  const html = `${shortened.join('<span class="op">, </span>')}<br><span class="quiet">${landing}</span>`;
  return { html, every: count > LARGE || lists.length > 1 ? everyStamp(lists, one) : "", count };
}

function everyStamp(lists, one) {
  const letter = (i) => (lists.length > 1 ? `${CHANNEL_LETTERS[i]}: ` : "");
  return lists.map((list, i) => letter(i) + list.map(one).join(", ")).join("<br>");
}
