// Newest data: what Streamlit calls too late is not drawn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { forNewest } from "../../cnnviz/ui/shared/component/newest.js";

const place = () => ({});

/** The data drawn of calls [data, made], all in `parentElement` unless it says another. */
function drawn(calls, parentElement = place()) {
  const seen = [];
  const component = forNewest(({ data: [data] }) => seen.push(data));
  for (const [data, made, other] of calls) component({ data: [data, made], parentElement: other ?? parentElement });
  return seen;
}

test("older data that come last are left out", () => {
  assert.deepEqual(drawn([["ready", 2], ["loading", 1], ["later", 3]]), ["ready", "later"]);
});

test("the same data are drawn again, in another theme for example", () => {
  assert.deepEqual(drawn([["a", 2], ["a", 2]]), ["a", "a"]);
});

test("each place has its own", () => {
  assert.deepEqual(drawn([["a", 2], ["b", 1, place()]]), ["a", "b"]);
});

test("a server whose clock is far behind is followed", () => {
  assert.deepEqual(drawn([["a", 1_000_000], ["b", 1_000]]), ["a", "b"]);
});

test("a component ends when its place has left the page, not when Streamlit drops one of two calls", async () => {
  let ended = 0;
  const draw = forNewest(() => () => ended++);
  const here = { isConnected: true };
  const end = draw({ data: [{}, 1], parentElement: here });
  end();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(ended, 0);
  here.isConnected = false;
  end();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(ended, 1);
  assert.equal(forNewest(() => 3)({ data: [{}, 1], parentElement: {} }), 3);
});
