// Content panel: "Input and kernel" under the stage.

import { element } from "../../../shared/component/elements.js";
import { filled } from "../../../shared/component/words.js";
import { createInputChoice } from "./inputchoice.js";
import { createKernelChoice } from "./kernelchoice.js";
import { say } from "./panelparts.js";
/** @import { Explorer, Part } from "../explorer.js" */

/**
 * Inside `host`, an empty element; while it is hidden the panel costs nothing.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createContentPanel(host, explorer) {
  const [input, kernel] = ["content-input", "content-kernel"].map((name) => element("div", { className: name }));
  const without = element("p", { className: "content-note" });
  const right = element("div");
  right.append(kernel, without);
  const columns = element("div", { className: "content-columns" });
  columns.append(input, right);
  host.classList.add("content-panel");
  host.append(columns);
  const parts = [createInputChoice(input, explorer), createKernelChoice(kernel, explorer)];

  function update(view) {
    if (host.hidden) return;
    const words = explorer.words("content");
    const pooled = () => filled(words.noKernel, { pooling: words[`pooling-${view.setting.pooling}`] });
    const instead = { pool: pooled, flatten: () => words.noKernelFlatten }[view.mode];
    kernel.hidden = Boolean(instead);
    say(without, instead ? instead() : "");
    for (const part of parts) part.update(view);
  }

  return { update, destroy: () => parts.forEach((part) => part.destroy()) };
}
