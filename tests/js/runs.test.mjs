// What the page Runs works out by itself: sorting; and which number a browser keeps.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nextSort } from "../../cnnviz/ui/runs/component/runtable/table.js";
import { remembered } from "../../cnnviz/ui/shared/component/visitor/index.js";

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
