// Stage events: fingers, mice and keys. Turns events into what a Stage can do; draws nothing.

/** @import { Stage } from "./stage.js" */

/**
 * Pointer on the board: hovering shows, a press pins.
 * @param {Stage} stage
 */
export function listenToBoard(stage) {
  const board = stage.find(".board");
  const place = (event) => {
    const box = board.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  board.addEventListener("pointermove", (event) => event.pointerType === "mouse" && stage.pointAt("hover", place(event)));
  board.addEventListener("pointerleave", () => stage.pointAt("hover", null));
  board.addEventListener("click", (event) => stage.pointAt("press", place(event)));
  for (const cursor of board.querySelectorAll(".cursor")) cursor.addEventListener("blur", () => stage.release());
}

/**
 * Keys anywhere on the stage, but for those that belong to the control that has the focus.
 * @param {Stage} stage
 */
export function listenToKeys(stage) {
  stage.host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || stage.isQuiet || belongsTo(event.target, event.key)) return;
    if (walks(stage, event.target, event.key) || movesTime(stage, event.key)) event.preventDefault();
  });
}

function belongsTo(target, key) {
  const presses = key === " " || key === "Enter";
  if (key === " " && target.matches("input[type=range]")) return false; // would scroll the page
  return target.matches("input, select, textarea") || (presses && target.matches("button, summary"));
}

function movesTime(stage, key) {
  const { position, last, steps } = stage.clock;
  const moves = {
    ArrowLeft: position - 1,
    ArrowRight: position + 1,
    ArrowUp: position - steps[1],
    ArrowDown: position + steps[1],
    Home: 0,
    End: last,
  };
  if (key === " ") stage.toggle();
  else if (key === "Escape") stage.step(position);
  else if (key in moves) {
    if (moves[key] >= 0 && moves[key] <= last) stage.step(moves[key]);
  } else return false;
  return true;
}

/** On the cells of one grid: arrows walk, Enter pins. */
function walks(stage, target, key) {
  const panel = stage.planNow().panels.find(({ name }) => name === target.dataset?.grid);
  return Boolean(panel) && stage.walk(panel, key);
}
