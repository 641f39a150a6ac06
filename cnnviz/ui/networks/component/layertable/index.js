// Layer table, whose rows can be chosen. What its cells say comes from the server.
import { element } from "../../../shared/component/elements.js";
import { themedRoot } from "../../../shared/component/theme.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const text = JSON.stringify([data.head, data.rows, data.foot]);
  const isNew = root.text !== text;
  if (isNew) fill(root, data);
  if (isNew || data.chosen !== root.received) choose(root, data.chosen, true);
  Object.assign(root, { text, received: data.chosen, send: (name) => setTriggerValue("chosen", name) });
  const body = root.querySelector("tbody");
  body.onclick = (event) => {
    const row = event.target.closest("tr");
    if (!row) return;
    choose(root, row.dataset.name);
    root.send(row.dataset.name);
  };
  body.onkeydown = (event) => walk(root, event);
}

function fill(root, { label, head, rows, foot }) {
  root.querySelector(".lt-scroll").setAttribute("aria-label", label);
  root.querySelector("caption").textContent = label;
  root.querySelector("thead").replaceChildren(line(head.map((words) => cell("th", words, { scope: "col" }))));
  root.querySelector("tfoot").replaceChildren(line(foot.map((words, i) => cell(i ? "td" : "th", words, i ? {} : { scope: "row" }))));
  const most = [0, 1].map((i) => Math.max(...rows.map((row) => row.shares[i])));
  root.querySelector("tbody").replaceChildren(...rows.map((row) => layer(row, most)));
}

/** Name and kind; then the cells, of which the second and third have bars. */
function layer({ name, kind, cells, shares }, most) {
  const first = cell("th", "", { scope: "row" });
  const button = element("button", { type: "button", textContent: name, tabIndex: -1 });
  first.append(button, " ", element("i", { textContent: kind }));
  const others = cells.map((words, i) => {
    const node = cell("td", words);
    if (words === "0") node.classList.add("lt-none");
    if (i === 1 || i === 2) node.append(bar(shares[i - 1], most[i - 1], i === 1 ? "lt-weights" : "lt-work"));
    return node;
  });
  const row = line([first, ...others]);
  row.dataset.name = name;
  return row;
}

/** As long as the layer's part of the largest layer's; nothing to read out, the number stands beside it. */
function bar(part, most, kind) {
  const inner = element("b", { className: kind });
  inner.style.width = part && most ? `${Math.max((part / most) * 100, 1.5)}%` : "0";
  return element("span", { className: "lt-bar" }, [inner]);
}

function choose(root, name, isToReveal = false) {
  const rows = [...root.querySelectorAll("tbody tr")];
  const chosen = rows.find((row) => row.dataset.name === name);
  for (const row of rows) {
    const isChosen = row === chosen;
    row.classList.toggle("lt-on", isChosen);
    row.querySelector("button").setAttribute("aria-pressed", String(isChosen));
    row.querySelector("button").tabIndex = row === (chosen ?? rows[0]) ? 0 : -1;
  }
  if (chosen && isToReveal) reveal(root, chosen);
}

/** Scroll the table's own box, never the page; head and foot stand before it. */
function reveal(root, row) {
  const scroll = root.querySelector(".lt-scroll");
  const [own, outer] = [row.getBoundingClientRect(), scroll.getBoundingClientRect()];
  if (own.top < outer.top + 40 || own.bottom > outer.bottom - 45) {
    scroll.scrollTop += own.top - outer.top - (outer.height - own.height) / 2;
  }
}

function walk(root, event) {
  const rows = [...root.querySelectorAll("tbody tr")];
  const at = rows.indexOf(event.target.closest("tr"));
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
  if (at < 0 || to === undefined || !rows[to]) return;
  event.preventDefault();
  rows[at].querySelector("button").tabIndex = -1;
  const button = rows[to].querySelector("button");
  button.tabIndex = 0;
  button.focus({ preventScroll: true });
  reveal(root, rows[to]);
}

function line(cells) {
  return element("tr", {}, cells);
}

function cell(name, textContent, attributes = {}) {
  return element(name, { textContent, attributes });
}
