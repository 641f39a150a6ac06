// Reply of the server on a blueprint: names, shapes and weights beside their rows; under a wrong row why, and its fix.
import { element } from "../../../shared/component/elements.js";

/**
 * Writes what was found beside the rows. Of a reply to an older edit nothing is taken; rows that moved meanwhile keep what was last found of them.
 * @param {HTMLElement} root the table's
 */
export function paintReply(root) {
  const { found, fixes, serial } = root.data;
  const { rows } = root.network;
  const isNewest = serial === root.serial;
  if (isNewest) rows.forEach((row, at) => root.found.set(row, found[at] ?? {}));
  const wrong = found.findIndex((each) => each.problem);
  rows.forEach((row, at) => {
    const line = root.lines.get(row);
    const each = root.found.get(row) ?? {};
    const shown = JSON.stringify([each, isNewest, isNewest && at === wrong && fixes]);
    if (line.shown !== shown) paintRow(root, line, each, isNewest ? each.problem : "", at === wrong ? fixes : [], row);
    line.shown = shown;
  });
}

function paintRow(root, line, each, problem, fixes, row) {
  Object.assign(line.querySelector(".bp-name"), { textContent: each.name ?? "", title: each.name ?? "" });
  line.querySelector(".bp-out").textContent = each.problem ? "✗" : (each.out ?? "");
  line.querySelector(".bp-weights").textContent = each.weights ?? "";
  line.classList.toggle("bp-wrong", Boolean(problem));
  for (const box of line.querySelectorAll(".bp-option > [data-part]")) {
    box.setAttribute("aria-invalid", Boolean(problem) && box.dataset.part === each.parameter);
    box.fill?.();
  }
  paintTrouble(root, line.querySelector(".bp-trouble"), problem, fixes, row);
}

function paintTrouble(root, place, problem, fixes, row) {
  place.hidden = !problem;
  place.replaceChildren();
  if (!problem) return;
  place.append(element("p", { role: "alert", textContent: problem }));
  for (const fix of fixes) {
    const accept = () => root.change(fixedRows(root, fix.rows), root.network.rows.indexOf(row), "kind");
    place.append(element("button", { type: "button", className: "bp-fix", textContent: fix.says, onclick: accept }));
  }
}

/** The fixed rows; those that a fix leaves alone stay the very rows they were, with their elements. */
function fixedRows(root, rows) {
  const spare = new Map(root.network.rows.map((row) => [JSON.stringify(row), row]));
  return rows.map((row) => {
    const key = JSON.stringify(row);
    const same = spare.get(key);
    spare.delete(key);
    return same ?? structuredClone(row);
  });
}
