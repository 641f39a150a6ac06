// Run filters, what the list shows: words, a status, a tag, only one's own.

import { element } from "../../../shared/component/elements.js";

/**
 * The boxes, once for a language. `patience`: how long after the last letter the words are sent.
 * @param {HTMLElement} root
 * @param {object} state the list's
 * @param {number} patience ms
 */
export function buildFilters(root, state, patience) {
  const { words } = state.data;
  const form = root.querySelector(".lg-filters");
  const change = (changes, wait) => state.send({ query: { ...state.query, page: 0, ...changes } }, wait);
  const text = element("input", { type: "search", className: "lg-text", placeholder: words.search, maxLength: 100 });
  text.setAttribute("aria-label", words.search);
  text.oninput = () => change({ text: text.value }, patience);
  const status = choice("lg-by-status", words.status, (value) => change({ status: value }));
  const tag = choice("lg-by-tag", words.tag, (value) => change({ tag: value }));
  const mine = element("input", { type: "checkbox", className: "lg-mine" });
  mine.onchange = () => change({ mine: mine.checked });
  form.onsubmit = (event) => event.preventDefault();
  form.replaceChildren(text, status, tag, element("label", { className: "lg-check" }, [mine, words.mine]));
}

function choice(name, label, changed) {
  const select = element("select", { className: name, attributes: { "aria-label": label } });
  select.onchange = () => changed(select.value);
  return select;
}

/**
 * What is set, and what there is to choose. A box in which somebody writes is left alone.
 * @param {HTMLElement} root
 * @param {object} state the list's
 */
export function showFilters(root, state) {
  const { query, data } = state;
  const text = root.querySelector(".lg-text");
  if (root.getRootNode().activeElement !== text) text.value = query.text;
  options(root.querySelector(".lg-by-status"), [["", data.words.anyStatus], ...data.statuses], query.status);
  options(root.querySelector(".lg-by-tag"), [["", data.words.anyTag], ...data.tags.map((tag) => [tag, tag])], query.tag);
  root.querySelector(".lg-by-tag").hidden = !data.tags.length && !query.tag;
  root.querySelector(".lg-mine").checked = query.mine;
}

function options(select, wanted, value) {
  const there = [...select.options].map((option) => [option.value, option.textContent]);
  if (value && !wanted.some(([key]) => key === value)) wanted.push([value, value]);
  if (JSON.stringify(there) !== JSON.stringify(wanted)) {
    select.replaceChildren(...wanted.map(([key, label]) => element("option", { value: key, textContent: label })));
  }
  select.value = value;
}
