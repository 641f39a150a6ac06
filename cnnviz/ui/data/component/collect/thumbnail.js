// Thumbnails: the pictures of a class in a row, each with a button that takes it out; one stop of the tab key.
import { element } from "../../../shared/component/elements.js";
import { fromBase64 } from "../../../shared/component/base64.js";
import { DIGIT_SIDE } from "../../../shared/component/digit.js";
import { filled } from "../../../shared/component/words.js";
/** @import { PictureClass } from "./collection.js" */

const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/**
 * The row of `of` in `list`, which keeps the elements of pictures that were there before.
 * @param {HTMLElement} list
 * @param {PictureClass} of
 * @param {Record<string, string>} strings
 * @param {(id: number) => void} remove
 */
export function paintThumbnails(list, of, strings, remove) {
  const known = new Map([...list.children].map((/** @type {HTMLElement} */ each) => [Number(each.dataset.id), each]));
  const before = list.childElementCount;
  const items = of.pictures.map((picture) => known.get(picture.id) ?? thumbnail(picture, remove));
  items.forEach((item, index) => describe(item, filled(strings.remove, { number: index + 1, name: of.name })));
  if (items.length !== before || items.some((item, index) => item !== list.children[index])) list.replaceChildren(...items);
  if (items.length > before) list.scrollLeft = list.scrollWidth; // the newest is seen
  const stops = buttons(list);
  if (!stops.some((button) => button.tabIndex === 0)) stops.at(-1)?.setAttribute("tabindex", "0");
  list.onkeydown = (event) => walk(list, event);
}

/** The picture as the address of an image. */
function pictureAddress({ kind, data }) {
  return kind === "photo" ? `data:image/jpeg;base64,${data}` : drawingAddress(fromBase64(data));
}

function thumbnail(picture, remove) {
  const image = element("img", { src: pictureAddress(picture), alt: "", draggable: false, className: `co-${picture.kind}` });
  const button = element("button", { type: "button", textContent: "×", tabIndex: -1 });
  button.onclick = (event) => {
    event.stopPropagation(); // else the row is chosen
    removeAndStay(button, () => remove(picture.id));
  };
  return element("li", { attributes: { "data-id": String(picture.id) } }, [image, button]);
}

function describe(item, text) {
  const button = item.querySelector("button");
  if (button.title === text) return;
  button.title = text;
  button.setAttribute("aria-label", text);
}

/** The focus goes to the picture that takes its place, so that several can be taken out one after the other. */
function removeAndStay(button, remove) {
  const list = button.closest("ul");
  const at = buttons(list).indexOf(button);
  const hadFocus = button.matches(":focus");
  remove();
  const rest = buttons(list);
  const next = rest[Math.min(at, rest.length - 1)];
  if (!next || !hadFocus) return;
  stop(rest, next);
}

function walk(list, event) {
  const stops = buttons(list);
  const at = stops.findIndex((button) => button.matches(":focus"));
  if (at < 0) return;
  if (event.key === "Delete" || event.key === "Backspace") stops[at].click();
  else if (MOVES[event.key]) stop(stops, stops[Math.max(0, Math.min(stops.length - 1, at + MOVES[event.key]))]);
  else return;
  event.preventDefault();
}

function stop(stops, button) {
  for (const each of stops) each.tabIndex = each === button ? 0 : -1;
  button.focus();
}

/** @returns {HTMLElement[]} */
function buttons(list) {
  return [...list.querySelectorAll("button")];
}

/** White ink on black, as the network is shown it. */
function drawingAddress(grey) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = DIGIT_SIDE;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(DIGIT_SIDE, DIGIT_SIDE);
  for (let i = 0; i < grey.length; i++) pixels.data.set([grey[i], grey[i], grey[i], 255], 4 * i);
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}
