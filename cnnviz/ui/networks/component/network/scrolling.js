// Scrolling of a drawing wider than its box: that it goes on is seen at its edges, and a press on an edge goes there.

/** @import { Drawn } from "./picture.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const STEP = 0.8; // of the width of the box

/**
 * Arrows at the edges of `view`, where there is more. They are for the mouse: keys walk from block to block.
 * @param {Drawn} view
 * @param {Words} strings
 */
export function edges(view, strings) {
  const frame = view.scroll.parentElement;
  if (!view.edges) {
    view.edges = [-1, 1].map((way) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: `nw-edge nw-${way < 0 ? "left" : "right"}`, tabIndex: -1 });
      button.setAttribute("aria-hidden", "true");
      button.textContent = way < 0 ? "‹" : "›";
      button.title = strings.more;
      button.onclick = () => view.scroll.scrollBy({ left: way * STEP * view.scroll.clientWidth, behavior: "smooth" });
      frame.append(button);
      return button;
    });
    view.scroll.addEventListener("scroll", () => seen(view), { passive: true });
  }
  seen(view);
}

function seen(view) {
  const { scrollLeft, scrollWidth, clientWidth } = view.scroll;
  const [left, right] = view.edges;
  left.hidden = scrollLeft < 4;
  right.hidden = scrollLeft > scrollWidth - clientWidth - 4;
}

/**
 * Scroll the drawing's own box, never the page.
 * @param {Drawn} view
 * @param {string} name of a block
 */
export function intoView(view, name) {
  const block = view.blocks.get(name);
  if (!block) return;
  const [own, outer] = [block.getBoundingClientRect(), view.scroll.getBoundingClientRect()];
  if (own.left < outer.left + 40 || own.right > outer.right - 40) {
    view.scroll.scrollLeft += own.left - outer.left - (outer.width - own.width) / 2;
  }
}
