// Map sheet: equally large pictures (feature maps, filters, units) of which one can be chosen. All pictures come as
// one PNG, one below the other; those that are enlarged are so by whole factors, so that their pixels stay crisp.
import { themedRoot } from "../theme.js";
import { moveFocus } from "../tilekeys.js";
import { tileSize } from "./size.js";
/** @import { Mount } from "../theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const sheet = root.querySelector(".fm-sheet");
  sheet.setAttribute("aria-label", data.label);
  sheet.classList.toggle("fm-bare", !data.captions);
  sheet.style.height = `${data.most}px`;
  if (sheet.children.length !== data.titles.length) {
    sheet.replaceChildren(...data.titles.map(() => tile()));
    sheet.onkeydown = (event) => {
      const to = moveFocus(sheet, event);
      if (to !== null) show(sheet, to);
    };
  }
  sheet.onclick = (event) => {
    const button = event.target.closest(".fm-tile");
    if (button) setTriggerValue("chosen", [...sheet.children].indexOf(button));
  };
  const { width, height } = data;
  const zoom = tileSize(data.titles.length, width, height, sheet.clientWidth, data.most, Boolean(data.captions));
  sheet.classList.toggle("fm-smooth", zoom < 1);
  [...sheet.children].forEach((button, i) => {
    const [picture, caption] = button.children;
    Object.assign(picture.style, {
      width: `${width * zoom}px`,
      height: `${height * zoom}px`,
      backgroundImage: `url(${data.sprite})`,
      backgroundSize: `${width * zoom}px ${height * zoom * data.titles.length}px`,
      backgroundPosition: `0 ${-i * height * zoom}px`,
    });
    caption.textContent = data.captions ? data.captions[i] : "";
    button.title = data.titles[i];
    button.setAttribute("aria-label", data.titles[i]);
    button.setAttribute("aria-pressed", String(i === data.chosen));
    button.tabIndex = i === (data.chosen ?? 0) ? 0 : -1;
  });
  if (root.chosen !== data.chosen || root.count !== data.titles.length) show(sheet, data.chosen);
  Object.assign(root, { chosen: data.chosen, count: data.titles.length });
}

/** The tile comes into sight inside the sheet; the page stays where it is. */
function show(sheet, chosen) {
  const button = sheet.children[chosen ?? 0];
  if (!button) return;
  const top = button.offsetTop - sheet.offsetTop;
  const isSeen = top >= sheet.scrollTop && top + button.offsetHeight <= sheet.scrollTop + sheet.clientHeight;
  if (!isSeen) sheet.scrollTop = top - (sheet.clientHeight - button.offsetHeight) / 2;
}

function tile() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fm-tile" });
  const picture = Object.assign(document.createElement("span"), { className: "fm-picture" });
  const caption = Object.assign(document.createElement("span"), { className: "fm-caption" });
  button.append(picture, caption);
  return button;
}
