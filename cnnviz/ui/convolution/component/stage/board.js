// Board: the stage's two canvases, of which one stands still until the setting changes, one moves. Knows no words but captions.

import { role } from "../../../shared/component/theme.js";
import { layOut } from "./layout.js";
import { stamp } from "./moving.js";
import { paintOutput, sized } from "./paint.js";
import { clipTo, paintMoving, paintStamped, paintStill, stampedFor } from "./scene.js";
import { paintBars } from "./strips.js";

const COLORS = ["input", "padding", "kernel", "output", "wrong", "muted", "line", "text", "background", "surface"];
const TALLEST = [300, 0.4, 620]; // of the grids: at least, share of the window's height, at most

/**
 * The two canvases, with what is kept of them from frame to frame.
 */
export class Board {
  /**
   * @param {HTMLElement} host holds the canvases `.still` and `.live`
   * @param {HTMLElement} root
   */
  constructor(host, root) {
    this.host = host; // holds the canvases `.still` and `.live`
    this.root = root;
    this.still = host.querySelector(".still");
    this.live = host.querySelector(".live");
    this.full = new Map(); // panel -> a canvas with all its results
    this.spare = []; // canvases to use again
    this.stamps = new Map(); // panel -> { position, values, touched } of a transposed convolution
  }

  /** A new setting, width, or theme. */
  prepare(view, words, { hidden, moving, width: across }) {
    this.view = view;
    this.ratio = devicePixelRatio || 1;
    this.look = { ...(this.colored ??= this.lookNow(false)), hidden };
    this.plan = layOut(view, across, tallest(), this.ratio, hidden);
    this.full.clear();
    this.stamps.clear();
    const { width, height } = this.plan;
    this.tall = moving ? Math.max(this.tall ?? 0, height) : height; // the page does not jump under a finger
    this.host.style.height = `${this.tall}px`;
    paintStill(sized(this.still, width, height, this.ratio), view, this.plan, this.look, words);
  }

  /** Colours and letters may have changed. */
  forget() {
    this.colored = null;
  }

  lookNow(hidden) {
    const colors = Object.fromEntries(COLORS.map((name) => [name, role(this.root, name)]));
    return { colors, font: getComputedStyle(this.root).fontFamily, ratio: devicePixelRatio || 1, hidden };
  }

  /** One frame. */
  draw(time, pointed) {
    const { width, height } = this.plan;
    const context = sized(this.live, width, height, this.ratio);
    paintMoving(context, this.view, this.plan, this.look, time, pointed, (...given) => this.results(...given));
  }

  /** A result panel after `position` steps, from what is kept. */
  results(context, view, plan, panel, look, position) {
    if (view.mode === "transposed") {
      paintStamped(context, view, panel, look, this.stamped(panel, position + 1), plan.bars);
      return;
    }
    context.save();
    clipTo(context, view, panel, position, plan.bars);
    const all = this.allOf(panel);
    context.drawImage(all, 0, 0, all.width / this.ratio, all.height / this.ratio);
    context.restore();
  }

  allOf(panel) {
    if (!this.full.has(panel)) {
      const { width, height } = this.plan;
      const canvas = (this.spare[this.full.size] ??= new OffscreenCanvas(1, 1));
      const context = sized(canvas, width, height, this.ratio);
      paintOutput(context, this.view, panel, this.look);
      if (this.plan.bars) paintBars(context, this.view, panel, this.plan.bars, this.look);
      this.full.set(panel, canvas);
    }
    return this.full.get(panel);
  }

  /** Sums after `count` stamps; a step forward adds one stamp to what is kept. */
  stamped(panel, count) {
    const kept = this.stamps.get(panel);
    if (kept?.count === count) return kept;
    const { view } = this;
    const next = kept && kept.count < count && count - kept.count < 60 ? kept : { ...stampedFor(view, panel, 0), count: 0 };
    const channels = panel.name === "partial" ? [panel.channel] : view.pixels.map((_, channel) => channel);
    for (; next.count < count; next.count++) {
      for (const channel of channels) stamp(view, channel, next.count, next.values, next.touched, view.axes, view.size);
    }
    this.stamps.set(panel, next);
    return next;
  }
}

function tallest() {
  const [least, share, most] = TALLEST;
  return Math.max(least, Math.min(most, innerHeight * share));
}
