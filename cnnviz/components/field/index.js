// Point at a value of the layer, and see which pixels of the picture it depends on. Nothing goes to the server.
import { themedRoot } from "../shared/theme.js";
import { filled } from "../shared/words.js";
import { reach, margin } from "./reach.js";

const SVG = "http://www.w3.org/2000/svg";
const MAP_SIDE = 172; // CSS pixels
const PICTURE_SIDE = 310;

export default function ({ data: [data], parentElement }) {
  const root = themedRoot(parentElement);
  const size = data.out.join("x");
  if (root.size !== size || data.measured) root.position = data.out.map((side) => Math.floor(side / 2));
  Object.assign(root, { size, data });
  root.querySelector(".fd-map-says").textContent = data.strings.map;
  paintMap(root);
  paintPicture(root);
  move(root, root.position);
  listen(root);
}

function paintMap(root) {
  const [height, width] = root.data.out;
  const svg = root.querySelector(".fd-map");
  const cell = MAP_SIDE / Math.max(height, width);
  setAll(svg, { width: width * cell, height: height * cell, viewBox: `0 0 ${width} ${height}`, tabindex: 0 });
  setAll(svg, { role: "application", "aria-label": root.data.strings.map });
  const lines = [];
  if (Math.max(height, width) <= 40) {
    for (let x = 1; x < width; x++) lines.push(`M${x} 0V${height}`);
    for (let y = 1; y < height; y++) lines.push(`M0 ${y}H${width}`);
  }
  svg.replaceChildren(
    element("rect", { class: "fd-sheet", width, height }),
    element("path", { class: "fd-grid", d: lines.join("") }),
    element("rect", { class: "fd-cell", width: 1, height: 1 }),
  );
}

function paintPicture(root) {
  const { data } = root;
  const [height, width] = data.picture;
  const around = Math.max(margin(data.axes[0], data.out[0], height), margin(data.axes[1], data.out[1], width));
  const whole = Math.max(height, width) + 2 * around;
  const shown = Math.min(PICTURE_SIDE, root.clientWidth || PICTURE_SIDE);
  const svg = root.querySelector(".fd-picture");
  setAll(svg, { width: shown, height: shown, viewBox: `${-around} ${-around} ${whole} ${whole}` });
  svg.style.setProperty("--thin", `${(2.5 * whole) / shown}px`);
  const picture = { x: 0, y: 0, width, height, preserveAspectRatio: "none" };
  svg.replaceChildren(
    element("rect", { class: "fd-outside", x: -around, y: -around, width: whole, height: whole }),
    element("image", { ...picture, href: data.source }),
    element("image", { ...picture, href: data.measured?.source ?? "", class: "fd-heat" }),
    element("rect", { class: "fd-box fd-halo" }),
    element("rect", { class: "fd-box" }),
  );
}

function move(root, [row, column]) {
  const { data } = root;
  const [rows, columns] = data.out;
  root.position = [Math.max(0, Math.min(rows - 1, row)), Math.max(0, Math.min(columns - 1, column))];
  const [y, x] = root.position;
  setAll(root.querySelector(".fd-cell"), { x, y });
  const [down, along] = [reach(data.axes[0], y, data.picture[0]), reach(data.axes[1], x, data.picture[1])];
  const [high, wide] = data.axes.map((axis) => axis.field);
  for (const box of root.querySelectorAll(".fd-box")) {
    setAll(box, { x: along.first, y: down.first, width: wide, height: high });
  }
  const middle = y === Math.floor(rows / 2) && x === Math.floor(columns / 2);
  const heat = root.querySelector(".fd-heat");
  heat.style.display = data.measured && middle ? "" : "none";
  root.querySelector(".fd-picture-says").textContent = data.measured ? data.measured.says : data.strings.picture;
  const values = { row: y + 1, column: x + 1, field: `${high} × ${wide}`, seen: `${down.inside} × ${along.inside}` };
  root.querySelector(".fd-say").textContent = filled(
    down.inside * along.inside < high * wide ? data.strings.cut : data.strings.says,
    values,
  );
  root.querySelector(".fd-picture").setAttribute("aria-label", root.querySelector(".fd-say").textContent);
}

function listen(root) {
  const svg = root.querySelector(".fd-map");
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    const [height, width] = root.data.out;
    const at = (place, side, count) => Math.floor((place / side) * count);
    move(root, [at(event.clientY - box.top, box.height, height), at(event.clientX - box.left, box.width, width)]);
  };
  svg.onpointermove = follow;
  svg.onpointerdown = follow;
  svg.onkeydown = (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    move(root, [root.position[0] + step[0], root.position[1] + step[1]]);
  };
}

function element(name, attributes) {
  return setAll(document.createElementNS(SVG, name), attributes);
}

function setAll(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}
