// Switches: equally large pictures (maps, units) of which any can be switched off, by one factor for all of them; below
// them, once it is known, which matters most. Knows nothing of networks: pictures and words in, indices and factor out.
import { element } from "../../../shared/component/elements.js";
import { themedRoot } from "../../../shared/component/theme.js";
import { moveFocus } from "../../../shared/component/tilekeys.js";
import { filled } from "../../../shared/component/words.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const PAUSE = 120; // milliseconds between two messages while the slider moves

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  const state = (root.switches ??= { token: null, off: new Set(), factor: 0, timer: 0 });
  state.send = () => setStateValue("settings", { off: [...state.off].sort((a, b) => a - b), factor: state.factor, token: state.token });
  if (state.token !== data.token) Object.assign(state, { token: data.token, off: new Set(data.off), factor: data.factor });
  state.data = data;
  build(root, state);
  mark(root, state);
}

function build(root, state) {
  const { data } = state;
  const sheet = root.querySelector(".sw-sheet");
  sheet.setAttribute("aria-label", data.label);
  sheet.classList.toggle("sw-bare", !data.captions);
  if (sheet.children.length !== data.titles.length) {
    sheet.replaceChildren(...data.titles.map(() => tile()));
    sheet.onkeydown = (event) => {
      const to = moveFocus(sheet, event);
      if (to !== null) sheet.children[to].scrollIntoView({ block: "nearest" });
    };
  }
  const zoom = fitted(root, data);
  [...sheet.children].forEach((button, i) => {
    const [picture, caption] = button.children;
    Object.assign(picture.style, {
      width: `${data.width * zoom}px`,
      height: `${data.height * zoom}px`,
      backgroundImage: `url(${data.sprite})`,
      backgroundSize: `${data.width * zoom}px ${data.height * zoom * data.titles.length}px`,
      backgroundPosition: `0 ${-i * data.height * zoom}px`,
    });
    caption.textContent = data.captions ? data.captions[i] : "";
    button.tabIndex = sheet.querySelector(":focus") ? button.tabIndex : i === 0 ? 0 : -1;
    button.onclick = () => change(root, state, () => (state.off.has(i) ? state.off.delete(i) : state.off.add(i)));
  });
  for (const act of ["on", "off"]) {
    const button = root.querySelector(`[data-act="${act}"]`);
    button.textContent = data.strings[act];
    button.onclick = () => change(root, state, () => (state.off = new Set(act === "off" ? data.titles.keys() : [])));
  }
  slider(root, state);
  ranking(root, state);
}

function slider(root, state) {
  const [name, input] = root.querySelector(".sw-factor").children;
  name.textContent = state.data.strings.factor;
  input.value = String(state.factor);
  input.oninput = () => change(root, state, () => (state.factor = Number(input.value)), PAUSE);
}

/** A change is shown at once and sent at once, or `pause` milliseconds after the first of several. */
function change(root, state, make, pause = 0) {
  make();
  mark(root, state);
  if (!pause) state.send();
  else state.timer ||= setTimeout(() => { state.timer = 0; state.send(); }, pause);
}

function mark(root, state) {
  const { titles, chosen, strings } = state.data;
  const sheet = root.querySelector(".sw-sheet");
  sheet.classList.toggle("sw-scaled", state.factor > 0);
  [...sheet.children].forEach((button, i) => {
    const off = state.off.has(i);
    const name = i === chosen ? filled(strings.chosen, { name: titles[i] }) : titles[i];
    const title = off ? filled(state.factor ? strings.scaled : strings.isOff, { name, factor: state.factor }) : name;
    button.classList.toggle("sw-chosen", i === chosen);
    button.title = title;
    button.setAttribute("aria-label", title);
    button.setAttribute("aria-pressed", String(off));
  });
  const output = root.querySelector(".sw-factor output");
  output.textContent = state.factor ? `× ${state.factor}` : strings.zero;
  const said = state.off.size ? filled(strings.count, { count: state.off.size, total: titles.length }) : strings.hint;
  const line = root.querySelector(".sw-say");
  if (line.textContent !== said) line.textContent = said;
}

/** One row for each channel, the one that matters most first: a click leaves that one off alone. */
function ranking(root, state) {
  const { ranking: rows, chosen, titles, strings } = state.data;
  const place = root.querySelector(".sw-ranking");
  place.hidden = !rows;
  if (!rows) return;
  place.querySelector("p").textContent = strings.ranking;
  const list = place.querySelector("ol");
  list.setAttribute("aria-label", strings.ranking);
  list.replaceChildren(
    ...rows.map(({ index, name, text, share, better }) => {
      const bar = element("i", { className: better ? "sw-gain" : "" });
      bar.style.width = `${share * 100}%`;
      const button = element("button", { type: "button" }, [
        element("span", { textContent: name }), element("span", {}, [bar]), element("span", { textContent: text }),
      ]);
      button.onclick = () => change(root, state, () => (state.off = new Set([index])));
      if (index === chosen) {
        button.className = "sw-chosen";
        button.setAttribute("aria-label", `${filled(strings.chosen, { name: titles[index] })} ${text}`);
      }
      return element("li", {}, [button]);
    }),
  );
}

/** A smaller whole factor on a phone. */
function fitted(root, { width, zoom, titles }) {
  return root.clientWidth >= 300 || titles.length < 4 ? zoom : Math.min(zoom, Math.max(1, Math.floor(56 / width)));
}

function tile() {
  const button = element("button", { type: "button", className: "sw-tile" });
  button.append(element("span", { className: "sw-picture" }), element("span", { className: "sw-caption" }));
  return button;
}
