// Row of the table: its kind, its options in columns of their own, what leaves it, and its buttons.
//
// A row's elements live as long as the row, wherever it moves: `place` tells them their number.
import { element } from "../../../shared/component/elements.js";
import { filled, isChinese, withColon } from "../../../shared/component/words.js";
import { asKind, fresh, inserted, leftOut, likely, removed, shown, stepped } from "./editing.js";
import { iconButton, textField } from "./elements.js";
/** @import { Row } from "./editing.js" */

/**
 * The elements of `row`, made once.
 * @param {HTMLElement} root the table's
 * @param {Row} row
 * @returns {HTMLElement}
 */
export function rowElement(root, row) {
  let line = root.lines.get(row);
  if (line) return line;
  const kind = root.kinds.get(row.kind);
  const settings = options(root, row);
  line = element("li", { className: `bp-row bp-of-${kind.family}` }, [
    element("div", { className: "bp-what" }, [span("bp-number"), span("bp-name"), kindBox(root, row)]),
    settings,
    element("div", { className: "bp-result" }, [span("bp-out"), span("bp-weights")]),
    buttons(root, row),
    element("div", { className: "bp-trouble", hidden: true }),
  ]);
  line.classList.toggle("bp-plain", !settings.children.length);
  line.onkeydown = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    root.move(row, step, event.target.dataset.part);
  };
  root.lines.set(row, line);
  return line;
}

function span(className) {
  return element("span", { className });
}

/**
 * What depends on where the row stands: its number, in every label, and which way it can go.
 * @param {HTMLElement} root the table's
 * @param {HTMLElement} line of the row
 * @param {number} at from 0
 */
export function place(root, line, at) {
  const { strings, limits } = root.data;
  const { rows } = root.network;
  if (line.dataset.row !== String(at)) {
    line.dataset.row = `${at}`;
    line.querySelector(".bp-number").textContent = at + 1;
    for (const part of line.querySelectorAll("[data-says]")) {
      const words = filled(strings[part.dataset.says], { row: at + 1, option: part.dataset.option ?? "" });
      part.setAttribute("aria-label", words);
      if (part.type === "button") part.title = part.dataset.list ? withColon(words, part.dataset.list) : words;
    }
  }
  line.querySelector(".bp-up").disabled = at === 0;
  line.querySelector(".bp-down").disabled = at === rows.length - 1;
  line.querySelector(".bp-insert").disabled = rows.length >= limits.rows;
}

function kindBox(root, row) {
  const box = root.kindBox.cloneNode(true);
  box.value = row.kind;
  box.title = root.kinds.get(row.kind).says;
  Object.assign(box.dataset, { part: "kind", says: "row" });
  box.onchange = () => {
    const at = root.network.rows.indexOf(row);
    const rows = [...root.network.rows];
    rows[at] = asKind(row, root.kinds.get(box.value));
    root.change(rows, at, "kind");
  };
  return box;
}

/**
 * The select box of all kinds, to be copied: 200 rows have 3,600 entries.
 * @param {HTMLElement} root the table's
 * @returns {HTMLElement}
 */
export function allKinds(root) {
  const { strings } = root.data;
  const kinds = [...root.kinds.values()];
  const group = (label, some) => element("optgroup", { label }, some.map((each) => new Option(each.title, each.name)));
  return element("select", { className: "bp-kind" }, [
    group(strings.layers, kinds.filter((each) => !each.is_block)),
    group(strings.blocks, kinds.filter((each) => each.is_block)),
  ]);
}

function options(root, row) {
  const kind = root.kinds.get(row.kind);
  const fields = root.open.has(row) ? kind.fields : shown(kind, row);
  return element("div", { className: "bp-options" }, fields.map((field) => option(root, row, field)));
}

function option(root, row, field) {
  const set = (given) => {
    if (given === "") delete row[field.name];
    else row[field.name] = given;
    root.send();
  };
  const control = (CONTROLS[field.form] ?? textBox)(root, row, field, set);
  Object.assign(control.dataset, { part: field.name, says: "option", option: field.label });
  control.setAttribute("aria-describedby", "bp-hint");
  const words = element("span", { textContent: field.label });
  const label = element("label", { className: `bp-option bp-form-${field.form}`, title: field.says }, [words, control]);
  if (field.slot) label.style.gridColumn = field.slot;
  return label;
}

const CONTROLS = {
  choice(root, row, field, set) {
    const box = element("select", {}, field.choices.map((each) => new Option(each, each)));
    box.value = row[field.name] ?? field.default;
    box.onchange = () => {
      set(box.value);
      root.flush();
    };
    return box;
  },
  flag(root, row, field, set) {
    const box = element("input", { type: "checkbox", checked: row[field.name] ?? field.default });
    box.onchange = () => {
      set(box.checked);
      root.flush();
    };
    return box;
  },
};

function textBox(root, row, field, set) {
  const box = textField({ value: row[field.name] ?? "", maxLength: field.form === "text" ? 80 : 24 }, (text) => {
    set(text);
    for (const other of box.closest(".bp-row").querySelectorAll("input")) other.fill?.(); // stride follows kernel_size
  }, root.flush);
  if (field.form === "whole") box.inputMode = "numeric";
  box.fill = () => (box.placeholder = leftOut(field, row, root.network, root.found.get(row)?.name));
  box.fill();
  box.onkeydown = (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || event.altKey || field.form === "text") return;
    event.preventDefault();
    box.value = stepped(box.value || box.placeholder, field, step);
    box.oninput();
  };
  return box;
}

function buttons(root, row) {
  const { kinds, open } = root;
  const seldom = kinds.get(row.kind).fields.filter((field) => field.seldom).map((field) => field.label);
  const more = iconButton("more", () => {
    if (!open.delete(row)) open.add(row);
    root.lines.delete(row);
    root.repaint(row, "more");
  });
  more.dataset.list = seldom.join(isChinese(root.data.strings.more) ? "、" : ", ");
  more.setAttribute("aria-expanded", open.has(row));
  return element("div", { className: "bp-buttons" }, [
    more,
    iconButton("up", () => root.move(row, -1, "up")),
    iconButton("down", () => root.move(row, 1, "down")),
    iconButton("insert", () => root.insert(root.network.rows.indexOf(row) + 1)),
    iconButton("remove", () => {
      const at = root.network.rows.indexOf(row);
      const rows = removed(root.network.rows, at);
      root.change(rows, Math.min(at, rows.length - 1), "remove");
    }),
  ]);
}

/**
 * A new row before the row `at`.
 * @param {HTMLElement} root the table's
 * @param {number} at from 0
 */
export function insertRow(root, at) {
  const { rows } = root.network;
  root.change(inserted(rows, at, fresh(root.kinds.get(likely(rows, at)))), at, "kind");
}
