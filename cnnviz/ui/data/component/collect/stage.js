// Stage: where a picture comes from: the sketch pad, the camera, or files of this computer.
import { element } from "../../../shared/component/elements.js";
import { toBase64 } from "../../../shared/component/base64.js";
import { centreLikeMnist } from "../../../shared/component/digit.js";
import { createPad } from "../../../shared/component/pad.js";
import { role } from "../../../shared/component/theme.js";
import { filled } from "../../../shared/component/words.js";
import { createBurst } from "./burst.js";
import { photoOfFile } from "./photo.js";
import { createViewfinder } from "./viewfinder.js";

const SOURCES = ["draw", "camera", "files"];
const PAUSE = 150; // ms between two pictures of a burst: 20 in 3 s
const LONGEST = 60; // characters of a file's name that are said

/**
 * @typedef {object} Stage
 * @property {(strings: Record<string, any>) => void} configure
 * @property {(name: string) => void} paint for the class that is chosen; "" where there is none
 * @property {(event: KeyboardEvent) => boolean} keyDown whether the key was its own
 * @property {() => void} keyUp
 * @property {(text: string, isSeen?: boolean) => void} say
 * @property {() => void} destroy the camera's light goes out
 */

/**
 * @param {HTMLElement} root
 * @param {(kind: "drawing" | "photo", data: string) => boolean} add a picture to the class chosen; false: no room
 * @param {number} most pictures of a burst
 * @returns {Stage}
 */
export function createStage(root, add, most) {
  const part = (name) => root.querySelector(`.co-${name}`);
  const take = part("take");
  const file = root.querySelector("input[type=file]");
  const pad = createPad(part("pad"), { color: () => role(root, "text") });
  const finder = createViewfinder(root.querySelector("video"), part("turn"), () => paint(name));
  const burst = createBurst(snap, most, PAUSE, () => paint(name));
  const state = { source: "draw", strings: /** @type {Record<string, any>} */ ({}) };
  let name = "";

  part("sources").replaceChildren(...SOURCES.map((source) => element("button", { type: "button", onclick: () => turnTo(source) })));
  part("turn").onclick = finder.turn;
  take.onclick = () => state.source !== "camera" && act(); // a camera's is held
  followHolding(take, burst, () => state.source === "camera");
  followFiles(part("files"), file, addFiles);

  function turnTo(source) {
    burst.end();
    finder.close();
    state.source = source;
    paint(name);
    if (source === "camera") finder.open();
  }

  /** Whether it was taken: another one may follow. */
  function snap() {
    const photo = finder.photo();
    return photo !== null && add("photo", photo);
  }

  function act() {
    if (state.source === "files") file.click();
    else if (pad.isEmpty()) say(state.strings.blank);
    else addDrawing();
  }

  function addDrawing() {
    const { ink, width, height } = pad.ink();
    if (add("drawing", toBase64(centreLikeMnist(ink, width, height)))) pad.clear();
  }

  async function addFiles(files) {
    const unread = [];
    for (const each of files) {
      const photo = await photoOfFile(each); // one after another: 20 large ones at once would fill the memory
      if (photo === null) unread.push(each.name.slice(0, LONGEST));
      else if (!add("photo", photo)) return;
    }
    if (unread.length) say(filled(state.strings.unread, { count: unread.length, name: unread[0] }));
  }

  function paint(changed) {
    name = changed;
    const { strings, source } = state;
    paintSource(root, source, strings);
    part("why").textContent = strings[finder.why()] ?? "";
    take.textContent = filled(strings.take?.[source] ?? "", { name });
    take.disabled = !name || (source === "camera" && !finder.isOpen());
    take.classList.toggle("co-on", burst.isOn());
  }

  /** `isSeen`: false of what the list of classes shows as well. */
  function say(text, isSeen = true) {
    part("say").textContent = text;
    part("say").classList.toggle("co-spoken", !isSeen);
  }

  /** Enter takes; space too where it is not the pen's. */
  function keyDown(event) {
    if (event.key !== "Enter" && !(event.key === " " && state.source !== "draw")) return false;
    if (take.disabled) return true;
    if (state.source === "camera") burst.begin();
    else if (!event.repeat) act();
    return true;
  }

  return {
    configure(strings) {
      state.strings = strings;
      pad.configure({ strings: strings.pad });
      root.querySelector("video").setAttribute("aria-label", strings.video);
      part("files").querySelector("span").textContent = strings.drop;
      part("turn").textContent = strings.turn;
      paint(name);
    },
    paint,
    keyDown,
    keyUp: burst.end,
    say,
    destroy() {
      burst.end();
      finder.close();
      pad.destroy();
    },
  };
}

/** The switch, and what it has chosen. */
function paintSource(root, source, strings) {
  const part = (name) => root.querySelector(`.co-${name}`);
  [...part("sources").children].forEach((button, index) => {
    button.textContent = strings.sources?.[SOURCES[index]] ?? "";
    button.setAttribute("aria-pressed", String(SOURCES[index] === source));
  });
  part("pad").hidden = source !== "draw";
  part("camera").hidden = source !== "camera";
  part("files").hidden = source !== "files";
  part("help").textContent = strings.help?.[source] ?? "";
}

/** A burst lasts as long as the button is held, by mouse or finger. */
function followHolding(button, burst, isHeld) {
  button.onpointerdown = (event) => {
    if (!isHeld() || event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    burst.begin();
  };
  button.onpointerup = button.onpointercancel = button.onlostpointercapture = burst.end;
  button.oncontextmenu = (event) => isHeld() && event.preventDefault(); // a long press of a finger
}

/** Files that are chosen in the box, or dropped onto it. */
function followFiles(box, input, addFiles) {
  input.onchange = async () => {
    await addFiles([...input.files]);
    input.value = ""; // the same file may be chosen again
  };
  box.ondragover = (event) => event.preventDefault();
  box.ondrop = (event) => {
    event.preventDefault();
    addFiles([...event.dataTransfer.files]);
  };
}
