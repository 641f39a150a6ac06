// Blueprint editor: one's own network as a table that is typed into. The server checks the rows and sends shapes, problems and fixes.
//
// The table owns the rows while they are typed: a reply only ever says what was found, and only the reply to the
// newest edit is shown. Rows come from the server when its version changes: another start, a file, an undo.
import { themedRoot } from "../../../shared/component/theme.js";
import { writeAddress } from "./address.js";
import { paintReply } from "./reply.js";
import { moved } from "./editing.js";
import { element } from "../../../shared/component/elements.js";
import { paintHead } from "./head.js";
import { allKinds, insertRow, place, rowElement } from "./row.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const PAUSE = 150; // ms after the last letter, before it is sent to the server

/**
 * @param {Mount} mount
 * @returns {() => void} ends what waits
 */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  if (!root.send) equip(root);
  root.data = data;
  root.say = (name, value) => setStateValue(name, value);
  root.kinds = new Map(data.kinds.map((kind) => [kind.name, kind]));
  if (root.version !== data.version || root.language !== data.language) {
    if (root.version !== data.version) {
      clearTimeout(root.timer);
      root.timer = 0;
      root.serial = data.serial;
      root.network = structuredClone(data.blueprint);
      root.version = data.version;
    }
    root.language = data.language;
    root.lines = new WeakMap();
    root.kindBox = allKinds(root);
    paintHead(root);
    paint(root);
  }
  if (data.serial === root.serial) paintReply(root);
  writeAddress(root, data.address, (link) => root.say("linked", link));
  return () => {
    clearTimeout(root.timer);
    clearTimeout(root.addressTimer);
  };
}

/** What the parts of the table ask of it. */
function equip(root) {
  root.open = new WeakSet(); // rows that show their seldom options
  root.found = new WeakMap(); // row -> what the server found of it
  root.timer = 0;
  root.send = (pause = PAUSE) => {
    clearTimeout(root.timer);
    root.serial += 1;
    root.timer = setTimeout(root.flush, pause);
  };
  root.flush = () => {
    if (!root.timer) return;
    clearTimeout(root.timer);
    root.timer = 0;
    root.say("said", { version: root.version, serial: root.serial, text: JSON.stringify(root.network) });
  };
  root.change = (rows, at, part) => {
    root.network.rows = rows;
    root.repaint(rows[at], part);
    root.send(0);
  };
  root.move = (row, step, part) => {
    const at = root.network.rows.indexOf(row);
    const rows = moved(root.network.rows, at, step);
    if (rows !== root.network.rows) root.change(rows, at + step, part);
  };
  root.insert = (at) => insertRow(root, at);
  root.repaint = (row, part) => {
    paint(root);
    paintReply(root);
    focus(root, row, part);
  };
  root.addEventListener("focusin", (event) => hint(root, event.target));
  root.addEventListener("focusout", () => hint(root, null));
}

function paint(root) {
  const { strings, limits } = root.data;
  const { rows } = root.network;
  const titles = [strings.layer, strings.options, strings.out, ""];
  root.querySelector(".bp-titles").replaceChildren(...titles.map((words) => element("span", { textContent: words })));
  const list = root.querySelector(".bp-rows");
  list.setAttribute("aria-label", strings.label);
  arrange(list, rows.map((row) => rowElement(root, row)));
  rows.forEach((row, at) => place(root, root.lines.get(row), at));
  const add = root.querySelector(".bp-add");
  add.textContent = strings.add;
  add.disabled = rows.length >= limits.rows;
  add.onclick = () => root.insert(root.network.rows.length);
  hint(root, null);
}

/** `lines` and no others in `list`, in this order; only those are touched that are not where they belong. */
function arrange(list, lines) {
  const wanted = new Set(lines);
  for (const line of [...list.children]) if (!wanted.has(line)) line.remove();
  lines.forEach((line, at) => {
    if (list.children[at] !== line) list.insertBefore(line, list.children[at] ?? null);
  });
}

/** The part of a row that had the focus before rows moved; its neighbour where it cannot have it now. */
function focus(root, row, part) {
  const line = row && root.lines.get(row);
  const other = { up: "down", down: "up" }[part] ?? "kind";
  const wanted = line?.querySelector(`[data-part="${part}"]:not(:disabled)`) ?? line?.querySelector(`[data-part="${other}"]`);
  (wanted ?? root.querySelector(".bp-add")).focus({ preventScroll: true });
  line?.scrollIntoView({ block: "nearest" });
}

/** What the focused field means. */
function hint(root, target) {
  const line = root.querySelector(".bp-hint");
  line.textContent = target?.closest("[title]")?.title ?? root.data.strings.keys;
}
