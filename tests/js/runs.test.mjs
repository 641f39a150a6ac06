// What the page Runs works out by itself: sorting, places on axes and brushes; and which number a browser keeps.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nextSort } from "../../cnnviz/ui/runs/component/ledger/table.js";
import { brushOf, isInside, moved, placeOf } from "../../cnnviz/ui/runs/component/parallel/places.js";
import { remembered } from "../../cnnviz/ui/shared/component/visitor/index.js";

/** The same but for the last bits of a number. */
function near(found, wanted) {
  assert.equal(found === null, wanted === null);
  (wanted ?? []).forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-9, `${found}`));
}

test("the first click on a head sorts as one mostly wants it, the next the other way round; when goes by number", () => {
  for (const [column, sort, after] of [
    ["accuracy", "-number", "-accuracy"],
    ["accuracy", "-accuracy", "accuracy"],
    ["accuracy", "accuracy", "-accuracy"],
    ["name", "-number", "name"],
    ["name", "name", "-name"],
    ["when", "name", "-number"],
    ["when", "-number", "number"],
  ]) {
    assert.equal(nextSort(column, sort), after);
  }
});

test("options stand evenly, numbers by their scale, what is not known nowhere", () => {
  for (const [axis, value, place] of [
    [{ options: ["sgd", "adam", "adamw"] }, "adam", 0.5],
    [{ options: ["sgd"] }, "sgd", 0.5],
    [{ options: ["True", "False"] }, "True", 0],
    [{ options: ["sgd"] }, "other", null],
    [{ low: 0, high: 10, log: false }, 2.5, 0.25],
    [{ low: 0.001, high: 0.1, log: true }, 0.01, 0.5],
    [{ low: 3, high: 3, log: false }, 3, 0.5],
    [{ low: 0, high: 1, log: false }, null, null],
  ]) {
    const found = placeOf(axis, value);
    near(found === null ? null : [found], place === null ? null : [place]);
  }
});

test("ends of a brush count in; a run without a value on a brushed axis is out; no brush keeps all", () => {
  assert.ok(isInside([0.5, 0.1], [null, null]));
  assert.ok(isInside([0.5, 0.1], [[0.5, 0.6], null]));
  assert.ok(!isInside([0.5, 0.1], [[0.5, 0.6], [0.2, 1]]));
  assert.ok(!isInside([0.5, null], [null, [0, 1]]));
});

test("a brush drawn upwards or downwards is the same; a click is none; ends do not pass each other; all is none", () => {
  near(brushOf(0.8, 0.2), [0.2, 0.8]);
  near(brushOf(0.5, 0.505), null);
  near(brushOf(-1, 2), [0, 1]);
  near(moved(null, 0, 0.05), [0.05, 1]);
  near(moved([0.2, 0.3], 0, 0.5), [0.3, 0.3]);
  near(moved([0.05, 1], 0, -0.05), null);
  near(moved([0.2, 0.8], 1, 0.5), [0.2, 1]);
});

test("a browser keeps its first number; where nothing can be kept, the given one is all there is", () => {
  const box = new Map();
  const storage = { getItem: (key) => box.get(key) ?? null, setItem: (key, value) => box.set(key, value) };
  const closed = {
    getItem() {
      throw new Error("not allowed");
    },
  };
  const [one, two] = ["1".repeat(32), "2".repeat(32)];
  assert.equal(remembered(storage, one), one);
  assert.equal(remembered(storage, two), one);
  assert.equal(remembered(closed, two), two);
  assert.equal(remembered(null, two), two);
  box.set("cnnviz-visitor", "<script>");
  assert.equal(remembered(storage, two), two);
});
