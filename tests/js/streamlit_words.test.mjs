// Streamlit's words and their translations: found by pattern, and taken back by the same pairs turned round.
import assert from "node:assert/strict";
import { test } from "node:test";

import { translator } from "../../cnnviz/ui/shared/component/streamlitwords/index.js";

const PAIRS = [["Open", "打开"], ["Help for {name}", "“{name}”的说明"], ["{size} per file", "每个文件不超过 {size}"]];

test("a pattern has whatever name, and the pairs turned round undo it", () => {
  const [there, back] = [translator(PAIRS), translator(PAIRS.map(([english, chinese]) => [chinese, english]))];
  for (const [english, chinese] of [
    ["Open", "打开"],
    ["Help for 批量 大小", "“批量 大小”的说明"],
    ["16MB per file", "每个文件不超过 16MB"],
  ]) {
    assert.equal(there(english), chinese);
    assert.equal(back(chinese), english);
  }
  assert.equal(there("Openly"), undefined);
  assert.equal(back(""), undefined);
});
