// Confusion matrix as a table of buttons: rows are true classes, columns predicted ones. Hover, arrow keys, Enter.
// Knows nothing of networks: counts and names in, the picked [true, predicted] out. With counts of `before` as well, it
// shows what has changed: blue where it is better now, vermilion where it is worse.
import { element } from "../elements.js";
import { themedRoot, role, rgb } from "../theme.js";
import { aside, filled, isChinese, withColon } from "../words.js";
import { share, shareText, tint, mix, readable } from "./shades.js";
/** @import { Mount } from "../theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  const state = (root.confusion ??= { row: 0, column: 0, shape: "", hovered: null });
  state.data = data;
  state.picked = data.picked;
  state.pick = (cell) => {
    state.picked = cell;
    setStateValue("picked", cell);
    markPicked(root, state);
    say(root, state);
  };
  const shape = JSON.stringify([data.classes, data.interactive, data.strings, Boolean(data.before)]);
  if (shape !== state.shape) build(root, state);
  state.shape = shape;
  paint(root, state);
  markPicked(root, state);
  say(root, state);
}

function build(root, state) {
  const { classes, interactive, strings } = state.data;
  const long = classes.some((name) => name.length > 2);
  const frame = root.querySelector(".cm-frame");
  frame.classList.toggle("cm-long", long);
  frame.style.setProperty("--classes", classes.length);
  const table = root.querySelector(".cm-table");
  const head = element("tr", {}, [element("td", { className: "cm-corner" })]);
  classes.forEach((name) => head.append(header(name, "col")));
  const rows = classes.map((name, i) => {
    const row = element("tr", {}, [header(name, "row")]);
    classes.forEach((_, j) => row.append(cellOf(root, state, i, j, interactive)));
    return row;
  });
  table.replaceChildren(element("thead", {}, [head]), element("tbody", {}, rows));
  state.row = Math.min(state.row, classes.length - 1);
  state.column = Math.min(state.column, classes.length - 1);
  button(root, state.row, state.column).tabIndex = 0;
  table.onkeydown = (event) => move(root, state, event);
  table.onmouseleave = () => highlight(root, state, null);
  table.onfocusout = () => highlight(root, state, null);
  table.setAttribute("aria-label", strings.label);
  legend(root, strings, Boolean(state.data.before));
}

function header(name, scope) {
  const cell = element("th", { scope, title: name });
  cell.append(element("span", { className: standing(name), textContent: name.replace("/", "/\u200b") }));
  return cell;
}

/** Chinese and Japanese stand upright in a vertical line; other scripts are turned to read upwards. */
function standing(text) {
  return /[\u2e80-\u9fff]/.test(text) ? "cm-upright" : "cm-turned";
}

function cellOf(root, state, i, j, interactive) {
  const inner = element(interactive ? "button" : "div", { className: "cm-cell", tabIndex: -1 });
  if (interactive) {
    inner.type = "button";
    inner.onclick = () => state.pick(isPicked(state, i, j) ? null : [i, j]);
  } else {
    inner.setAttribute("role", "img");
  }
  inner.dataset.row = i;
  inner.dataset.column = j;
  inner.onmouseenter = () => highlight(root, state, [i, j]);
  inner.onfocus = () => {
    button(root, state.row, state.column).tabIndex = -1;
    [state.row, state.column] = [i, j];
    inner.tabIndex = 0;
    highlight(root, state, [i, j]);
  };
  return element("td", {}, [inner]);
}

/** Numbers, colours and words of every cell; the elements stay, so that focus survives a live update. */
function paint(root, state) {
  const { counts, before, strings, share: asShare } = state.data;
  root.querySelector(".cm-predicted").textContent = strings.predicted;
  const side = root.querySelector(".cm-true span");
  side.textContent = strings.true;
  side.className = standing(strings.true);
  const background = rgb(role(root, "background"));
  const dark = rgb(role(root, "text"));
  const colors = { right: rgb(role(root, "right")), wrong: rgb(role(root, "wrong")) };
  counts.forEach((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, j) => {
      const cell = button(root, i, j);
      const { kind, part, text } = before ? changed(count, before[i][j], total, i === j) : counted(count, total, i === j, asShare);
      const fill = mix(background, colors[kind], tint(part, !before && i === j));
      cell.textContent = text;
      cell.style.backgroundColor = `rgb(${fill.join(" ")})`;
      cell.style.color = `rgb(${readable(fill, dark, background).join(" ")})`;
      cell.setAttribute("aria-label", sentence(state, i, j));
    });
  });
  root.querySelectorAll(".cm-legend [data-share]").forEach((swatch) => {
    const right = swatch.dataset.kind === "right";
    const fill = mix(background, colors[swatch.dataset.kind], tint(Number(swatch.dataset.share), right && !before));
    swatch.style.backgroundColor = `rgb(${fill.join(" ")})`;
  });
}

/** How a cell looks that shows what it counts. */
function counted(count, total, right, asShare) {
  const part = share(count, total);
  return { kind: right ? "right" : "wrong", part, text: count === 0 ? "" : asShare ? shareText(part) : String(count) };
}

/** How a cell looks that shows what has changed: more on the diagonal is better, off it less. */
function changed(count, before, total, right) {
  const more = count - before;
  const text = more === 0 ? "" : more > 0 ? `+${more}` : `\u2212${-more}`;
  const isBetter = more !== 0 && more > 0 === right;
  return { kind: isBetter ? "right" : "wrong", part: share(Math.abs(more), total), text };
}

function legend(root, strings, changes) {
  const item = (kind, shares, text) => {
    const swatches = shares.map((value) => {
      const swatch = element("i", { textContent: kind === "wrong" ? `${Number((value * 100).toFixed(1))}%` : "" });
      const color = element("b");
      color.dataset.share = value;
      color.dataset.kind = kind;
      swatch.prepend(color);
      return swatch;
    });
    return element("li", {}, [element("span", { textContent: text }), ...swatches]);
  };
  const shares = [0.001, 0.01, 0.05, 0.2];
  const right = changes ? item("right", [0.05], strings.right) : item("right", [1], strings.right);
  root.querySelector(".cm-legend").replaceChildren(right, item("wrong", shares, strings.wrong));
}

/** "4 taken for 9: 7 of 982", in the visitor's language. */
function sentence(state, i, j) {
  const { counts, before, classes, strings } = state.data;
  const total = counts[i].reduce((sum, count) => sum + count, 0);
  const count = counts[i][j];
  const values = { true: classes[i], predicted: classes[j], count, total };
  if (before) return changeSentence(values, before[i][j], strings, i === j);
  const text = filled(i === j ? strings.recognised : strings.taken, values);
  return count > 0 ? text + aside(`${shareText(share(count, total))}%`, isChinese(strings.taken)) : text;
}

/** "4 taken for 9: 12 fewer (12 instead of 24, of 982)". */
function changeSentence(values, before, strings, right) {
  const more = values.count - before;
  const what = right ? strings.recognised : strings.taken;
  const change = more === 0 ? strings.same : more > 0 ? strings.more : strings.fewer;
  const said = filled(change, { ...values, before, difference: Math.abs(more) });
  return withColon(filled(what, values), said, isChinese(what));
}

function highlight(root, state, cell) {
  state.hovered = cell;
  const [row, column] = cell ?? [-1, -1];
  const headers = { row: root.querySelectorAll("th[scope=row]"), col: root.querySelectorAll("th[scope=col]") };
  headers.row.forEach((head, i) => head.classList.toggle("cm-on", i === row));
  headers.col.forEach((head, j) => head.classList.toggle("cm-on", j === column));
  root.querySelectorAll(".cm-cell").forEach((inner) => {
    const near = Number(inner.dataset.row) === row || Number(inner.dataset.column) === column;
    inner.parentElement.classList.toggle("cm-near", near);
  });
  say(root, state);
}

function say(root, state) {
  const spoken = state.hovered ?? state.picked;
  const line = root.querySelector(".cm-say");
  const text = spoken ? sentence(state, spoken[0], spoken[1]) : state.data.strings.hint;
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("cm-idle", !spoken);
}

function markPicked(root, state) {
  root.querySelectorAll("button.cm-cell").forEach((inner) => {
    const on = isPicked(state, Number(inner.dataset.row), Number(inner.dataset.column));
    inner.setAttribute("aria-pressed", String(on));
  });
}

function isPicked(state, i, j) {
  return Boolean(state.picked) && state.picked[0] === i && state.picked[1] === j;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function move(root, state, event) {
  const last = state.data.classes.length - 1;
  let target = null;
  if (STEPS[event.key]) target = [state.row + STEPS[event.key][0], state.column + STEPS[event.key][1]];
  if (event.key === "Home") target = [state.row, 0];
  if (event.key === "End") target = [state.row, last];
  if (!target) return;
  event.preventDefault();
  button(root, Math.max(0, Math.min(last, target[0])), Math.max(0, Math.min(last, target[1]))).focus();
}

function button(root, i, j) {
  return root.querySelector(`.cm-cell[data-row="${i}"][data-column="${j}"]`);
}
