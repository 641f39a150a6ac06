// Take-away panel: the lines of code, the link, and files with the animation or a still.

import { createCodeBlocks } from "./codeblocks.js";
import { copyText } from "../../../shared/component/copying.js";
import { createExports } from "./exports.js";
/** @import { Explorer, Part } from "../explorer.js" */

const TAKEAWAY_HTML = `
  <div class="code-blocks"></div>
  <div class="takeaway-rest">
    <section class="link-block">
      <h3></h3>
      <div class="link-row"><input type="text" readonly spellcheck="false" /><button type="button"></button></div>
      <p class="takeaway-note"></p>
      <p role="status"></p>
    </section>
    <section class="export-block"><h3></h3></section>
  </div>
`;

/**
 * The part inside `host`, an empty element.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createTakeaway(host, explorer) {
  host.innerHTML = TAKEAWAY_HTML;
  const find = (selector) => host.querySelector(selector);
  const codes = createCodeBlocks(find(".code-blocks"));
  const files = createExports(find(".export-block"), explorer);
  const field = find(".link-row input");
  const words = () => explorer.words("takeaway");
  const freshLink = () => (field.value = explorer.link()); // with the step of this moment
  field.addEventListener("focus", () => {
    freshLink();
    field.select();
  });
  find(".link-row button").addEventListener("click", async () => {
    const way = await copyText(freshLink(), host, () => field.focus());
    find(".link-block [role=status]").textContent = words()[way];
  });
  for (const event of ["pointerenter", "focusin"]) {
    host.addEventListener(event, () => update(explorer.view)); // the stage's speed may be another
  }
  let shown = null;

  function update(view) {
    if (host.hidden) return;
    const state = [view, explorer.data, explorer.hidden, explorer.stage.rate];
    if (shown?.every((part, i) => part === state[i])) return;
    if (shown && shown[0] !== view) for (const said of host.querySelectorAll("[role=status]")) said.textContent = "";
    shown = state;
    write(view, words());
  }

  function write(view, t) {
    find(".link-block h3").textContent = t.link;
    find(".link-row button").textContent = t.copyLink;
    find(".link-block .takeaway-note").textContent = t.linkNote;
    find(".export-block h3").textContent = t.files;
    field.setAttribute("aria-label", t.link);
    freshLink();
    codes.update(view, { ...t, secret: explorer.hidden });
    files.update(view, t);
  }

  return { update, destroy: () => files.destroy() };
}
