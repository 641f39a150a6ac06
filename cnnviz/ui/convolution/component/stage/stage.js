// Stage: transport bar, board, sums and what is said about them. The clock keeps time, the board paints.

import { behind } from "../../../shared/component/words.js";
import { unused } from "../arithmetic/axis.js";
import { Board } from "./board.js";
import { Clock, RATES } from "./clock.js";
import { stepsOf } from "../arithmetic/links.js";
import { isResult } from "./layout.js";
import { Pointing } from "./pointing.js";
import { kernelPanelNow } from "./scene.js";
import { listenToBoard, listenToKeys } from "./stagekeys.js";
import { aboutUnread, describeBoard, stepText, sumNow } from "./describe.js";
import { Transport } from "./transport.js";
/** @import { Explorer } from "../explorer.js" */

const STACKED_BELOW = 640; // CSS pixels of width
const GRIDS = ["input", "kernel", "output"]; // that the keyboard can walk over

/**
 * The part `stage`: see explorer.js for what a part is.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Stage}
 */
export function createStage(host, explorer) {
  return new Stage(host, explorer);
}

/** The part itself, which keys and pointers act on. */
export class Stage {
  /**
   * @param {HTMLElement} host
   * @param {Explorer} explorer
   */
  constructor(host, explorer) {
    this.explorer = explorer;
    explorer.stage = this;
    this.host = host;
    this.find = (selector) => host.querySelector(selector);
    this.board = new Board(this.find(".board"), explorer.root);
    this.clock = new Clock({
      calm: matchMedia("(prefers-reduced-motion: reduce)").matches,
      onTick: () => this.tick(),
      onState: () => this.writeBar(),
    });
    this.transport = new Transport(this.find(".bar"), this.clock, {
      onToggle: () => this.toggle(),
      onStep: (position) => this.step(position),
      onScrub: (position) => this.step(position, false),
      onScrubbed: () => this.commitStep(),
    });
    this.pointing = new Pointing(() => this.draw());
    this.shownView = null;
    this.find(".every").addEventListener("toggle", () => this.writeEvery());
    listenToBoard(this);
    listenToKeys(this);
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.find(".board"));
  }

  destroy() {
    this.clock.destroy();
    this.observer.disconnect();
  }

  /** Nothing to step through or to point at: refused, or still to be predicted. */
  get isQuiet() {
    return this.explorer.hidden || !this.clock.count;
  }

  get words() {
    return this.explorer.words("stage");
  }

  /** The step on the screen: [row, column] of an output; of an input for a transposed convolution. */
  get shownStep() {
    const { cell } = this.pointing;
    return isResult(cell) && this.shownView.mode !== "transposed" ? [cell.row + cell.first[0], cell.column + cell.first[1]] : this.clock.at(this.clock.position);
  }

  // ------------------------------------------------------------------ called by the explorer, the clock, the page

  update(view) {
    const isFirst = !this.shownView;
    const changed = isFirst || view.setting !== this.shownView.setting || view.pixels !== this.shownView.pixels;
    this.shownView = view;
    this.clock.frozen = Boolean(this.explorer.moving) || this.explorer.hidden;
    if (changed) this.restart(view, isFirst);
    if (this.paintedTheme !== this.explorer.themeVersion) this.board.forget();
    this.paintedTheme = this.explorer.themeVersion;
    this.prepare();
    this.writeWords();
    this.draw();
    this.clock.go();
  }

  restart(view, isFirst) {
    const { opened } = this.explorer; // the step a link asks for
    this.explorer.opened = null;
    this.waiting = false;
    this.pointing.clear();
    this.find(".board").classList.remove("pinned");
    if (opened) this.clock.position = opened - 1;
    if (opened > 1) this.clock.stop();
    this.clock.restart(stepsOf(view), isFirst || Boolean(opened));
  }

  resized() {
    const width = this.measured();
    if (!this.shownView || width <= 0 || width === this.width) return;
    this.width = width;
    this.prepare();
    this.draw();
  }

  measured() {
    const { root } = this.explorer;
    root.classList.toggle("stacked", root.clientWidth < STACKED_BELOW);
    return this.find(".board").clientWidth;
  }

  prepare() {
    this.width ??= this.measured(); // reading it anew would lay out the whole page in the middle of a frame
    const { hidden, moving } = this.explorer;
    this.board.prepare(this.shownView, this.words, { hidden, moving, width: this.width });
    this.placeCursors();
  }

  tick() {
    if (!this.host.isConnected) return false;
    this.draw();
    return true;
  }

  get position() {
    return this.clock.position;
  }

  get last() {
    return this.clock.last;
  }

  /** Steps a second. */
  get rate() {
    return RATES[this.clock.speed];
  }

  draw() {
    const at = this.pointing.cell ? this.shownStep : this.clock.now();
    this.board.draw({ position: this.clock.position, at, shown: this.shownStep }, this.pointing.cell);
    this.writeStep();
  }

  // ------------------------------------------------------------------ words

  writeWords() {
    const { words: t, shownView: view, explorer } = this;
    this.host.classList.toggle("refused", Boolean(view.refusal));
    this.host.classList.toggle("secret", explorer.hidden);
    this.host.setAttribute("aria-label", t.stage);
    this.find(".hint .touch").textContent = t.hint;
    this.find(".hint .keys").textContent = behind(t.keys);
    this.find(".every summary").textContent = t.every;
    this.find(".unread").innerHTML = explorer.hidden ? "" : aboutUnread(view.axes.map(unused), view.flat, t);
    for (const name of GRIDS) this.find(`.cursor.${name}`).setAttribute("aria-label", t[`walk_${name}`]);
    this.writeBar();
  }

  writeBar() {
    if (this.explorer.data) this.transport.write(this.words, this.explorer.hidden);
  }

  /** What belongs to the step on the screen: count, sum, the board's description. */
  writeStep() {
    const { words: t, shownView: view, pointing, shownStep, isQuiet } = this;
    this.transport.writeStep(t, isQuiet);
    const { html, every } = isQuiet ? { html: "", every: "" } : sumNow(view, pointing.cell, shownStep, t);
    if (this.lastSum !== html) this.find(".sum").innerHTML = this.lastSum = html;
    this.everyProduct = every;
    this.writeEvery();
    this.find(".live").setAttribute("aria-label", describeBoard(view, pointing.cell, shownStep, t, isQuiet));
  }

  writeEvery() {
    const details = this.find(".every");
    details.hidden = !this.everyProduct;
    if (!details.open || this.lastEvery === this.everyProduct) return;
    details.querySelector("p").innerHTML = this.lastEvery = this.everyProduct;
  }

  speak() {
    const text = this.isQuiet ? "" : stepText(this.shownView, this.pointing.cell, this.shownStep, this.words);
    this.find(".spoken").textContent = text;
  }

  // ------------------------------------------------------------------ what fingers, mice and keys ask for

  /** "hover" or "press" at a place of the board; play waits while something is pointed at. */
  pointAt(way, place) {
    if (this.isQuiet) return;
    this.pointing[way](this.shownView, this.planNow(), place);
    this.find(".board").classList.toggle("pinned", this.pointing.pinned);
    if (this.pointing.cell) this.pause();
    else this.resume();
    if (way === "press") this.speak();
  }

  /** A key on the cells of `panel`; false if it means nothing there. */
  walk(panel, key) {
    if (key === "Enter" && this.pointing.cell) this.pointing.pinned = !this.pointing.pinned;
    else if (!this.pointing.walk(this.shownView, panel, key)) return false;
    this.find(".board").classList.toggle("pinned", this.pointing.pinned);
    this.pause();
    this.speak();
    return true;
  }

  release() {
    if (this.pointing.pinned || !this.pointing.cell) return;
    this.pointing.release(this.shownView);
    this.resume();
  }

  pause() {
    if (!this.clock.playing) return;
    this.waiting = true;
    this.clock.playing = false;
    this.clock.hold();
  }

  resume() {
    if (!this.waiting) return;
    this.waiting = false;
    this.clock.playing = !this.clock.paused;
    this.clock.go();
  }

  step(position, commit = true) {
    this.unpoint();
    this.clock.step(position);
    this.draw();
    this.speak();
    if (commit) this.commitStep();
  }

  toggle() {
    this.unpoint();
    this.clock.toggle();
    this.draw();
    if (this.clock.playing) return;
    this.speak();
    this.commitStep();
  }

  unpoint() {
    this.waiting = false;
    if (this.pointing.cell) this.pointing.release(this.shownView);
    this.find(".board").classList.remove("pinned");
  }

  /** The step goes into the link. */
  commitStep() {
    this.explorer.commitStep();
    this.shownView = this.explorer.view;
  }

  /** The step that a link made now should open with. */
  get keptStep() {
    return this.clock.playing || this.waiting ? 1 : this.clock.position + 1;
  }

  // ------------------------------------------------------------------ where things are

  /** The plan with a signal's kernel where it is now. */
  planNow() {
    const { plan } = this.board;
    if (!plan.bars) return plan;
    const kernel = kernelPanelNow(this.shownView, plan, this.clock.now());
    return { ...plan, panels: plan.panels.map((panel) => (panel.name === "kernel" ? kernel : panel)) };
  }

  /** The focus rings of the keyboard's walks lie over the grids. */
  placeCursors() {
    for (const name of GRIDS) {
      const cursor = this.find(`.cursor.${name}`);
      const panel = this.board.plan.panels.find((one) => one.name === name);
      cursor.hidden = !panel || this.isQuiet || (name === "kernel" && this.shownView.mode === "pool");
      if (cursor.hidden) continue;
      const { x, y, cell, rows, columns } = panel;
      const box = { left: x - 2, top: y - 2, width: columns * cell + 3, height: rows * cell + 3 };
      for (const [side, length] of Object.entries(box)) cursor.style[side] = `${length}px`;
    }
  }
}
