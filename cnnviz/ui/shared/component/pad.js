// Sketch pad for mouse, touch, pen and keyboard. Knows nothing of networks or of Streamlit.
//
//   const pad = createPad(host, { strings, color, onChange, onStroke });
//
// builds the pad inside `host` (an empty element). onChange() is called while ink flows, at most once a frame;
// onStroke() when a stroke has ended and after undo and clear. `pad.configure({...})` changes any option later.
//
// Its style sheet is pad.css, which goes with it into every component that has a pad (mount.py).
//
// strings: label, help (the keys; shown to the keyboard's user), hint (shown while empty), undo, clear, penDown, penUp.

/**
 * @typedef {object} Pad
 * @property {HTMLCanvasElement} canvas
 * @property {() => { ink: Uint8Array, width: number, height: number }} ink grey levels, white ink
 * @property {() => boolean} isEmpty
 * @property {() => void} clear
 * @property {(options: object) => void} configure
 * @property {() => void} redraw in the colours of now
 * @property {() => void} destroy
 */

const PAD_PIXELS = 224; // side of the ink that is read, eight pixels to one of MNIST's
const PAD_LINE = 0.085; // line width, as a share of the side: a digit scaled to 20 pixels has lines of 2 to 3
const PAD_STEP = 1 / 28; // what an arrow key moves
const PAD_MOVES = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1],
};

const PAD_HTML = `<div class="cnn-pad">
  <canvas class="pad" tabindex="0" role="application" aria-describedby="cnn-pad-help"></canvas>
  <div class="cnn-pad-hint" aria-hidden="true"></div>
  <div class="cnn-pad-buttons"><button type="button" data-act="undo"></button
    ><button type="button" data-act="clear"></button></div>
  <p class="cnn-pad-help" id="cnn-pad-help"></p>
  <span class="cnn-pad-status" aria-live="polite"></span>
</div>`;

/**
 * A pad inside `host`.
 * @param {HTMLElement} host
 * @param {object} options as `configure` takes them, see above
 * @returns {Pad}
 */
export function createPad(host, options = {}) {
  host.innerHTML = PAD_HTML;
  const canvas = host.querySelector("canvas");
  const button = (name) => host.querySelector(`[data-act="${name}"]`);
  const hint = host.querySelector(".cnn-pad-hint");
  const settings = { strings: {}, color: () => "#000", onChange() {}, onStroke() {} };
  const strokes = []; // each a list of [x, y] in 0..1
  const ink = inkReader(strokes);
  const pen = createStrokePen(strokes, changed, settle);
  const keyboard = createKeyboardPen(pen, redraw, (text) => {
    host.querySelector(".cnn-pad-status").textContent = settings.strings[text];
  });
  let frame = 0;

  function configure(changes) {
    Object.assign(settings, changes);
    const { strings } = settings;
    canvas.setAttribute("aria-label", strings.label ?? "");
    host.querySelector(".cnn-pad-help").textContent = strings.help ?? "";
    hint.textContent = strings.hint ?? "";
    button("undo").textContent = strings.undo ?? "";
    button("clear").textContent = strings.clear ?? "";
    redraw();
  }

  function redraw() {
    const side = Math.round(canvas.clientWidth * (globalThis.devicePixelRatio || 1));
    if (side && canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    paintStrokes(context, strokes, canvas.width, settings.color());
    const color = () => getComputedStyle(canvas).getPropertyValue("--st-primary-color");
    if (keyboard.at.shown) paintPen(context, keyboard.at, canvas.width, color());
    hint.style.display = strokes.length > 0 ? "none" : "";
    button("undo").disabled = button("clear").disabled = strokes.length === 0;
  }

  function changed() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      redraw();
      settings.onChange();
    });
  }

  function settle() {
    keyboard.at.down = false;
    cancelAnimationFrame(frame);
    frame = 0;
    redraw();
    settings.onChange();
    settings.onStroke();
  }

  function undo() {
    keyboard.at.down = false;
    pen.undo();
  }

  function clear() {
    keyboard.at.down = false;
    pen.clear();
  }

  const watcher = new ResizeObserver(redraw);
  watcher.observe(canvas);
  followPointers(canvas, pen, keyboard);
  followKeys(canvas, keyboard, { undo, clear });
  button("undo").addEventListener("click", undo);
  button("clear").addEventListener("click", clear);
  configure(options);

  return {
    canvas,
    configure,
    redraw,
    ink,
    clear,
    isEmpty: () => strokes.length === 0,
    destroy() {
      cancelAnimationFrame(frame);
      watcher.disconnect();
      host.replaceChildren();
    },
  };
}

/** A function that reads the strokes' grey levels, white ink: { ink: Uint8Array, width, height }. */
function inkReader(strokes) {
  const sheet = new OffscreenCanvas(PAD_PIXELS, PAD_PIXELS);
  const context = sheet.getContext("2d", { willReadFrequently: true });
  return () => {
    paintStrokes(context, strokes, PAD_PIXELS, "#fff");
    const rgba = context.getImageData(0, 0, PAD_PIXELS, PAD_PIXELS).data;
    const ink = new Uint8Array(PAD_PIXELS * PAD_PIXELS);
    for (let i = 0; i < ink.length; i++) ink[i] = rgba[4 * i + 3];
    return { ink, width: PAD_PIXELS, height: PAD_PIXELS };
  };
}

/** What draws into `strokes`, one at a time: `changed()` while ink flows, `settled()` when a stroke has ended or gone. */
function createStrokePen(strokes, changed, settled) {
  let drawing = null; // { stroke, pointer }: the one in progress

  return {
    pointer: () => drawing?.pointer ?? null,
    begin(x, y, pointer) {
      drawing = { stroke: [[x, y]], pointer };
      strokes.push(drawing.stroke);
      changed();
    },
    extend(x, y) {
      drawing.stroke.push([x, y]);
      changed();
    },
    end() {
      if (!drawing) return;
      drawing = null;
      settled();
    },
    undo() {
      drawing = null;
      if (strokes.pop()) settled();
    },
    clear() {
      drawing = null;
      if (!strokes.length) return;
      strokes.length = 0;
      settled();
    },
  };
}

/** The pen that arrow keys move and the space bar puts down; `say("penDown" or "penUp")`. */
function createKeyboardPen(pen, redraw, say) {
  const at = { x: 0.5, y: 0.25, shown: false, down: false };
  const isBusy = () => pen.pointer() !== null && !at.down; // a pointer is drawing

  function show(shown) {
    at.shown = shown;
    redraw();
  }

  return {
    at,
    show,
    move([dx, dy]) {
      if (isBusy()) return;
      at.shown = true;
      at.x = inUnit(at.x + dx * PAD_STEP);
      at.y = inUnit(at.y + dy * PAD_STEP);
      if (at.down) pen.extend(at.x, at.y);
      else redraw();
    },
    toggle() {
      if (isBusy()) return;
      at.shown = true;
      if (at.down) pen.end();
      else {
        at.down = true;
        pen.begin(at.x, at.y, "keyboard");
      }
      say(at.down ? "penDown" : "penUp");
    },
    leave() {
      at.shown = false;
      if (at.down) pen.end();
      else redraw();
    },
  };
}

/** Arrow keys, space, Escape, Delete and Ctrl+Z, while the keyboard is on the canvas. */
function followKeys(canvas, keyboard, { undo, clear }) {
  canvas.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "z" && (event.ctrlKey || event.metaKey)) undo();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (PAD_MOVES[key]) keyboard.move(PAD_MOVES[key]);
    else if (key === " ") keyboard.toggle();
    else if (key === "Delete" || key === "Backspace") clear();
    else if (key === "Escape" && keyboard.at.down) keyboard.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.addEventListener("focus", () => keyboard.show(canvas.matches(":focus-visible")));
  canvas.addEventListener("blur", keyboard.leave);
}

/** Mouse, finger and stylus draw with `pen`, one at a time: a resting palm draws nothing. */
function followPointers(canvas, pen, keyboard) {
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [inUnit((event.clientX - box.left) / box.width), inUnit((event.clientY - box.top) / box.height)];
  }

  function end(event) {
    if (pen.pointer() === event.pointerId) pen.end();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pen.pointer() !== null) return;
    canvas.setPointerCapture(event.pointerId);
    keyboard.at.shown = false;
    pen.begin(...place(event), event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (pen.pointer() !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) pen.extend(...place(each));
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, end);
}

function inUnit(value) {
  return Math.max(0, Math.min(1, value));
}

/** All strokes as smooth lines on a cleared canvas of `side` pixels. */
function paintStrokes(context, strokes, side, color) {
  context.clearRect(0, 0, side, side);
  context.lineWidth = PAD_LINE * side;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = color;
  for (const points of strokes) {
    context.beginPath();
    context.moveTo(points[0][0] * side, points[0][1] * side);
    for (let i = 1; i < points.length - 1; i++) {
      const [x, y] = points[i];
      const [nextX, nextY] = points[i + 1];
      context.quadraticCurveTo(x * side, y * side, ((x + nextX) / 2) * side, ((y + nextY) / 2) * side);
    }
    const [lastX, lastY] = points[points.length - 1];
    context.lineTo(lastX * side + (points.length === 1 ? 0.01 : 0), lastY * side); // a tap leaves a dot
    context.stroke();
  }
}

/** The keyboard's pen: a ring, filled while it is down. */
function paintPen(context, pen, side, color) {
  context.beginPath();
  context.arc(pen.x * side, pen.y * side, 0.035 * side, 0, 2 * Math.PI);
  context.lineWidth = 0.012 * side;
  context.strokeStyle = color || "#888";
  context.stroke();
  if (pen.down) {
    context.fillStyle = color || "#888";
    context.fill();
  }
}
