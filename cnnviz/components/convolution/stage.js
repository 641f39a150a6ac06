// The stage: where the window is, whether it plays, what is pointed at. One animation loop, kept on the root.

import { role } from "../shared/theme.js";
import { filled } from "../shared/words.js";
import { extent, outputSize, outputValue, paddedReaders, paddedSize, products, ranges, signed, taps, unused } from "./arithmetic.js";
import { formulaText, numbers, symbols } from "./formula.js";
import { margin, paintEmptyOutput, paintFrame, paintFullOutput, paintInput, paintKernel, paintReach, paintWindow, sized } from "./paint.js";

const RATES = [1, 2, 4, 8, 20, 60, 240]; // positions a second
const SLIDE = 180; // milliseconds from one position to the next, at most
const LONGEST_PLAY = 30; // seconds: until a speed is chosen, large outputs play faster
const STACK_BELOW = 640; // CSS pixels of width
const TIGHT_ABOVE = 70; // cells across both grids
const LARGEST_CELL = 0.053; // of the window's height: at 900 a page shows all of a small stage
const TALLEST = [300, 0.34, 560]; // of a grid: at least, share of the window's height, at most
const TALLER = 1.35; // grids whose cells have no room for numbers may be

const ICONS = {
  play: '<path d="M7 4.5v15l12-7.5z"/>',
  pause: '<path d="M6.5 5h4v14h-4zM13.5 5h4v14h-4z"/>',
  back: '<path d="M6 5h2.5v14H6zM19 5v14L9.5 12z"/>',
  forward: '<path d="M15.5 5H18v14h-2.5zM5 5v14l9.5-7z"/>',
};

/** Everything that lives between two data changes. `parent`'s root keeps one Stage for its whole life. */
export class Stage {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.config = null;
    this.position = 0; // of the output, row by row
    this.playing = !this.calm.matches;
    this.paused = this.calm.matches; // by the visitor: then nothing starts by itself
    this.rate = null; // chosen index of RATES, or null: by itself
    this.pointed = null; // { grid: "input" | "output", row, column }
    this.cursor = null; // the pixel that the keyboard is on
    this.slide = null; // { from, start }
    this.frame = 0;
    this.layers = { input: layer(), empty: layer(), full: layer() };
    this.listen();
    this.observer = new ResizeObserver(() => this.layOut());
    this.observer.observe(root);
  }

  /** Called at every data or theme change; play goes on. */
  update({ n, k, p, s, d, strings }) {
    const before = JSON.stringify(this.config);
    this.config = { n, k, p, s, d };
    this.strings = strings;
    if (before !== JSON.stringify(this.config)) this.restart(before === "null");
    this.write();
    this.width = 0; // colours may have changed: paint the layers again
    this.layOut();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
  }

  get size() {
    return outputSize(this.config);
  }

  get last() {
    return Math.max(0, this.size * this.size - 1);
  }

  get speed() {
    const fits = RATES.findIndex((rate) => (this.last + 1) / rate <= LONGEST_PLAY);
    return this.rate ?? Math.max(1, fits < 0 ? RATES.length - 1 : fits);
  }

  restart(first) {
    this.pointed = this.cursor = this.slide = null;
    const over = this.position > this.last || !this.playing;
    if (this.paused) this.position = Math.min(this.position, this.last);
    else if (over || first) this.position = 0;
    this.playing = this.size > 0 && !this.paused;
    this.due = null;
  }

  // ------------------------------------------------------------------ words

  write() {
    const { config: c, strings: t } = this;
    this.find(".formula").innerHTML = `<span class="line">${symbols(c)}</span><span class="line">${numbers(c)}</span>`;
    this.find(".formula").setAttribute("aria-label", formulaText(c));
    const side = (size) => `<b>${size} × ${size}</b>`;
    const plain = side(c.n);
    const padded = `${plain} <span class="quiet"><span class="swatch dashed"></span>${filled(t.padded, { size: `${paddedSize(c)} × ${paddedSize(c)}` })}</span>`;
    this.find(".input figcaption").innerHTML = `${t.input} ${c.p ? padded : plain}`;
    this.find(".kernel figcaption").innerHTML = `${t.kernel} ${side(c.k)}`;
    this.find(".output figcaption").innerHTML = `${t.output} ${this.size ? side(this.size) : ""}`;
    this.find(".none").textContent = filled(t.none, { span: extent(c), padded: paddedSize(c) });
    this.find(".none").hidden = this.size > 0;
    this.root.classList.toggle("refused", this.size === 0);
    const lost = unused(c);
    const which = lost.length === 1 ? t.lost : t.losts;
    this.find(".unread").innerHTML = lost.length ? `<span class="swatch"></span>${filled(which, { list: ranges(lost) })}` : "";
    this.find(".hint").textContent = t.hint;
    this.find(".speed span").textContent = t.speed;
    this.find(".stage").setAttribute("aria-label", t.stage);
    this.find(".input .frame").setAttribute("aria-label", t.pixels);
    label(this.find(".back"), t.back, ICONS.back);
    label(this.find(".forward"), t.forward, ICONS.forward);
    for (const control of this.root.querySelectorAll(".bar button, .scrubber")) control.disabled = this.size === 0;
    const scrubber = this.find(".scrubber");
    scrubber.max = this.last;
    scrubber.setAttribute("aria-label", t.position);
    this.writePlay();
    this.writeSpeed();
  }

  writePlay() {
    label(this.find(".play"), this.playing ? this.strings.pause : this.strings.play, ICONS[this.playing ? "pause" : "play"]);
  }

  writeSpeed() {
    const slider = this.find(".speed input");
    slider.value = this.speed;
    fillTrack(slider);
    slider.setAttribute("aria-valuetext", filled(this.strings.rate, { n: RATES[this.speed] }));
    slider.title = slider.getAttribute("aria-valuetext");
  }

  /** What belongs to the position on the screen: the products, the count, the pictures' descriptions. */
  writePosition() {
    const { config: c, strings: t, size } = this;
    const sum = this.find(".sum");
    if (size === 0) {
      this.find(".count").textContent = "";
      sum.innerHTML = "";
      this.describe(filled(t.none, { span: extent(c), padded: paddedSize(c) }), "");
      return;
    }
    const shown = this.shown;
    const [row, column] = this.at(shown);
    this.find(".scrubber").value = this.position;
    fillTrack(this.find(".scrubber"));
    this.find(".scrubber").setAttribute("aria-valuetext", filled(t.of, { i: this.position + 1, n: this.last + 1 }));
    this.find(".count").textContent = `${this.position + 1} / ${this.last + 1}`;
    if (this.pointed?.grid === "input") {
      sum.innerHTML = this.aboutPixel();
      return;
    }
    sum.innerHTML = productsText(products(c, row, column), outputValue(c, row, column), t);
    const span = (index) => ranges(Array.from({ length: extent(c) }, (_, i) => taps(c, index)[0] + i));
    const words = filled(t.step, { r: row + 1, c: column + 1, sum: signed(outputValue(c, row, column)) });
    this.describe(filled(t.window, { rows: span(row), columns: span(column) }), words);
  }

  describe(input, output) {
    const { config: c, strings: t } = this;
    this.find(".input canvas").setAttribute("aria-label", `${t.input} ${paddedSize(c)} × ${paddedSize(c)}. ${input}`);
    this.find(".output canvas").setAttribute("aria-label", `${t.output} ${this.size} × ${this.size}. ${output}`);
    this.find(".kernel canvas").setAttribute("aria-label", `${t.kernel} ${c.k} × ${c.k}`);
  }

  aboutPixel() {
    const { config: c, strings: t } = this;
    const { row, column } = this.pointed;
    const count = this.readersOf(row).length * this.readersOf(column).length;
    const inside = (index) => index >= c.p && index < c.n + c.p;
    if (!inside(row) || !inside(column)) return filled(t.border, { n: `<b class="role-output">${count}</b>` });
    return filled(t.pixel, { r: row - c.p + 1, c: column - c.p + 1, n: `<b class="role-output">${count}</b>` });
  }

  speak() {
    const [row, column] = this.at(this.position);
    const text =
      this.pointed?.grid === "input"
        ? this.find(".sum").textContent
        : filled(this.strings.step, { r: row + 1, c: column + 1, sum: signed(outputValue(this.config, row, column)) });
    this.find(".spoken").textContent = this.size ? text : "";
  }

  // ------------------------------------------------------------------ layout and drawing

  /** Cells as large as the width allows, the same in both grids, in whole device pixels. */
  layOut() {
    const width = this.find(".stage").clientWidth - 2;
    if (!this.config || width <= 0 || width === this.width) return;
    this.width = width;
    const { config: c } = this;
    const stacked = width < STACK_BELOW;
    this.root.classList.toggle("stacked", stacked);
    const inputCells = Math.max(paddedSize(c), extent(c));
    const tight = !stacked && inputCells + this.size > TIGHT_ABOVE; // then the kernel gives way
    this.root.classList.toggle("tight", tight);
    const kernelCell = tight
      ? Math.max(8, Math.min(16, Math.floor(100 / c.k)))
      : Math.max(16, Math.min(stacked ? 36 : 46, Math.floor(150 / c.k)));
    const side = stacked ? 0 : c.k * kernelCell + (tight ? 75 : 130); // kernel, the two signs, gaps
    const room = width - 36 - (stacked ? 20 : 40 + side);
    const across = stacked ? inputCells : inputCells + (this.size || Math.max(3, Math.ceil(150 / 54)));
    this.ratio = devicePixelRatio || 1;
    const height = tallest() * (inputCells > 24 ? TALLER : 1);
    const wanted = Math.min(Math.max(44, innerHeight * LARGEST_CELL), room / across, height / inputCells);
    const cell = Math.max(2, Math.floor(wanted * this.ratio) / this.ratio);
    this.look = { cell, colors: this.colors(), font: getComputedStyle(this.root).fontFamily };
    this.inputSide = inputCells * cell + margin(cell) + 3;
    this.outputSide = this.size * cell + margin(cell) + 3;
    this.paintLayers(kernelCell);
    this.draw();
    this.go();
  }

  colors() {
    const names = ["input", "padding", "kernel", "output", "wrong", "muted", "text", "background"];
    return Object.fromEntries(names.map((name) => [name, role(this.root, name)]));
  }

  paintLayers(kernelCell) {
    const { config: c, look, ratio, layers } = this;
    paintInput(sized(layers.input, this.inputSide, this.inputSide, ratio), c, look);
    for (const [name, paint] of [["empty", paintEmptyOutput], ["full", paintFullOutput]]) {
      const context = sized(layers[name], this.outputSide, this.outputSide, ratio);
      if (this.size) paint(context, c, look);
    }
    const kernelSide = c.k * kernelCell + 6;
    paintKernel(sized(this.find(".kernel canvas"), kernelSide, kernelSide, ratio), c.k, kernelCell, look);
  }

  draw() {
    this.drawInput();
    this.drawOutput();
    this.writePosition();
  }

  drawInput() {
    const { config: c, look } = this;
    const context = sized(this.find(".input canvas"), this.inputSide, this.inputSide, this.ratio);
    context.drawImage(this.layers.input, 0, 0, this.inputSide, this.inputSide);
    if (this.pointed?.grid === "input") {
      this.drawReaders(context);
      return;
    }
    const [row, column] = this.size ? this.windowAt() : [0, 0];
    paintWindow(context, c, row * c.s, column * c.s, look);
  }

  /** The pixel pointed at, and dashed around it the reach of all windows that read it. */
  drawReaders(context) {
    const { config: c, look } = this;
    const { row, column } = this.pointed;
    const [rows, columns] = [this.readersOf(row), this.readersOf(column)];
    if (rows.length && columns.length) {
      const ends = (found) => [found[0] * c.s, found[found.length - 1] * c.s + extent(c)];
      paintReach(context, ends(rows), ends(columns), look);
    }
    paintFrame(context, row, column, look.colors.input, look);
  }

  drawOutput() {
    const { look, layers, size, outputSide } = this;
    const canvas = this.find(".output canvas");
    canvas.hidden = size === 0;
    if (size === 0) return;
    const context = sized(canvas, outputSide, outputSide, this.ratio);
    context.drawImage(layers.empty, 0, 0, outputSide, outputSide);
    const done = this.position;
    const [row, column] = this.at(done);
    const origin = margin(look.cell);
    context.save();
    context.beginPath();
    context.rect(0, 0, outputSide, origin + row * look.cell);
    context.rect(0, origin + row * look.cell, origin + (column + 1) * look.cell, look.cell);
    if (this.pointed) context.rect(0, 0, outputSide, outputSide);
    context.clip();
    context.drawImage(layers.full, 0, 0, outputSide, outputSide);
    context.restore();
    if (this.pointed?.grid === "input") {
      for (const y of this.readersOf(this.pointed.row)) {
        for (const x of this.readersOf(this.pointed.column)) paintFrame(context, y, x, look.colors.input, look);
      }
      return;
    }
    paintFrame(context, ...this.at(this.shown), look.colors.kernel, look);
  }

  readersOf(index) {
    return this.size ? paddedReaders(this.config)[index] ?? [] : [];
  }

  at(position) {
    return [Math.floor(position / this.size), position % this.size];
  }

  /** The position whose window is on the screen. */
  get shown() {
    return this.pointed?.grid === "output" ? this.pointed.row * this.size + this.pointed.column : this.position;
  }

  /** Output row and column of the window now, fractions while it slides along a row. */
  windowAt() {
    const [row, column] = this.at(this.shown);
    if (!this.slide || this.pointed) return [row, column];
    const [fromRow, fromColumn] = this.at(this.slide.from);
    const share = ease(Math.min(1, (performance.now() - this.slide.start) / this.slide.length));
    return [fromRow + (row - fromRow) * share, fromColumn + (column - fromColumn) * share];
  }

  // ------------------------------------------------------------------ time

  go() {
    if (!this.frame && (this.playing || this.slide)) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.frame = 0;
    if (!this.root.isConnected) return;
    if (this.playing && !this.pointed) this.advance(now);
    else this.due = null;
    if (this.slide && performance.now() - this.slide.start >= this.slide.length) this.slide = null;
    this.draw();
    this.go();
  }

  advance(now) {
    const interval = 1000 / RATES[this.speed];
    this.due ??= now + interval;
    if (now < this.due) return;
    const steps = Math.min(1 + Math.floor((now - this.due) / interval), 50);
    this.due = Math.max(this.due + steps * interval, now - interval);
    if (this.position >= this.last) {
      this.playing = false;
      this.writePlay();
    } else {
      this.move(Math.min(this.last, this.position + steps), interval);
    }
  }

  /** Put the window at `position`; it slides there along a row, and jumps otherwise. */
  move(position, interval = Infinity) {
    const target = Math.max(0, Math.min(this.last, position));
    const [row, column] = this.at(target);
    const [oldRow, oldColumn] = this.at(this.position);
    const near = Math.abs(row - oldRow) + Math.abs(column - oldColumn) === 1;
    const length = Math.min(SLIDE, interval * 0.6);
    this.slide = near && length > 30 && !this.calm.matches ? { from: this.position, start: performance.now(), length } : null;
    this.position = target;
  }

  /** A step by the visitor: stops play, is spoken. */
  step(position) {
    if (!this.size) return;
    this.stop();
    this.pointed = null;
    this.move(position);
    this.draw();
    this.speak();
    this.go();
  }

  stop() {
    this.playing = false;
    this.paused = true;
    this.writePlay();
  }

  toggle() {
    if (!this.size) return;
    if (this.playing) {
      this.stop();
      this.speak();
      return;
    }
    if (this.position >= this.last) this.position = 0;
    this.playing = true;
    this.paused = false;
    this.pointed = this.due = null;
    this.writePlay();
    this.draw();
    this.go();
  }

  // ------------------------------------------------------------------ fingers, mice, keys

  listen() {
    const stage = this.find(".stage");
    this.find(".play").addEventListener("click", () => this.toggle());
    this.find(".back").addEventListener("click", () => this.step(this.position - 1));
    this.find(".forward").addEventListener("click", () => this.step(this.position + 1));
    this.find(".scrubber").addEventListener("input", (event) => this.step(Number(event.target.value)));
    this.find(".speed input").addEventListener("input", (event) => {
      this.rate = Number(event.target.value);
      this.due = null;
      this.writeSpeed();
    });
    stage.addEventListener("keydown", (event) => this.key(event));
    for (const grid of ["input", "output"]) this.listenTo(this.find(`.${grid} canvas`), grid);
    this.find(".input .frame").addEventListener("blur", () => this.point(null));
  }

  listenTo(canvas, grid) {
    const point = (event) => this.point(this.cellUnder(event, canvas, grid));
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.point(null));
    canvas.addEventListener("click", (event) => {
      const cell = this.cellUnder(event, canvas, grid);
      if (grid === "output" && cell) this.step(cell.row * this.size + cell.column);
    });
  }

  cellUnder(event, canvas, grid) {
    const box = canvas.getBoundingClientRect();
    const origin = margin(this.look.cell);
    const row = Math.floor((event.clientY - box.top - origin) / this.look.cell);
    const column = Math.floor((event.clientX - box.left - origin) / this.look.cell);
    const limit = grid === "input" ? paddedSize(this.config) : this.size;
    const inside = row >= 0 && column >= 0 && row < limit && column < limit;
    return inside && this.size ? { grid, row, column } : null;
  }

  point(cell) {
    if (JSON.stringify(cell) === JSON.stringify(this.pointed)) return;
    this.pointed = cell;
    this.slide = null;
    this.draw();
    this.go();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.size) return;
    const onControl = event.target.matches("button, input");
    if (onControl && (event.key === " " || event.target.matches("input"))) return;
    const handled = event.target.matches(".input .frame") ? this.pixelKey(event.key) : false;
    if (handled || this.stageKey(event.key)) event.preventDefault();
  }

  stageKey(key) {
    const moves = {
      ArrowLeft: this.position - 1,
      ArrowRight: this.position + 1,
      ArrowUp: this.position - this.size,
      ArrowDown: this.position + this.size,
      Home: 0,
      End: this.last,
    };
    if (key === " ") this.toggle();
    else if (key in moves) {
      if (moves[key] >= 0 && moves[key] <= this.last) this.step(moves[key]);
    } else return false;
    return true;
  }

  /** Arrow keys on the input walk over its pixels and show who reads each. */
  pixelKey(key) {
    const ways = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (!(key in ways)) return false;
    const { p } = this.config;
    const limit = paddedSize(this.config) - 1;
    const from = this.cursor ?? { row: p - (ways[key][0] > 0), column: p - (ways[key][1] > 0) };
    const clamp = (value) => Math.max(0, Math.min(limit, value));
    this.cursor = { row: clamp(from.row + ways[key][0]), column: clamp(from.column + ways[key][1]) };
    this.point({ grid: "input", ...this.cursor });
    this.speak();
    return true;
  }
}

function tallest() {
  const [least, share, most] = TALLEST;
  return Math.max(least, Math.min(most, innerHeight * share));
}

function layer() {
  return document.createElement("canvas");
}

function label(button, text, icon) {
  if (button.title === text) return;
  button.title = text;
  button.setAttribute("aria-label", text);
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${icon}</svg>`;
}

/** A range's track is filled up to its thumb. */
function fillTrack(range) {
  range.style.setProperty("--filled", `${(100 * range.value) / Math.max(1, range.max)}%`);
}

function ease(share) {
  return share * share * (3 - 2 * share);
}

/** The products written out and their sum; of more than nine the first three and how many there are. */
function productsText(pairs, sum, strings) {
  const one = ([value, factor]) => {
    const shown = factor < 0 ? `(${signed(factor)})` : factor;
    return `<span class="product"><b class="role-input">${value}</b><span class="op">×</span><b class="role-kernel">${shown}</b></span>`;
  };
  const full = pairs.length <= 9;
  const terms = (full ? pairs : pairs.slice(0, 3)).map(one);
  const rest = full ? [] : [`<span class="quiet">… ${filled(strings.products, { n: pairs.length })} …</span>`];
  const plusSign = ' <span class="op">+</span> ';
  return `${[...terms, ...rest].join(plusSign)} <span class="op">=</span> <b class="role-output result">${signed(sum)}</b>`;
}
