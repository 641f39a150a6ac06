// Receptive field: point at a value of the layer, and see which pixels of the picture it depends on. Nothing goes to the server.
import { svgNode } from "../../../shared/component/svg.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { behind, filled, sentencesOf } from "../../../shared/component/words.js";
import { reach, margin } from "./reach.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const MAP_SIDE = 172; // CSS pixels
const PICTURE_SIDE = 310;

/** @param {Mount} mount */
export default function ({ data: [data], parentElement }) {
  const root = themedRoot(parentElement);
  const size = data.out?.join("x") ?? "";
  if (data.out && (root.size !== size || data.measured)) root.position = data.out.map((side) => Math.floor(side / 2));
  Object.assign(root, { size, data });
  root.querySelector(".fd-own").hidden = !data.out;
  root.querySelector(".fd-say").hidden = !data.out;
  root.querySelector(".fd-credit").textContent = behind(data.credit);
  paintPicture(root);
  if (!data.out) {
    flattened(root);
    return;
  }
  root.querySelector(".fd-map-says").textContent = sentencesOf([data.strings.map, data.legend]);
  paintMap(root);
  move(root, root.position);
  listen(root);
}

function paintMap(root) {
  const [height, width] = root.data.out;
  const svg = root.querySelector(".fd-map");
  const cell = MAP_SIDE / Math.max(height, width);
  setAll(svg, { width: width * cell, height: height * cell, viewBox: `0 0 ${width} ${height}`, tabindex: 0 });
  setAll(svg, { role: "application", "aria-label": root.data.strings.map });
  svg.style.setProperty("--thin", `${2 / cell}px`);
  const whole = { width, height, preserveAspectRatio: "none" };
  svg.replaceChildren(
    svgNode("image", { ...whole, href: root.data.map }),
    svgNode("rect", { class: "fd-edge", width, height }),
    svgNode("rect", { class: "fd-box fd-halo fd-cell", width: 1, height: 1 }),
    svgNode("rect", { class: "fd-box fd-cell", width: 1, height: 1 }),
  );
}

function paintPicture(root) {
  const { data } = root;
  const [height, width] = data.picture;
  const beyond = data.axes.map((axis, i) => margin(axis, data.out[i], data.picture[i]));
  const around = Math.max(0, ...beyond);
  const whole = Math.max(height, width) + 2 * around;
  const shown = Math.min(PICTURE_SIDE, root.clientWidth || PICTURE_SIDE);
  const svg = root.querySelector(".fd-picture");
  setAll(svg, { width: shown, height: shown, viewBox: `${-around} ${-around} ${whole} ${whole}` });
  svg.style.setProperty("--thin", `${(2.5 * whole) / shown}px`);
  const picture = { x: 0, y: 0, width, height, preserveAspectRatio: "none" };
  svg.replaceChildren(
    svgNode("rect", { class: "fd-outside", x: -around, y: -around, width: whole, height: whole }),
    svgNode("image", { ...picture, href: data.source, class: data.isPhoto ? "fd-source fd-photo" : "fd-source" }),
    svgNode("image", { ...picture, href: data.measured?.source ?? "", class: "fd-heat" }),
    ...(data.out ? [svgNode("rect", { class: "fd-box fd-halo fd-reach" }), svgNode("rect", { class: "fd-box fd-reach" })] : []),
  );
}

/** No position is left in the layer: nothing to point at, the whole picture counts. */
function flattened(root) {
  root.querySelector(".fd-source").classList.add("fd-grey");
  root.querySelector(".fd-picture-says").textContent = root.data.measured.says;
  root.querySelector(".fd-picture").setAttribute("aria-label", root.data.measured.says);
}

function move(root, [row, column]) {
  const { data } = root;
  const [rows, columns] = data.out;
  root.position = [Math.max(0, Math.min(rows - 1, row)), Math.max(0, Math.min(columns - 1, column))];
  const [y, x] = root.position;
  for (const cell of root.querySelectorAll(".fd-cell")) setAll(cell, { x, y });
  const [down, along] = [reach(data.axes[0], y, data.picture[0]), reach(data.axes[1], x, data.picture[1])];
  const [high, wide] = data.axes.map((axis) => axis.field);
  for (const box of root.querySelectorAll(".fd-reach")) {
    setAll(box, { x: along.first, y: down.first, width: wide, height: high });
  }
  const middle = y === Math.floor(rows / 2) && x === Math.floor(columns / 2);
  const heat = root.querySelector(".fd-heat");
  heat.style.display = data.measured && middle ? "" : "none";
  root.querySelector(".fd-source").classList.toggle("fd-grey", Boolean(data.measured && middle));
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

function setAll(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
}
