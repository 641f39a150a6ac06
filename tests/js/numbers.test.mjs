// Numbers on axes, in legends and in a strip of batches.
import assert from "node:assert/strict";
import { test } from "node:test";

import { numberText, roundTicks } from "../../cnnviz/ui/shared/component/ticks.js";
import { grouped, percent } from "../../cnnviz/ui/shared/component/number.js";
import { signed } from "../../cnnviz/ui/training/component/timemachine/text.js";
import { cellEdges, groupSize } from "../../cnnviz/ui/training/component/progress/cells.js";

test("as few batches in a cell as leave it five pixels, in round numbers", () => {
  for (const [count, width, size] of [[1, 600, 1], [3, 300, 1], [120, 600, 1], [600, 600, 5], [60_000, 600, 500], [7, 1, 10]]) {
    assert.equal(groupSize(count, width), size);
    const edges = Array.from({ length: Math.ceil(count / size) - 1 }, (_, i) => (i + 1) * size);
    assert.deepEqual(cellEdges(count, size), edges, "the edges end before the strip does");
  }
});

test("an axis has plain powers of ten", () => {
  assert.deepEqual([1e6, 5e-4].map((each) => numberText(each, "number", null)), ["10⁶", "5×10⁻⁴"]);
});

test("no number of a run that exploded has a row of noughts", () => {
  assert.deepEqual([-2.8e10, 0.123].map(signed), ["−2.8×10¹⁰", "+0.12"]);
});

test("a learning rate has three digits, however small it gets", () => {
  for (const [rate, text] of [[0.005, "0.005"], [0.00021234, "0.000212"], [2.61e-6, "2.61e-6"], [0, "0"]]) {
    assert.equal(numberText(rate, "rate", 3), text);
  }
});

test("only all reads as all", () => {
  for (const [share, text] of [[0.978, "97.8%"], [0.9999, ">99.9%"], [1, "100.0%"], [0, "0.0%"]]) {
    assert.equal(numberText(share, "percent", 1), text);
  }
});

test("a whole per cent never reads as all where it is not; a little may read as none", () => {
  assert.deepEqual([1, 0.996, 0.994, 0.003, 0].map((share) => percent(share, 0)), ["100%", ">99%", "99%", "0%", "0%"]);
});

test("thousands are grouped, and what is no whole number is rounded", () => {
  assert.deepEqual([999, 61_706, 5512.5, 0].map(grouped), ["999", "61,706", "5,513", "0"]);
});

test("an axis has two numbers at the least: one alone would not say how far it goes", () => {
  for (const [low, high, most] of [[0, 0.0039, 2], [0, 2.3, 4], [0.96, 0.97, 2], [0, 1, 4], [0, 7e-9, 2]]) {
    const ticks = roundTicks(low, high, most);
    assert.ok(ticks.length >= 2);
    assert.ok(low <= Math.min(...ticks) && Math.max(...ticks) <= high * (1 + 1e-9));
  }
});
