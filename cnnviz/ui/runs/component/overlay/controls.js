// What is drawn over what: buttons, a slider and a tick, all in the browser.

import { element } from "../../../shared/component/elements.js";
import { AXES, METRICS } from "./series.js";

/** The controls, once for a language; `change` gets what has changed, and whether the finger has let go. */
export function buildControls(root, words, change) {
  const metric = buttons("metric", METRICS, words.metrics, words.shown, (value) => change({ metric: value }, true));
  const axis = buttons("x", AXES, words.axes, words.over, (value) => change({ x: value }, true));
  const slider = element("input", { type: "range", min: 0, max: 1, step: 0.01, className: "ov-smooth" });
  slider.oninput = () => change({ smooth: Number(slider.value) }, false);
  slider.onchange = () => change({ smooth: Number(slider.value) }, true);
  const log = element("input", { type: "checkbox", className: "ov-log" });
  log.onchange = () => change({ log: log.checked }, true);
  const more = element("div", { className: "ov-more" }, [
    element("label", { className: "ov-slider" }, [words.smoothing, slider]),
    element("label", {}, [log, words.log]),
  ]);
  const controls = root.querySelector(".ov-controls");
  controls.setAttribute("aria-label", words.controls);
  controls.replaceChildren(metric, axis, more);
}

function buttons(name, keys, texts, label, choose) {
  const made = keys.map((key) => {
    const button = element("button", { type: "button", textContent: texts[key], attributes: { "data-key": key } });
    button.onclick = () => choose(key);
    return button;
  });
  return element("div", { className: `ov-choice ov-by-${name}`, attributes: { role: "group", "aria-label": label } }, made);
}

/** Which of them is on. */
export function showControls(root, view) {
  for (const name of ["metric", "x"]) {
    for (const button of root.querySelectorAll(`.ov-by-${name} button`)) {
      button.setAttribute("aria-pressed", String(button.dataset.key === view[name]));
    }
  }
  const slider = root.querySelector(".ov-smooth");
  if (Number(slider.value) !== view.smooth) slider.value = view.smooth;
  slider.setAttribute("aria-valuetext", `${Math.round(view.smooth * 100)}%`);
  root.querySelector(".ov-log").checked = view.log;
}
