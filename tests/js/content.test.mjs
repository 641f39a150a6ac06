// Typed numbers, a whole photo's layer and sounds: what the convolution page computes beside the stage.
import assert from "node:assert/strict";
import { test } from "node:test";

import { convolveAll, poolAll } from "../../cnnviz/ui/convolution/component/arithmetic/grid.js";
import { packNumbers, unpackNumbers } from "../../cnnviz/ui/convolution/component/arithmetic/pack.js";
import { readNumbers } from "../../cnnviz/ui/convolution/component/content/typednumbers.js";
import { largeFilter } from "../../cnnviz/ui/convolution/component/photo/largefilter.js";
import { resampled, soundOf } from "../../cnnviz/ui/convolution/component/photo/sounds.js";

/** Numbers in [0, 1) that are the same every time. */
function chance(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

test("whatever was typed comes back exactly from a link, which leaves its letters as they are", () => {
  const next = chance(4);
  for (const [channels, height, width] of [[1, 1, 1], [1, 6, 6], [3, 2, 5], [1, 1, 64]]) {
    const one = () => (next() < 0.5 ? 0 : (next() - 0.5) * 10 ** Math.floor(next() * 14 - 9));
    const rows = () => Array.from({ length: height }, () => Array.from({ length: width }, one));
    const values = Array.from({ length: channels }, rows);
    const text = packNumbers(values);
    assert.deepEqual(unpackNumbers(text), values);
    assert.equal(new URLSearchParams({ x: text }).toString(), `x=${text}`);
  }
});

test("28 empty rows of 28 zeros take 6 characters each at most", () => {
  assert.ok(packNumbers([Array.from({ length: 28 }, () => Array(28).fill(0))]).length <= 28 * 6);
});

test("a text that is no packed numbers, or more of them than the stage has room for, is refused as a whole", () => {
  const bad = ["", "x", "1_", "1r1_2", "0*0", "0*65", "1*2*3", "1e999", "1e7", "1c2c3c4", "_", "1__2", "0x10", "1*99_1", "NaN"];
  for (const text of bad) assert.equal(unpackNumbers(text), null, text);
});

test("spaces, commas, semicolons and a spreadsheet's tabs part numbers; an empty line parts channels", () => {
  for (const [text, flat, channels, wanted] of [
    ["1 2 3\n4,5,6", false, 1, [[[1, 2, 3], [4, 5, 6]]]],
    ["1; -2.5\n\n3 ;.5e1\n", false, 1, [[[1, -2.5], [3, 5]]]],
    ["1\t2,5\r\n3\t−4", false, 1, [[[1, 2.5], [3, -4]]]],
    ["1，2、3", false, 1, [[[1, 2, 3]]]],
    ["1\n2\n3", true, 1, [[[1, 2, 3]]]],
    ["1 2\n\n3 4\n\n5 6", false, 3, [[[1, 2]], [[3, 4]], [[5, 6]]]],
  ]) {
    assert.deepEqual(readNumbers(text, { flat, channels }), { channels: wanted }, text);
  }
});

test("what is wrong with a typed text is named with its row, its place in it and the text itself", () => {
  for (const [text, error] of [
    ["1 2\n3 x4", { rule: "notNumber", row: 2, column: 2, token: "x4" }],
    ["1 2 3\n4 5", { rule: "ragged", row: 2, found: 2, wanted: 3 }],
    ["1\t\t3", { rule: "emptyCell", row: 1, column: 2 }],
    ["  \n", { rule: "nothing" }],
    ["1 ".repeat(65), { rule: "tooMany", found: "1 × 65" }],
    ["Infinity", { rule: "notNumber", row: 1, column: 1, token: "Infinity" }],
  ]) {
    assert.deepEqual(readNumbers(text, { flat: false, channels: 1 }), { error }, text);
  }
});

const LAYERS = [
  { kind: "conv", k: 3, p: 1, s: 2, d: 1 },
  { kind: "conv", k: 4, p: 5, s: 1, d: 3 },
  { kind: "transposed", k: 3, p: 1, s: 2, d: 1, o: 1 },
  { kind: "transposed", k: 2, p: 0, s: 3, d: 2 },
  ...[false, true].flatMap((ceil) =>
    ["max", "min", "average", "softmax"].map((pooling) => ({ kind: "pool", k: 3, p: 1, s: 2, d: 1, ceil, pooling })),
  ),
];

for (const layer of LAYERS) {
  test(`row by row a large picture gets the numbers of the stage's: ${JSON.stringify(layer)}`, () => {
    const { pooling = "max", ...shape } = layer;
    const base = { o: 0, ceil: false, average: pooling === "average", ...shape };
    const axes = [{ ...base, n: 14 }, { ...base, n: 19 }];
    const make = (seed, n) => Float64Array.from({ length: n }, (_, i) => Math.sin(seed + i * i));
    const isPool = shape.kind === "pool";
    const pixels = [1, 2, 3].map((seed) => make(seed, 14 * 19));
    const weights = isPool ? [] : [4, 5, 6].map((seed) => make(seed, shape.k ** 2));
    const bias = isPool ? 0 : 0.25;
    const whole = isPool ? poolAll(axes, pooling, pixels).partial : [convolveAll(axes, pixels, weights, bias).values];
    const large = largeFilter({ axes, pooling, pixels, weights, bias });
    for (let y = 0; y < large.size[0]; y++) large.row(y);
    assert.equal(whole.length, isPool ? 3 : 1);
    whole.forEach((map, channel) => {
      assert.equal(map.length, large.values[channel].length);
      map.forEach((value, i) => assert.ok(Math.abs(value - large.values[channel][i]) < 1e-5));
    });
  });
}

test("a tone at another rate is the tone sampled there, and what that rate cannot hold is gone", () => {
  for (const [hertz, rate, share] of [[440, 48_000, 1], [440, 4000, 1], [3000, 4000, 0]]) {
    const tone = (i, each) => Math.sin((2 * Math.PI * hertz * i) / each);
    const found = resampled(Float64Array.from({ length: 4000 }, (_, i) => tone(i, 8000)), 8000, rate);
    assert.equal(found.length, rate / 2);
    for (let i = rate / 20; i < found.length - rate / 20; i++) assert.ok(Math.abs(found[i] - share * tone(i, rate)) < 0.02);
  }
});

test("every sound is 12,800 values within half of what a loudspeaker takes, the same each time", () => {
  for (const name of ["melody", "voice", "sweep"]) {
    const sound = soundOf(name);
    assert.deepEqual(sound, soundOf(name));
    assert.equal(sound.length, 12_800);
    assert.ok(Math.abs(sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0) - 0.5) < 1e-9);
  }
});
