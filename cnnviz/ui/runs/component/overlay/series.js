// Numbers only: which values of a run are drawn over which axis, smoothed how, and what they span.

export const METRICS = ["loss", "test_loss", "train_accuracy", "test_accuracy"];
export const AXES = ["epoch", "step", "seconds"];
const REACH = 0.25; // of the longest run: how far back the strongest smoothing remembers

/** Whether a metric is a share; on a logarithmic axis it is drawn as what is missing to 1. */
export function isShare(metric) {
  return metric.endsWith("accuracy");
}

/** { at: epochs done, x, y } of one run, y as it is drawn: a share is an error on a logarithmic axis. */
export function lineOf(run, view) {
  const byReport = view.metric === "loss";
  const at = byReport ? run.at : run.epochs;
  const seconds = byReport ? run.seconds : run.epoch_seconds;
  const x = view.x === "epoch" ? at : view.x === "step" ? at.map((each) => each * run.steps) : seconds;
  const turned = isShare(view.metric) && view.log;
  const y = run[view.metric].map((value) => (value === null ? null : turned ? 1 - value : value));
  return { at, x, y };
}

/** Exponential moving average of y over `reach` on `at`, without a pull towards zero; null where nothing is known yet. */
export function smoothed(at, y, reach) {
  let total = 0;
  let weight = 0;
  let before = 0;
  return y.map((value, i) => {
    const forget = reach > 0 ? Math.exp(-(at[i] - before) / reach) : 0;
    before = at[i];
    total *= forget;
    weight *= forget;
    if (value !== null) {
      total += value;
      weight += 1;
    }
    return weight > 0 ? total / weight : null;
  });
}

/** `smooth` is 0 .. 1, `longest` the epochs of the longest run. */
export function reachOf(smooth, longest) {
  return smooth * smooth * REACH * longest;
}

/** Every run's line as it is drawn: { run, raw, line }; `line` is smoothed, `raw` is null where that changes nothing. */
export function linesOf(runs, view) {
  const longest = Math.max(1, ...runs.map((run) => Math.max(run.at.at(-1) ?? 0, run.epochs.at(-1) ?? 0)));
  const reach = reachOf(view.smooth, longest);
  return runs.map((run) => {
    const raw = lineOf(run, view);
    if (!reach) return { run, raw: null, line: raw };
    return { run, raw, line: { ...raw, y: smoothed(raw.at, raw.y, reach) } };
  });
}

/** { x: [from, to], y: [from, to], log } that holds all lines; null if there is nothing to draw. */
export function domainOf(lines, view) {
  const xs = lines.flatMap(({ line }) => line.x);
  const drawn = lines.flatMap(({ line, raw }) => [...line.y, ...(raw ? quiet(raw.y) : [])]);
  const ys = drawn.filter((value) => value !== null && (!view.log || value > 0));
  if (!ys.length) return null;
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const x = [0, Math.max(...xs) * 1.01 || 1];
  if (view.log) return { x, y: [low / 1.25, high * 1.25], log: true };
  if (isShare(view.metric)) return { x, y: [floor(low), 1], log: false };
  return { x, y: [0, high * 1.06 || 1], log: false };
}

/** Behind a smoothed line single leaps do not decide the axis: the highest twentieth is cut off. */
function quiet(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.slice(0, Math.max(1, Math.ceil(known.length * 0.95)));
}

/** The axis of shares starts at 0 while a net still guesses, higher once all are good. */
function floor(low) {
  if (low > 0.95) return Math.floor((low - 0.002) * 100) / 100;
  return low > 0.5 ? Math.max(0, Math.floor((low - 0.02) * 10) / 10) : 0;
}

/** The value of a line at `x`: the last known one up to there; null before the first and after the end. */
export function valueAt(line, x) {
  if (x !== null && line.x.length && x > line.x.at(-1) * (1 + 1e-9) + 1e-9) return null;
  for (let i = line.x.length - 1; i >= 0; i--) {
    if (line.y[i] !== null && (x === null || line.x[i] <= x + 1e-9)) return line.y[i];
  }
  return null;
}
