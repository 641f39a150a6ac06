// Gallery: rows of small pictures, each a button, a row a class, with its mean picture and deviation before them. All
// pictures come as one PNG, a grid of equal tiles that are numbered row by row.
import { element } from "../../../shared/component/elements.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { moveFocus } from "../../../shared/component/tilekeys.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const rows = root.querySelector(".ga-rows");
  rows.classList.toggle("ga-sheet", data.isSheet);
  rows.classList.toggle("ga-smooth", data.height > data.side);
  rows.style.setProperty("--ga-side", `${data.side}px`);
  rows.style.setProperty("--ga-each", data.each);
  const picture = painter(data);
  const lines = data.rows.map((row, index) => classRow(row, index, data, picture, setTriggerValue));
  rows.replaceChildren(...(data.title ? [titles(data.title)] : []), ...lines);
}

/** The row above: what the two pictures before each row are. */
function titles(title) {
  const words = element("div", { className: "ga-sums", textContent: title });
  return element("div", { className: "ga-row ga-titles" }, [element("span"), words, element("span")]);
}

function classRow(row, index, data, picture, tell) {
  const words = [element("b", { textContent: row.name }), element("small", { textContent: row.count })];
  const head = element("button", { type: "button", className: "ga-head", title: row.open }, words);
  head.onclick = () => tell("row", index);
  const sums = element(
    "div",
    { className: "ga-sums" },
    row.sums.map(([place, title]) => named(picture(place), title)),
  );
  const buttons = row.tiles.map(([place, title, number], at) => tile(picture(place), title, number, at, data.chosen));
  const group = { role: "group", "aria-label": row.label };
  const tiles = element("div", { className: "ga-tiles", attributes: group }, buttons);
  tiles.onkeydown = (event) => moveFocus(tiles, event);
  tiles.onclick = (event) => {
    const button = event.target.closest(".ga-tile");
    if (button) tell("picture", Number(button.dataset.number));
  };
  return element("div", { className: "ga-row" }, row.sums.length ? [head, sums, tiles] : [head, element("span"), tiles]);
}

function named(seen, title) {
  Object.assign(seen, { title });
  seen.setAttribute("role", "img");
  seen.setAttribute("aria-label", title);
  return seen;
}

function tile(seen, title, number, at, chosen) {
  const spoken = { "aria-label": title, "aria-pressed": String(number === chosen) };
  const button = element("button", { type: "button", className: "ga-tile", title, attributes: spoken }, [seen]);
  button.tabIndex = at ? -1 : 0;
  button.dataset.number = number;
  return button;
}

/** A function of a tile's place in the PNG, which gives an element that shows it, as wide as its place. */
function painter(data) {
  const step = (at, count) => `${count > 1 ? (100 * at) / (count - 1) : 0}%`;
  return (place) => {
    const seen = element("span", { className: "ga-picture" });
    const [column, row] = [place % data.across, Math.floor(place / data.across)];
    Object.assign(seen.style, {
      aspectRatio: `${data.width} / ${data.height}`,
      backgroundImage: `url(${data.sprite})`,
      backgroundSize: `${data.across * 100}% ${data.down * 100}%`,
      backgroundPosition: `${step(column, data.across)} ${step(row, data.down)}`,
    });
    return seen;
  };
}
