// Class list: a row for each class with its number key, name, count and pictures, and chips of them above the pad on a phone.
import { element } from "../../../shared/component/elements.js";
import { filled } from "../../../shared/component/words.js";
import { paintThumbnails } from "./thumbnail.js";
/** @import { Collection, Limits } from "./collection.js" */

/**
 * @typedef {object} ClassActions
 * @property {(id: number) => void} choose
 * @property {(id: number, name: string) => void} rename
 * @property {(id: number) => void} removeClass
 * @property {(id: number) => void} removePicture
 */

/**
 * Both lists as the collection is now; a name that is being typed is left alone.
 * @param {HTMLElement} list
 * @param {HTMLElement} chips
 * @param {Collection} collection
 * @param {{ strings: Record<string, string>, limits: Limits }} data
 * @param {ClassActions} actions
 */
export function paintClasses(list, chips, collection, data, actions) {
  const { classes, chosen } = collection;
  const rows = keyed(list, classes, (each) => row(each.id, actions));
  const short = keyed(chips, classes, (each) => chip(each.id, actions));
  classes.forEach((each, index) => {
    const about = { each, index, isChosen: each.id === chosen, isOnly: classes.length < 2, ...data };
    paintRow(rows[index], about, actions);
    paintChip(short[index], about);
  });
}

/**
 * The key that chooses a class: 1 to 9, then 0; "" beyond.
 * @param {number} index from 0
 * @returns {string}
 */
export function keyOf(index) {
  return index < 10 ? String((index + 1) % 10) : "";
}

/** The children of `list`, one for each class, those of before kept. */
function keyed(list, classes, make) {
  const known = new Map([...list.children].map((/** @type {HTMLElement} */ each) => [Number(each.dataset.id), each]));
  const children = classes.map((each) => known.get(each.id) ?? make(each));
  if (children.length !== list.childElementCount || children.some((child, index) => child !== list.children[index])) list.replaceChildren(...children);
  return children;
}

function row(id, actions) {
  const choose = element("button", { type: "button", className: "co-key", onclick: () => actions.choose(id) });
  const name = element("input", { type: "text", autocomplete: "off", spellcheck: false, onfocus: () => actions.choose(id) });
  name.oninput = () => actions.rename(id, name.value);
  const bar = element("span", { className: "co-bar" }, [element("i")]);
  const remove = element("button", { type: "button", className: "co-drop", textContent: "×", onclick: () => actions.removeClass(id) });
  const head = element("div", { className: "co-head" }, [choose, name, element("span", { className: "co-count" }), bar, remove]);
  const made = element("li", { attributes: { "data-id": String(id) } }, [head, element("ul", { className: "co-thumbs" })]);
  made.onclick = ({ target }) => target === made || target.tagName === "UL" || target.tagName === "IMG" ? actions.choose(id) : undefined;
  return made;
}

function paintRow(made, { each, index, isChosen, isOnly, strings, limits }, actions) {
  const [choose, name, count, bar, remove] = made.querySelector(".co-head").children;
  const gaps = { name: each.name || String(index + 1), count: each.pictures.length, goal: limits.goal };
  made.classList.toggle("co-chosen", isChosen);
  made.classList.toggle("co-enough", each.pictures.length >= limits.goal);
  choose.textContent = keyOf(index);
  choose.setAttribute("aria-pressed", String(isChosen));
  label(choose, filled(strings.choose, gaps));
  label(name, filled(strings.className, { number: index + 1 }));
  if (name.getRootNode().activeElement !== name) name.value = each.name;
  count.textContent = filled(strings.count, gaps);
  bar.firstChild.style.width = `${Math.min(100, (100 * each.pictures.length) / limits.goal)}%`;
  remove.hidden = isOnly;
  label(remove, filled(strings.removeClass, gaps));
  const thumbs = made.querySelector(".co-thumbs");
  thumbs.setAttribute("aria-label", filled(strings.pictures, gaps));
  paintThumbnails(thumbs, each, strings, actions.removePicture);
}

function chip(id, actions) {
  return element("button", { type: "button", onclick: () => actions.choose(id), attributes: { "data-id": String(id) } }, [
    element("span"), element("b"),
  ]);
}

function paintChip(made, { each, index, isChosen, strings, limits }) {
  const gaps = { name: each.name || String(index + 1), count: each.pictures.length, goal: limits.goal };
  if (isChosen && made.getAttribute("aria-pressed") !== "true") reveal(made);
  made.setAttribute("aria-pressed", String(isChosen));
  label(made, filled(strings.choose, gaps));
  made.children[0].textContent = gaps.name;
  made.children[1].textContent = String(gaps.count);
}

/** In the row of chips, which may be longer than a phone is wide; the page itself stays. */
function reveal(made) {
  const chips = made.parentElement;
  if (chips) chips.scrollLeft = made.offsetLeft - chips.offsetLeft - (chips.clientWidth - made.clientWidth) / 2;
}

function label(part, text) {
  part.title = text;
  part.setAttribute("aria-label", text);
}
