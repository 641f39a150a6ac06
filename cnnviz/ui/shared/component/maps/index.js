// Map sheet: equally large pictures (feature maps, filters, units) of which one can be chosen. All pictures come as
// one PNG, one below the other, and are enlarged by whole factors, so that their pixels stay crisp.
import { themedRoot } from "../theme.js";
/** @import { Mount } from "../theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const sheet = root.querySelector(".fm-sheet");
  sheet.setAttribute("aria-label", data.label);
  sheet.classList.toggle("fm-bare", !data.captions);
  if (sheet.children.length !== data.titles.length) {
    sheet.replaceChildren(...data.titles.map(() => tile()));
    sheet.onkeydown = (event) => step(sheet, event);
  }
  const { width, height } = data;
  const zoom = fitted(root, data);
  sheet.style.maxWidth = data.columns ? `${data.columns * (width * zoom + 4) + 8}px` : ""; // 4: as in style.css
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
    button.onclick = () => setTriggerValue("chosen", i);
  });
}

/** A smaller whole factor on a phone: three maps in a row, two filters. */
function fitted(root, { width, height, zoom, titles }) {
  if (root.clientWidth >= 480 || titles.length < 4) return zoom;
  return Math.min(zoom, Math.max(1, Math.floor((width > 2 * height ? 152 : 100) / width)));
}

function tile() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fm-tile" });
  const picture = Object.assign(document.createElement("span"), { className: "fm-picture" });
  const caption = Object.assign(document.createElement("span"), { className: "fm-caption" });
  button.append(picture, caption);
  return button;
}

/** Arrow keys go to the neighbours as they lie on the screen; Enter or Space, a button's own keys, choose. */
function step(sheet, event) {
  const tiles = [...sheet.children];
  const at = tiles.findIndex((button) => button.matches(":focus"));
  const columns = tiles.filter((button) => button.offsetTop === tiles[0].offsetTop).length;
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const to = { Home: 0, End: tiles.length - 1 }[event.key] ?? at + (moves[event.key] ?? NaN);
  if (at < 0 || !tiles[to]) return;
  event.preventDefault();
  tiles[at].tabIndex = -1;
  tiles[to].tabIndex = 0;
  tiles[to].focus();
}
