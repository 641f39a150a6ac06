// The numbers beside and below the chart: every run's value where one points, and a table for whoever does not see it.

import { numberText } from "../../../shared/component/ticks.js";
import { element } from "../../../shared/component/elements.js";
import { sample } from "../../../shared/component/lines.js";
import { filled } from "../../../shared/component/words.js";
import { isShare, lineOf, METRICS, valueAt } from "./series.js";

/** A value as it is written beside the chart. */
export function valueText(value, metric) {
  if (value === null || value === undefined) return "–";
  return isShare(metric) ? numberText(value, "percent", 2) : numberText(value, "number", 4);
}

/** One button for each run: point at it to see its line alone, press it to hide the line. */
export function showLegend(root, state, lines, values) {
  const list = root.querySelector(".ov-legend");
  const there = new Map([...list.children].map((item) => [item.dataset.run, item]));
  const items = state.data.runs.map((run) => {
    const item = there.get(String(run.id)) ?? emptyItem(state, run.id);
    const index = lines.findIndex((each) => each.run.id === run.id);
    const key = `${run.line} ${run.label}`;
    if (item.shown !== key) {
      item.querySelector("i").replaceChildren(sample(run.line));
      item.querySelector("span").textContent = run.label;
    }
    item.shown = key;
    item.querySelector("button").setAttribute("aria-pressed", String(index >= 0));
    item.querySelector("b").textContent = index < 0 ? "" : valueText(values[index], state.view.metric);
    return item;
  });
  if (items.length !== list.children.length || items.some((item, i) => item !== list.children[i])) list.replaceChildren(...items);
}

function emptyItem(state, id) {
  const button = element("button", { type: "button" }, [element("i"), element("span"), element("b")]);
  button.onclick = () => state.toggle(id);
  button.onpointerenter = button.onfocus = () => state.stand(id);
  button.onpointerleave = button.onblur = () => state.stand(null);
  return element("li", { attributes: { "data-run": id } }, [button]);
}

/** "Epoch 3: #7 98.1%, #9 97.2%." */
export function sentenceOf(state, lines, values, x, titles) {
  const parts = lines.map(({ run }, i) => `#${run.id} ${valueText(values[i], state.view.metric)}`);
  const at = Number(x.toFixed(state.view.x === "epoch" ? 2 : 0)).toLocaleString("en");
  return filled(state.data.words.at, { axis: titles.x, x: at, metric: titles.y, values: parts });
}

/** Every run's newest values: the same numbers as in the chart, as a table. */
export function showTable(root, state) {
  const { runs, words } = state.data;
  const rows = runs.map((run) => {
    const cells = METRICS.map((metric) => {
      const line = lineOf(run, { metric, x: "epoch", log: false });
      return valueText(valueAt(line, null), metric);
    });
    const best = Math.max(...run.test_accuracy.map((value) => value ?? -1));
    const epochs = String(run.epochs.at(-1) ?? 0);
    return [run.label, epochs, ...cells, best < 0 ? "–" : valueText(best, "test_accuracy")];
  });
  const head = [words.run, words.epochs, ...METRICS.map((metric) => words.metrics[metric]), words.best];
  const key = JSON.stringify([head, rows]);
  if (root.tableShown === key) return;
  root.tableShown = key;
  root.querySelector(".ov-table summary").textContent = words.table;
  const line = (tag, scope, cells) =>
    element("tr", {}, cells.map((text, i) => element(i ? tag : "th", { textContent: text, ...(i && tag === "td" ? {} : { scope }) })));
  root.querySelector(".ov-scroll").replaceChildren(
    element("table", {}, [element("thead", {}, [line("th", "col", head)]), element("tbody", {}, rows.map((cells) => line("td", "row", cells)))]),
  );
}
