// Collector: classes are named, and pictures of each drawn, taken with the camera or chosen from files, all in the
// browser; the server hears of them once, when a data set is to be made.
//
// data: { strings, limits, first: names of the first classes, name: a name for the set, answered: number of the last
// message that was dealt with }. trigger: "made", see `message` in collection.js.
import { themedRoot } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { paintClasses, keyOf } from "./classlist.js";
import { choosing, chosenClass, emptyCollection, message, pictureCount, problem, renamed, restored, withClass, withPicture, withoutClass, withoutPicture } from "./collection.js";
import { openDraft } from "./draft.js";
import { createStage } from "./stage.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const PATIENCE = 30_000; // ms until one may ask again

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  root.collector ??= createCollector(root, data);
  root.collector.configure(data, (made) => setTriggerValue("made", made));
  return () => {
    root.collector?.destroy();
    root.collector = null;
  };
}

function createCollector(root, first) {
  const part = (name) => root.querySelector(`.co-${name}`);
  const state = {
    data: first,
    collection: { ...emptyCollection(first.first), name: first.name },
    isTouched: false, // before the draft was read
    waiting: 0, // number of the message that is under way
    send: (_made) => {},
  };
  const keep = openDraft(take, () => stage.say(state.data.strings.notKept));
  const stage = createStage(root, add, first.limits.goal);
  let timer = 0;

  followButtons(root, state, set, make);
  root.onkeydown = (event) => keyDown(event, state, stage, set);
  root.onkeyup = (event) => [" ", "Enter"].includes(event.key) && stage.keyUp();
  addEventListener("blur", stage.keyUp); // a key let go elsewhere is not heard of

  /** What was collected before a reload. */
  function take(kept) {
    const collection = restored(kept, first.limits);
    if (!collection || state.isTouched) return;
    state.collection = collection;
    paint();
  }

  function set(changed) {
    if (changed === state.collection) return;
    Object.assign(state, { collection: changed, isTouched: true });
    keep(changed);
    paint();
  }

  function add(kind, picture) {
    const { data, collection } = state;
    const grown = withPicture(collection, kind, picture, data.limits);
    set(grown);
    const into = chosenClass(grown);
    const gaps = { name: into?.name, count: into?.pictures.length, ...data.limits };
    const isFull = grown === collection;
    stage.say(filled(isFull ? data.strings.full : data.strings.taken, gaps), isFull);
    return grown !== collection;
  }

  function make(purpose) {
    if (problem(state.collection, state.data.limits, state.data.setNames) || state.waiting) return;
    state.waiting = Date.now();
    timer = Number(setTimeout(answered, PATIENCE));
    state.send(message(state.collection, purpose, state.waiting));
    paint();
  }

  function answered() {
    clearTimeout(timer);
    state.waiting = 0;
    paint();
  }

  function paint() {
    const { collection, data } = state;
    paintClasses(part("classes"), part("chips"), collection, data, actions(state, set));
    const into = chosenClass(collection);
    stage.paint(into ? into.name.trim() || String(collection.classes.indexOf(into) + 1) : "");
    paintFoot(part, state);
  }

  return {
    configure(data, send) {
      Object.assign(state, { data, send });
      part("name").querySelector("span").textContent = data.strings.name;
      for (const each of ["add", "clear", "train", "keep"]) part(each).textContent = data.strings[each];
      stage.configure(data.strings);
      if (state.waiting && data.answered >= state.waiting) answered();
      else paint();
    },
    destroy() {
      clearTimeout(timer);
      removeEventListener("blur", stage.keyUp);
      stage.destroy();
    },
  };
}

function actions(state, set) {
  const { strings, limits } = state.data;
  return {
    choose: (id) => set(state.collection.chosen === id ? state.collection : choosing(state.collection, id)),
    rename: (id, text) => set(renamed(state.collection, id, text, limits)),
    removePicture: (id) => set(withoutPicture(state.collection, id)),
    removeClass(id) {
      const gone = state.collection.classes.find((each) => each.id === id);
      const gaps = { name: gone.name, count: gone.pictures.length };
      if (!gone.pictures.length || confirm(filled(strings.sureClass, gaps))) set(withoutClass(state.collection, id));
    },
  };
}

/** Below the classes: one more, begin anew, and the data set. */
function followButtons(root, state, set, make) {
  const part = (name) => root.querySelector(`.co-${name}`);
  part("add").onclick = () => {
    const { collection, data } = state;
    set(withClass(collection, filled(data.strings.newName, { number: collection.classes.length + 1 }), data.limits));
    const input = part("classes").lastElementChild?.querySelector("input");
    input?.scrollIntoView({ block: "nearest" });
    input?.select();
  };
  part("clear").onclick = () => {
    const { collection, data } = state;
    const isSure = !pictureCount(collection) || confirm(filled(data.strings.sureAll, { count: pictureCount(collection) }));
    if (isSure) set({ ...emptyCollection(data.first), name: data.name });
  };
  const name = part("name").querySelector("input");
  name.oninput = () => set({ ...state.collection, name: name.value.slice(0, state.data.limits.longest) });
  part("train").onclick = () => make("train");
  part("keep").onclick = () => make("keep");
}

function keyDown(event, state, stage, set) {
  event.stopPropagation(); // of Streamlit's own keys
  const { target } = event;
  const { collection } = state;
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input")) return;
  const number = collection.classes.findIndex((_each, index) => keyOf(index) === event.key);
  if (number >= 0) set(choosing(collection, collection.classes[number].id));
  else if ((target.matches("button") && !target.matches(".co-take")) || !stage.keyDown(event)) return;
  event.preventDefault();
}

function paintFoot(part, { collection, data, waiting }) {
  const { strings, limits } = data;
  const input = part("name").querySelector("input");
  const found = problem(collection, limits, data.setNames);
  if (input.getRootNode().activeElement !== input) input.value = collection.name;
  input.maxLength = limits.longest;
  part("add").disabled = collection.classes.length >= limits.mostClasses;
  part("clear").disabled = !pictureCount(collection) && collection.classes.length === data.first.length;
  for (const each of ["train", "keep"]) part(each).disabled = Boolean(found) || waiting > 0;
  const text = waiting ? strings.sending : found ? filled(strings.problems[found.why], found) : strings.ready;
  const line = part("problem");
  if (line.textContent !== text) line.textContent = text;
}
