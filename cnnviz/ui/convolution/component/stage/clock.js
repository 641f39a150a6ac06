// Clock: which step is shown, whether it plays, how fast. Knows no DOM; `onTick` is called once a frame while it moves.

export const RATES = [1, 2, 4, 8, 20, 60, 240]; // steps a second
const SLIDE = 180; // milliseconds from one step to the next, at most
const LONGEST_PLAY = 30; // seconds: until a speed is chosen, many steps play faster

/**
 * The position in time, and what moves it.
 */
export class Clock {
  /** @param {{ onTick: () => boolean | void, onState: () => void, calm: boolean }} options `calm`: the visitor wants no motion */
  constructor(options) {
    const { onTick, onState, calm } = options;
    this.onTick = onTick;
    this.onState = onState; // playing or not, faster or slower
    this.calm = calm; // the visitor wants no motion
    this.steps = [0, 0]; // rows, columns
    this.position = 0;
    this.playing = !calm;
    this.paused = calm; // by the visitor: then nothing starts by itself
    this.rate = null; // chosen index of RATES, or null: by itself
    this.slide = null; // { from, start, length }
    this.frame = 0;
    this.due = null;
    this.frozen = false; // a slider is being dragged: time waits, and leaves it the frames
  }

  get count() {
    return this.steps[0] * this.steps[1];
  }

  get last() {
    return Math.max(0, this.count - 1);
  }

  get speed() {
    const fits = RATES.findIndex((rate) => this.count / rate <= LONGEST_PLAY);
    return this.rate ?? Math.max(1, fits < 0 ? RATES.length - 1 : fits);
  }

  setRate(index) {
    this.rate = index;
    this.due = null;
    this.onState();
  }

  /** Another setting, with `steps` [rows, columns]; play goes on where it can. */
  restart(steps, first) {
    this.steps = steps;
    this.slide = this.due = null;
    const over = this.position > this.last || !this.playing;
    if (this.paused || first) this.position = Math.min(this.position, this.last);
    else if (over) this.position = 0;
    this.playing = this.count > 0 && !this.paused;
    this.onState();
    this.go();
  }

  at(position) {
    const columns = this.steps[1] || 1;
    return [Math.floor(position / columns), position % columns];
  }

  /** Row and column of the window now, fractions while it slides along a row. */
  now() {
    const [row, column] = this.at(this.position);
    if (!this.slide) return [row, column];
    const [fromRow, fromColumn] = this.at(this.slide.from);
    const passed = Math.min(1, (performance.now() - this.slide.start) / this.slide.length);
    const share = passed * passed * (3 - 2 * passed);
    return [fromRow + (row - fromRow) * share, fromColumn + (column - fromColumn) * share];
  }

  go() {
    if (this.frozen) return;
    if (!this.frame && (this.playing || this.slide)) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.frame = 0;
    if (this.frozen) return;
    if (this.playing) this.advance(now);
    if (this.slide && performance.now() - this.slide.start >= this.slide.length) this.slide = null;
    if (this.onTick() === false) return;
    this.go();
  }

  advance(now) {
    const interval = 1000 / RATES[this.speed];
    this.due ??= now + interval;
    if (now < this.due) return;
    const steps = Math.min(1 + Math.floor((now - this.due) / interval), 50);
    this.due = Math.max(this.due + steps * interval, now - interval);
    if (this.position < this.last) return this.move(Math.min(this.last, this.position + steps), interval);
    this.playing = false;
    this.onState();
  }

  /** To `position`: it slides there along a row, and jumps otherwise. */
  move(position, interval = Infinity) {
    const target = Math.max(0, Math.min(this.last, position));
    const [row, column] = this.at(target);
    const [oldRow, oldColumn] = this.at(this.position);
    const near = Math.abs(row - oldRow) + Math.abs(column - oldColumn) === 1;
    const length = Math.min(SLIDE, interval * 0.6);
    const slides = near && length > 30 && !this.calm;
    this.slide = slides ? { from: this.position, start: performance.now(), length } : null;
    this.position = target;
  }

  /** A step by the visitor: stops play. */
  step(position) {
    if (!this.count) return;
    this.stop();
    this.move(position);
    this.go();
  }

  stop() {
    this.playing = false;
    this.paused = true;
    this.due = null;
    this.onState();
  }

  /** Stand still without forgetting that it played: something is being looked at. */
  hold() {
    this.slide = this.due = null;
  }

  toggle() {
    if (!this.count) return;
    if (this.playing) return this.stop();
    if (this.position >= this.last) this.position = 0;
    this.playing = true;
    this.paused = false;
    this.due = null;
    this.onState();
    this.go();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
  }
}
