// Lesson examples: choosing one, going to the next, and the sentence that says what to look at or to do.
// Knows nothing of what an example shows: it opens its link.

import { filled } from "../../shared/component/words.js";
import { linkOf, parseLink } from "./arithmetic/setting.js";
/** @import { Explorer, Part } from "./explorer.js" */

const FREE_PLAY = -1;

/**
 * The examples in `host`. Applied at once, in the browser; whether the result is to be predicted stays as it is.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createLessons(host, explorer) {
  const { select, back, on, sentence, label } = buildLessons(host);
  let presets = null; // as the server sent them
  let keys = []; // what their links stand for, to know them again
  let seen = null; // the setting that was compared last
  let wasHidden = false; // as a secret
  let task = ""; // as it was said last
  let last = FREE_PLAY; // the example that was shown last

  function open(index) {
    last = index;
    explorer.open(presets[index].link, { predict: explorer.setting.predict });
  }

  function step(way) {
    const from = last === FREE_PLAY && way < 0 ? 0 : last;
    open((from + way + presets.length) % presets.length);
  }

  select.addEventListener("change", () => (Number(select.value) === FREE_PLAY ? show() : open(Number(select.value))));
  back.addEventListener("click", () => step(-1));
  on.addEventListener("click", () => step(1));

  function translate() {
    const words = explorer.words("lessons");
    presets = explorer.data.presets;
    keys = presets.map(({ link }) => lessonKey(parseLink(link).setting));
    label.textContent = words.label;
    back.setAttribute("aria-label", words.back);
    back.title = words.back;
    on.setAttribute("aria-label", words.on);
    on.title = words.on;
    fillLessons(select, presets, words.free);
  }

  function show() {
    const words = explorer.words("lessons");
    const key = lessonKey(explorer.setting);
    const found = keys[last] === key ? last : keys.indexOf(key); // two examples may be alike
    select.value = `${found}`;
    if (found !== FREE_PLAY) last = found;
    const free = last === FREE_PLAY ? words.invitation : filled(words.changed, { title: presets[last].title });
    const wanted = explorer.task || (found === FREE_PLAY ? free : presets[found].sentence);
    const text = explorer.hidden ? "" : wanted; // it would give the answer away
    if (sentence.textContent !== text) sentence.textContent = text;
  }

  return {
    update() {
      const isNew = explorer.data.presets !== presets;
      if (isNew) translate();
      if (!isNew && explorer.setting === seen && explorer.hidden === wasHidden && explorer.task === task) return;
      seen = explorer.setting;
      wasHidden = explorer.hidden;
      task = explorer.task;
      show();
    },
  };
}

/** What makes two settings the same example: everything but the position in time and what a visitor typed. */
function lessonKey(setting) {
  return linkOf({ ...setting, step: 1, predict: false, pixels: null, weights: null });
}

function buildLessons(host) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  const [back, on] = ["‹", "›"].map(lessonButton);
  const sentence = document.createElement("p");
  select.id = "cnn-lessons";
  label.htmlFor = select.id;
  sentence.setAttribute("aria-live", "polite");
  host.append(label, select, back, on, sentence);
  return { label, select, back, on, sentence };
}

function lessonButton(sign) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = sign;
  return button;
}

/** One option for free play, then a group of options for every group of examples, in their order. */
function fillLessons(select, presets, free) {
  const groups = new Map();
  presets.forEach(({ group, title }, index) => {
    if (!groups.has(group)) groups.set(group, Object.assign(document.createElement("optgroup"), { label: group }));
    groups.get(group).append(new Option(title, index));
  });
  select.replaceChildren(new Option(free, `${FREE_PLAY}`), ...groups.values());
}
