// Where the learning rate was changed: how the labels of near changes make room for each other.
import "./document.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";

import { lrScaleRules, lrScaleTexts } from "../../cnnviz/ui/training/component/curves/lrScales.js";

const scalesOf = (bottom) => ({ x: (value) => value, right: 600, bottom });

test("each change has its rule; two labels that would touch are on two levels, one at the edge is on the inside", () => {
  const lrScales = [100, 110, 400, 590].map((x) => ({ x, text: "÷10" }));
  assert.equal(lrScaleRules(lrScales, scalesOf(100), 10).length, 4);
  const texts = lrScaleTexts(lrScales, scalesOf(100), 10);
  const levels = texts.map((each) => Number(each.getAttribute("y")));
  assert.ok(levels[0] < levels[1]);
  assert.equal(levels[2], levels[0]);
  assert.deepEqual(texts.map((each) => each.getAttribute("text-anchor")), ["start", "start", "start", "end"]);
});

test("however close changes come, and however long what they say is: no label covers another", () => {
  const near = [[100, "×10"], [101, "×4"], [115, "×0.333"], [136, "÷10"], [160, "×1"]];
  const late = [560, 575, 590].map((x) => [x, "×100"]);
  const lrScales = [...near, ...late].map(([x, text]) => ({ x, text }));
  const boxes = lrScaleTexts(lrScales, scalesOf(300), 10).map((each, i) => {
    const [x, wide] = [Number(each.getAttribute("x")), 8 * lrScales[i].text.length];
    const left = x - (each.getAttribute("text-anchor") === "end" ? wide : 0);
    return { y: Number(each.getAttribute("y")), left, right: left + wide };
  });
  boxes.forEach((box, i) => {
    const covered = boxes.slice(0, i).filter(({ y, left, right }) => y === box.y && box.left < right && left < box.right);
    assert.deepEqual(covered, []);
  });
});
