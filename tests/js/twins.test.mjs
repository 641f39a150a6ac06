// Python's twins: what both compute is laid beside the table that Python has written (twins.py, CNNVIZ_TWINS).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { outputSize, readers, refusalOf, unused, windows } from "../../cnnviz/ui/convolution/component/arithmetic/axis.js";
import { linkOf, parseLink } from "../../cnnviz/ui/convolution/component/arithmetic/setting.js";
import { diagnose, slips } from "../../cnnviz/ui/convolution/component/arithmetic/slips.js";
import { windowAt } from "../../cnnviz/ui/layers/component/trace/sums.js";
import { shareText } from "../../cnnviz/ui/shared/component/confusion/shades.js";
import { percent } from "../../cnnviz/ui/shared/component/number.js";
import { numberText } from "../../cnnviz/ui/shared/component/ticks.js";
import { filled, sentencesOf } from "../../cnnviz/ui/shared/component/words.js";

const table = JSON.parse(readFileSync(process.env.CNNVIZ_TWINS, "utf8"));

/** Every row of the table `name`: what `compute` makes of its first part is the rest of it, as JSON has it. */
function alike(name, compute) {
  assert.ok(table[name].length > 0);
  for (const [given, ...python] of table[name]) {
    assert.deepEqual(JSON.parse(JSON.stringify(compute(given))), JSON.parse(JSON.stringify(python)), JSON.stringify(given)); // -0 is 0
  }
}

test("axes: sizes, windows, readers, unread pixels and refusals of all that torch has judged", () => {
  assert.equal(table.axes.length, 28_000);
  alike("axes", (axis) => [refusalOf(axis) ? null : [outputSize(axis), windows(axis), readers(axis), unused(axis)]]);
});

test("slips: the same names in the same order, the same sizes, the same diagnosis", () => {
  alike("slips", (axis) => {
    const all = slips(axis);
    return [all, all.length ? diagnose(axis, all[0][1]) : []];
  });
});

test("links: nothing that one can say is an error; what is no value of its parameter leaves the default", () => {
  alike("links", (link) => {
    const { pixels: _pixels, weights: _weights, ...setting } = parseLink(link).setting;
    return [setting, linkOf(setting, { custom: false })];
  });
});

test("words: gaps are filled and sentences joined alike", () => {
  for (const [template, values, text] of table.filled) assert.equal(filled(template, values), text);
  alike("joined", (parts) => [sentencesOf(parts)]);
});

test("a loss is written in one way, whoever writes it", () => {
  alike("losses", (value) => [numberText(value, "number", 3)]);
});

test("a share is written in one way, and never reads as none or all where it is not", () => {
  alike("shares", (value) => [percent(value)]);
  alike("shares", (value) => [value === 1 ? "100.0%" : `${shareText(value)}%`]); // a full cell of the matrix is "100"
});

test("value traces: what a value of a feature map reads, padding and overhang included", () => {
  alike("traces", ([step, row, column]) => {
    const { shape, values } = windowAt(step, row, column);
    return [[shape, [...values]]];
  });
});
