// Run table: heads that sort, rows that can be chosen and opened, and the pages below.

import { element } from "../../../shared/component/elements.js";
import { filled } from "../../../shared/component/words.js";
import { sample } from "../../../shared/component/lines.js";

const COLUMNS = ["number", "name", "network", "data", "status", "epochs", "accuracy", "seconds", "who", "when"];
const DOWN_FIRST = new Set(["number", "accuracy", "epochs", "when"]); // what one wants to see most of

/**
 * The heads, once for a language. "when" goes by number: runs are numbered as they come.
 * @param {HTMLElement} root
 * @param {object} state the list's
 */
export function buildHead(root, state) {
  const { words } = state.data;
  const all = element("input", { type: "checkbox", className: "lg-all", attributes: { "aria-label": words.all } });
  all.onchange = () => chooseAll(state, all.checked);
  const heads = COLUMNS.map((name) => {
    const button = element("button", { type: "button", textContent: words.columns[name] });
    button.onclick = () => state.send({ query: { ...state.query, page: 0, sort: nextSort(name, state.query.sort) } });
    return element("th", { scope: "col", className: `lg-${name}`, attributes: { "data-column": name } }, [button]);
  });
  const row = element("tr", {}, [element("th", { scope: "col", className: "lg-tick" }, [all]), ...heads]);
  const caption = element("caption", { textContent: words.caption });
  root.querySelector(".lg-table").replaceChildren(caption, element("thead", {}, [row]), element("tbody"));
}

/**
 * A click on a head: sort by it, and the other way round at the next click.
 * @param {string} column
 * @param {string} sort a column's name, "-" before it for downwards
 * @returns {string} the same
 */
export function nextSort(column, sort) {
  const name = column === "when" ? "number" : column;
  if (sort.replace(/^-/, "") === name) return sort.startsWith("-") ? name : `-${name}`;
  return DOWN_FIRST.has(column) ? `-${name}` : name;
}

function chooseAll(state, checked) {
  const here = state.data.rows.map((row) => row.id);
  const others = state.chosen.filter((id) => !here.includes(id));
  state.send({ chosen: checked ? [...others, ...here].slice(0, state.data.most) : others });
}

/**
 * Which column sorts, and whether all of the page is chosen.
 * @param {HTMLElement} root
 * @param {object} state the list's
 */
export function showHead(root, state) {
  const sort = state.query.sort;
  for (const head of root.querySelectorAll("th[data-column]")) {
    const is = head.dataset.column === sort.replace(/^-/, "");
    if (is) head.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  const here = state.data.rows.map((row) => row.id);
  const chosen = here.filter((id) => state.chosen.includes(id)).length;
  const all = root.querySelector(".lg-all");
  all.checked = chosen > 0 && chosen === here.length;
  all.indeterminate = chosen > 0 && chosen < here.length;
}

/**
 * The rows; each stays the same element while its run is on the page, so that focus is kept.
 * @param {HTMLElement} root
 * @param {object} state the list's
 */
export function showRows(root, state) {
  const body = root.querySelector("tbody");
  const there = new Map([...body.querySelectorAll("tr[data-run]")].map((row) => [Number(row.dataset.run), row]));
  const rows = state.data.rows.map((run) => {
    const row = there.get(run.id) ?? emptyRow(root, state, run.id);
    fill(row, run, state);
    return row;
  });
  if (!rows.length) rows.push(element("tr", {}, [element("td", { colSpan: COLUMNS.length + 1, className: "lg-none", textContent: state.data.none })]));
  const now = [...body.children];
  if (rows.length !== now.length || rows.some((row, i) => row !== now[i])) body.replaceChildren(...rows);
}

function emptyRow(root, state, id) {
  const tick = element("input", { type: "checkbox" });
  tick.onchange = () => {
    const others = state.chosen.filter((each) => each !== id);
    state.send({ chosen: tick.checked ? [...others, id].slice(-state.data.most) : others });
    showHead(root, state);
    showRows(root, state);
  };
  const name = element("button", { type: "button", className: "lg-open" });
  name.onclick = () => state.open(id);
  const cells = COLUMNS.map((column) => element("td", { className: `lg-${column}` }));
  cells[1].append(name, element("span", { className: "lg-tags" }));
  const row = element("tr", { attributes: { "data-run": id } }, [element("td", { className: "lg-tick" }, [tick, element("i")]), ...cells]);
  row.onclick = (event) => {
    if (!event.target.closest("button, input, a")) tick.click();
  };
  return row;
}

function fill(row, run, state) {
  const { words } = state.data;
  const shown = JSON.stringify([run, state.chosen.includes(run.id), words.choose]);
  if (row.shown === shown) return;
  row.shown = shown;
  const chosen = state.chosen.includes(run.id);
  row.classList.toggle("lg-chosen", chosen);
  const tick = row.querySelector("input");
  tick.checked = chosen;
  tick.setAttribute("aria-label", filled(words.choose, { run: run.id, name: run.name }));
  row.querySelector(".lg-tick i").replaceChildren(...(chosen && run.line !== null ? [sample(run.line)] : []));
  const open = row.querySelector(".lg-open");
  open.textContent = run.called;
  open.classList.toggle("lg-named", run.named); // by somebody, not by its settings
  open.title = run.notes || filled(words.open, { run: run.id });
  row.querySelector(".lg-tags").replaceChildren(
    ...run.tags.map((tag) => element("span", { className: "lg-chip", textContent: tag })),
    ...(run.sweep ? [element("span", { className: "lg-chip lg-sweep", textContent: run.sweep })] : []),
    ...(run.notes ? [element("span", { className: "lg-note", textContent: "✎", title: run.notes })] : []),
  );
  const status = element("span", { className: `lg-state lg-${run.status}`, textContent: run.statusText });
  row.querySelector("td.lg-status").replaceChildren(status);
  const texts = { number: run.id, network: run.network, data: run.data, epochs: run.epochs, accuracy: run.accuracy, seconds: run.seconds, who: run.who, when: when(run.created, words.locale) };
  for (const [column, text] of Object.entries(texts)) row.querySelector(`td.lg-${column}`).textContent = text;
}

function when(seconds, locale) {
  const date = new Date(seconds * 1000);
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { month: "short", day: "numeric" };
  const far = Date.now() - date.getTime() > 300 * 864e5;
  return date.toLocaleString(locale, far ? { ...day, year: "numeric" } : { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}

/**
 * How many there are, and the way to the others.
 * @param {HTMLElement} root
 * @param {object} state the list's
 */
export function showFoot(root, state) {
  const { words, total, page, size } = state.data;
  const from = Math.min(total, page * size + 1);
  const count = filled(words.count, { from, to: Math.min(total, (page + 1) * size), total });
  const parts = [element("span", { textContent: total > size ? count : filled(words.few, { total }) })];
  if (total > size) {
    const turn = (label, to, sign) => {
      const button = element("button", { type: "button", textContent: sign, disabled: to < 0 || to * size >= total, attributes: { "aria-label": label } });
      button.onclick = () => state.send({ query: { ...state.query, page: to } });
      return button;
    };
    parts.push(element("span", { className: "lg-pages" }, [turn(words.before, page - 1, "‹"), turn(words.after, page + 1, "›")]));
  }
  if (state.chosen.length) {
    parts.push(element("span", { className: "lg-count", textContent: filled(words.chosen, { count: state.chosen.length }) }));
    const none = element("button", { type: "button", className: "lg-clear", textContent: words.clear });
    none.onclick = () => state.send({ chosen: [] });
    parts.push(none);
  }
  const foot = root.querySelector(".lg-foot");
  const shown = JSON.stringify([words.clear, total, page, state.chosen.length]);
  if (foot.shown !== shown) foot.replaceChildren(...parts);
  foot.shown = shown;
}
