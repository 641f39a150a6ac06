// Augmentation bench: the steps that are on as a column, the others as chips to add, beside them real pictures before and after.
// The server hears of every change a few times a second and answers with the pictures. Knows nothing of what steps do.
import { element } from "../../../shared/component/elements.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { inOrder, moved, textOf } from "./pipeline.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const PAUSE = 120; // milliseconds between two messages while a slider moves

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  const state = (root.bench ??= { token: null, timer: 0 });
  state.send = () => setStateValue("bench", { token: state.token, text: state.text, crop: state.crop, normalize: state.normalize, picture: state.picture });
  const isNew = state.token !== data.token || state.language !== data.strings.up;
  state.data = data;
  if (isNew) begin(root, state);
  pictures(root, state);
  root.querySelector(".au-normal")?.replaceChildren(data.normal);
  mark(root, state);
}

/** Another preset, another link: what the server says counts. */
function begin(root, state) {
  const { data } = state;
  const { token, text, crop, normalize, picture } = data;
  Object.assign(state, { token, text, crop, normalize, picture, language: data.strings.up });
  state.steps = data.steps.map((step) => ({ ...step, values: [...step.values] }));
  column(root, state);
}

function column(root, state) {
  const { strings } = state.data;
  const list = root.querySelector(".au-steps");
  list.setAttribute("aria-label", strings.steps);
  root.querySelector(".au-add > span").textContent = strings.add;
  root.querySelector(".au-off").setAttribute("aria-label", strings.add);
  state.used = state.steps.findLast((step) => step.isOn)?.name;
  const fixed = (title, about) => element("li", { className: "au-step au-on" }, [element("div", { className: "au-line" }, [element("span", { className: "au-name", textContent: title })]), about]);
  const crop = knob(state, strings.cropTitle, strings.crop, state.crop, (value) => change(root, state, () => (state.crop = value)));
  crop.firstElementChild.textContent = strings.cropTitle;
  const normalize = element("label", { className: "au-line" }, [
    box(state.normalize, (on) => change(root, state, () => (state.normalize = on))),
    element("span", { className: "au-name", textContent: strings.normalize }),
  ]);
  list.replaceChildren(
    fixed(strings.tensor, element("p", { className: "au-about", textContent: strings.tensorAbout })),
    element("li", { className: "au-step au-on au-crop" }, [crop, element("p", { className: "au-about", textContent: strings.cropAbout })]),
    element("li", { className: "au-step au-on" }, [normalize, element("p", { className: "au-about au-normal", textContent: state.data.normal })]),
  );
  root.querySelector(".au-off").replaceChildren(...state.steps.map((step) => row(root, state, step)));
  placed(root, state);
}

function row(root, state, step) {
  const { strings } = state.data;
  const move = (act, sign) => element("button", {
    type: "button", className: "au-move", textContent: act === "up" ? "↑" : "↓",
    attributes: { "aria-label": filled(strings[act], { name: step.title }), "data-act": act },
    onclick: () => {
      state.steps = moved(state.steps, step.name, sign);
      stepsChanged(state);
      change(root, state, () => placed(root, state));
      root.querySelector(`[data-name="${step.name}"] [data-act="${act}"]`).focus();
    },
  });
  const name = element("label", { className: "au-name", title: step.what }, [
    box(step.isOn, (on) => change(root, state, () => switched(root, state, step, on))), step.title,
  ]);
  const knobs = step.knobs.map((each, i) => knob(state, step.title, each, step.values[i], (value) => change(root, state, () => { step.values[i] = value; stepsChanged(state); })));
  const about = element("p", { className: "au-about" }, [step.what, " ", element("span", { className: "au-hurts", textContent: step.hurts })]);
  const line = element("div", { className: "au-line" }, [name, element("span", { className: "au-values" }), move("up", -1), move("down", 1)]);
  const use = () => { state.used = step.name; mark(root, state); };
  const place = element("li", { className: "au-step", attributes: { "data-name": step.name }, onclick: use }, [line, element("div", { className: "au-more" }, [...knobs, about])]);
  place.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && use()); // a mouse's press ends in a click
  return place;
}

/** A chip becomes a row of the column, or a row a chip; the keyboard stays on it, and it is seen. */
function switched(root, state, step, isOn) {
  step.isOn = isOn;
  state.used = step.name;
  stepsChanged(state);
  placed(root, state);
  mark(root, state);
  const place = root.querySelector(`[data-name="${step.name}"]`);
  place.querySelector("input").focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}

function placed(root, state) {
  inOrder(root.querySelector(".au-steps"), root.querySelector(".au-off"), state.steps);
}

function box(isOn, use) {
  const input = element("input", { type: "checkbox", checked: isOn });
  input.onchange = () => use(input.checked);
  return input;
}

/** A slider with its number; beyond the slider's end the link may go: the slider then stands at its end. */
function knob(state, title, { name, unit, low, high, step }, value, use) {
  const output = element("output");
  const input = element("input", { type: "range", min: low, max: Math.max(high, value), step, attributes: { "aria-label": `${title}: ${name}` } });
  const show = (now) => {
    output.textContent = filled(unit, { value: String(Number(now.toFixed(2))) });
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.value = String(value);
  input.oninput = () => { show(Number(input.value)); use(Number(input.value)); };
  show(value);
  return element("div", { className: "au-knob" }, [element("span", { textContent: name }), input, output]);
}

function stepsChanged(state) {
  state.text = textOf(state.steps);
}

/** Marked at once; the server hears of the first of several changes after a short pause, of the last in any case. */
function change(root, state, make) {
  make();
  mark(root, state);
  state.timer ||= setTimeout(() => { state.timer = 0; state.send(); }, PAUSE);
}

/** Sliders of all steps that are on; of the one that is used alone, and at last no explanations, where not all would be seen. */
function mark(root, state) {
  const on = state.steps.filter((step) => step.isOn);
  const used = on.find((step) => step.name === state.used) ?? on.at(-1);
  root.querySelector(".au-add").hidden = on.length === state.steps.length;
  for (const step of state.steps) {
    const place = root.querySelector(`[data-name="${step.name}"]`);
    place.classList.toggle("au-on", step.isOn);
    place.querySelector(".au-about").hidden = step !== used;
    place.querySelector('[data-act="up"]').disabled = !step.isOn || step === on[0];
    place.querySelector('[data-act="down"]').disabled = !step.isOn || step === on.at(-1);
  }
  const list = root.querySelector(".au-steps");
  const isCut = () => list.scrollHeight > list.clientHeight + 1;
  list.classList.remove("au-tight");
  fold(root, state, (step) => step.isOn);
  if (isCut()) fold(root, state, (step) => step === used);
  list.classList.toggle("au-tight", isCut());
}

/** Rows without their sliders say their values instead. */
function fold(root, state, isOpen) {
  for (const step of state.steps) {
    const place = root.querySelector(`[data-name="${step.name}"]`);
    place.querySelector(".au-more").hidden = !isOpen(step);
    place.querySelector(".au-values").textContent = isOpen(step) ? "" : [...place.querySelectorAll("output")].map((each) => each.textContent).join(" · ");
  }
}

function pictures(root, state) {
  const { data } = state;
  const { strings, before, after, names, shown } = data;
  const [head, place, foot] = [".au-head", ".au-pictures", ".au-foot"].map((each) => root.querySelector(each));
  const [back, title] = head.children;
  const go = (picture) => {
    state.opened = picture || state.opened;
    state.picture = picture;
    state.send();
  };
  back.hidden = !shown;
  back.textContent = strings.back;
  back.onclick = () => go(0);
  title.textContent = shown ? filled(strings.draws, { name: names[shown - 1] }) : strings.all;
  place.setAttribute("aria-label", title.textContent);
  place.classList.toggle("au-large", Boolean(shown));
  place.classList.toggle("au-coarse", data.isCoarse);
  const wanted = shown ? after.length + 1 : after.length;
  const kind = shown ? "draws" : "all";
  if (place.children.length !== wanted || place.dataset.kind !== kind) {
    const hadFocus = place.contains(root.getRootNode().activeElement) || root.getRootNode().activeElement === back;
    place.dataset.kind = kind;
    place.replaceChildren(...Array.from({ length: wanted }, () => (shown ? figure() : tile())));
    if (hadFocus) (shown ? back : place.children[(state.opened || 1) - 1]).focus();
  }
  [...place.children].forEach((each, i) => {
    if (shown) {
      const [image, caption] = each.children;
      image.src = i ? after[i - 1] : before[shown - 1];
      caption.textContent = i ? filled(strings.epoch, { epoch: data.epoch + i - 1 }) : strings.before;
      image.alt = `${names[shown - 1]}: ${caption.textContent}`;
      return;
    }
    const [small, large] = each.children;
    small.src = before[i];
    large.src = after[i];
    each.setAttribute("aria-label", filled(strings.tile, { number: i + 1, name: names[i] }));
    each.title = names[i];
    each.onclick = () => go(i + 1);
  });
  foot.textContent = data.foot;
}

function tile() {
  return element("button", { type: "button", className: "au-tile" }, [element("img", { alt: "" }), element("img", { alt: "" })]);
}

function figure() {
  return element("figure", {}, [element("img"), element("figcaption")]);
}
