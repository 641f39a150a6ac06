// Pipeline: the steps of the column as the text that link, command and configuration hold. Python reads and checks it.

/** @typedef {{ name: string, isOn: boolean, values: number[] }} Step */

/**
 * "random-crop=4,flip=0.5": the steps that are on, in their order; "none" without any.
 * @param {Step[]} steps
 * @returns {string}
 */
export function textOf(steps) {
  const on = steps.filter((step) => step.isOn);
  return on.map(({ name, values }) => `${name}=${values.map((value) => Number(value.toFixed(4))).join(":")}`).join(",") || "none";
}

/**
 * The steps with one that is on moved before (-1) or behind (1) its next one that is on.
 * @param {Step[]} steps
 * @param {string} name
 * @param {number} sign
 * @returns {Step[]}
 */
export function moved(steps, name, sign) {
  const from = steps.findIndex((step) => step.name === name);
  let to = from + sign;
  while (steps[to] && !steps[to].isOn) to += sign;
  if (!steps[to]) return steps;
  const others = steps.filter((_, i) => i !== from);
  others.splice(to, 0, steps[from]);
  return others;
}

/**
 * The rows put in order, those that are on before the last of `list`, the others into `off`, none made anew.
 * @param {any} list
 * @param {any} off
 * @param {Step[]} steps
 */
export function inOrder(list, off, steps) {
  const last = list.lastElementChild;
  const rows = steps.map(({ name, isOn }) => ({ isOn, row: [list, off].map((each) => each.querySelector(`[data-name="${name}"]`)).find(Boolean) }));
  for (const { isOn, row } of rows) {
    if (isOn) list.insertBefore(row, last);
    else off.append(row);
  }
}
