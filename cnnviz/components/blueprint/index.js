// One's own network as a table that is typed into. The server checks the rows and sends shapes, problems and mends.
import { themedRoot } from "../shared/theme.js";
import { filled } from "../shared/words.js";
import { fresh, asKind, inserted, removed, moved, shown } from "./editing.js";

const PAUSE = 180; // ms after the last letter, before the server hears of it

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  root.data = data;
  root.kinds = new Map(data.kinds.map((kind) => [kind.name, kind]));
  root.tell = (said) => setStateValue("said", said);
  if (root.version !== data.version) {
    root.version = data.version;
    root.serial = data.serial;
    root.network = structuredClone(data.blueprint);
    clearTimeout(root.timer);
    paint(root);
  }
  if (data.serial === root.serial) paintFound(root);
}

function paint(root) {
  const { strings } = root.data;
  root.querySelector(".bp-scroll").setAttribute("aria-label", strings.label);
  paintHead(root);
  const head = document.createElement("tr");
  for (const words of ["", strings.layer, strings.options, strings.out, strings.weights, ""]) {
    head.append(made("th", { scope: "col", textContent: words }));
  }
  root.querySelector("thead").replaceChildren(head);
  root.querySelector("tbody").replaceChildren(...root.network.rows.flatMap((row, at) => rowElements(root, row, at)));
  const add = root.querySelector(".bp-add");
  add.textContent = `+ ${strings.add}`;
  add.onclick = () => change(root, inserted(root.network.rows, root.network.rows.length, fresh(likely(root))));
}

function paintHead(root) {
  const { strings, limits } = root.data;
  const { network } = root;
  const name = input({ value: network.name, maxLength: 60, className: "bp-name" }, (value) => {
    network.name = value;
    send(root);
  });
  const sides = [strings.channels, strings.height, strings.width].map((label, i) =>
    input({ value: network.input_size[i], type: "number", min: 1, max: i ? limits.side : limits.channels, label }, (value) => {
      network.input_size[i] = value;
      send(root);
    }),
  );
  const classes = input({ value: network.num_classes, type: "number", min: 0, max: limits.classes }, (value) => {
    network.num_classes = value;
    send(root);
  });
  root
    .querySelector(".bp-head")
    .replaceChildren(
      group(strings.name, [name]),
      group(strings.picture, [sides[0], "×", sides[1], "×", sides[2]]),
      group(strings.classes, [classes]),
    );
}

function rowElements(root, row, at) {
  const { strings } = root.data;
  const kind = root.kinds.get(row.kind);
  const line = made("tr", { className: "bp-row" });
  line.dataset.row = at;
  const choose = made("select", {});
  choose.setAttribute("aria-label", filled(strings.row, { row: at + 1 }));
  for (const each of root.kinds.values()) choose.append(new Option(each.title, each.name, false, each.name === row.kind));
  choose.onchange = () => {
    const rows = [...root.network.rows];
    rows[at] = asKind(row, root.kinds.get(choose.value));
    change(root, rows, at);
  };
  const options = made("div", { className: "bp-options" });
  options.append(...shown(kind, row).map((field) => option(root, row, field)));
  const hidden = kind.fields.filter((field) => !shown(kind, row).includes(field));
  if (hidden.length) {
    const more = made("button", { type: "button", className: "bp-more", textContent: "…", title: hidden.map((f) => f.name).join(", ") });
    more.setAttribute("aria-label", more.title);
    more.onclick = () => more.replaceWith(...hidden.map((field) => option(root, row, field)));
    options.append(more);
  }
  const buttons = made("div", { className: "bp-buttons" });
  const { rows } = root.network;
  buttons.append(
    button("↑", filled(strings.up, { row: at + 1 }), () => change(root, moved(rows, at, -1), at - 1), at === 0),
    button("↓", filled(strings.down, { row: at + 1 }), () => change(root, moved(rows, at, 1), at + 1), at === rows.length - 1),
    button("+", filled(strings.insert, { row: at + 1 }), () => change(root, inserted(rows, at + 1, fresh(likely(root))), at + 1)),
    button("✕", filled(strings.remove, { row: at + 1 }), () => change(root, removed(rows, at), Math.max(0, at - 1))),
  );
  line.append(
    cell("th", [String(at + 1)], "bp-number"),
    cell("td", [choose]),
    cell("td", [options]),
    cell("td", [], "bp-out"),
    cell("td", [], "bp-weights"),
    cell("td", [buttons]),
  );
  line.firstChild.setAttribute("scope", "row");
  const trouble = made("tr", { className: "bp-trouble", hidden: true });
  const words = cell("td", []);
  words.colSpan = 5;
  trouble.append(cell("td", []), words);
  return [line, trouble];
}

function option(root, row, field) {
  const value = row.options[field.name];
  const set = (given) => {
    if (given === "" || given === undefined) delete row.options[field.name];
    else row.options[field.name] = given;
    send(root);
  };
  const label = made("label", { className: `bp-option bp-${field.form}` });
  label.append(made("span", { textContent: field.label }));
  if (field.form === "choice") {
    const box = made("select", {});
    for (const each of field.choices) box.append(new Option(each, each, false, each === (value ?? field.default)));
    box.onchange = () => set(box.value);
    label.append(box);
  } else if (field.form === "flag") {
    const box = made("input", { type: "checkbox", checked: value ?? field.default });
    box.onchange = () => set(box.checked);
    label.append(box);
  } else {
    label.append(input({ value: value ?? "", placeholder: leftOut(root, row, field) }, set));
  }
  return label;
}

/** What an empty field stands for. */
function leftOut(root, row, field) {
  if (field.name === "out_features") return String(root.network.num_classes);
  if (field.name === "stride" && field.default === "") return String(row.options.kernel_size ?? 2);
  return String(field.default);
}

/** The rows as they are now go to the server once fingers rest; the table is made anew where rows were moved. */
function change(root, rows, focus = rows.length - 1) {
  root.network.rows = rows;
  paint(root);
  root.querySelector(`tr[data-row="${focus}"] select`)?.focus({ preventScroll: true });
  send(root, 0);
}

function send(root, pause = PAUSE) {
  clearTimeout(root.timer);
  root.serial = `${root.version}-${(root.count = (root.count ?? 0) + 1)}`;
  root.timer = setTimeout(() => root.tell({ serial: root.serial, blueprint: structuredClone(root.network) }), pause);
}

/** Shapes and weights beside their rows; under the first that cannot be: why, and what mends it. */
function paintFound(root) {
  const { found, mends } = root.data;
  const lines = [...root.querySelectorAll(".bp-row")];
  const wrong = found.findIndex((each) => each.problem);
  lines.forEach((line, at) => {
    const each = found[at] ?? {};
    line.querySelector(".bp-out").textContent = each.problem ? "✗" : (each.out ?? "");
    line.querySelector(".bp-weights").textContent = each.params ?? "";
    line.classList.toggle("bp-wrong", Boolean(each.problem));
    line.querySelector(".bp-number").title = each.name ?? "";
    const trouble = line.nextElementSibling;
    trouble.hidden = !each.problem;
    const words = trouble.lastChild;
    words.replaceChildren();
    if (!each.problem) return;
    words.setAttribute("role", "alert");
    words.append(made("p", { textContent: each.problem }));
    if (at !== wrong) return;
    for (const mend of mends) {
      const accept = () => change(root, structuredClone(mend.rows), at);
      words.append(made("button", { type: "button", className: "bp-mend", textContent: mend.says, onclick: accept }));
    }
  });
}

/** What a new row most likely is: a convolution while there are maps. */
function likely(root) {
  const flat = root.network.rows.some((row) => row.kind === "flatten" || row.kind === "linear");
  return root.kinds.get(flat ? "linear" : "conv");
}

function group(words, parts) {
  const label = made("div", { className: "bp-group" });
  const line = made("div", { className: "bp-line" });
  line.append(...parts);
  label.append(made("span", { textContent: words }), line);
  for (const box of line.querySelectorAll("input")) if (!box.ariaLabel) box.setAttribute("aria-label", words);
  return label;
}

function input({ label, ...properties }, told) {
  const box = made("input", { type: "text", spellcheck: false, ...properties });
  if (label) box.setAttribute("aria-label", label);
  box.oninput = () => told(box.value);
  return box;
}

function button(sign, words, onclick, disabled = false) {
  const made_ = made("button", { type: "button", textContent: sign, title: words, onclick, disabled });
  made_.setAttribute("aria-label", words);
  return made_;
}

function cell(name, parts, className = "") {
  const element = made(name, { className });
  element.append(...parts);
  return element;
}

function made(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
