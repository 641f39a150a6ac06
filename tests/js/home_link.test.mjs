// The first page's link: what the browser writes it reads again; what it cannot mean is as if it were not there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { readLink, writeLink } from "../../cnnviz/ui/home/component/link.js";

const SETS = 8;
const PIXELS = 28 * 28;
const HOSTILE = [
  "", "x", "-1", "10", "1.0", "1e0", "٣", "3 ", "9".repeat(400), "NaN", "Infinity", "null", "constructor", "AA", "A",
  "AAAA", "=", "%00", "<img src=x>", "________", "-".repeat(1569), "AP8", "AP8A_wD_ABM", "AP8A_wD_ABP", "\n3", "🙂",
  "AAE".repeat(784),
];

test("a picture comes back bit by bit, with every grey level; what others keep in the link stays", () => {
  for (const ink of [1, 50, 300, PIXELS]) {
    const drawing = new Uint8Array(PIXELS);
    for (let i = 0; i < ink; i++) drawing[(i * 389) % PIXELS] = 1 + ((i * 97) % 255); // 389 and 784 share no factor
    const link = writeLink("?lang=zh&home_digit=1", { drawing });
    assert.ok(link.startsWith("lang=zh&home_drawing="));
    assert.ok(!link.includes("home_digit"));
    assert.deepEqual(readLink(link, SETS), { drawing });
  }
});

test("a digit comes back; sets are counted from 1 in the link, left out it is the first", () => {
  for (const place of [{ digit: 0, set: 0 }, { digit: 9, set: 7 }]) {
    assert.deepEqual(readLink(writeLink("?lang=zh", place), SETS), place);
    assert.deepEqual(readLink(`home_digit=${place.digit}`, SETS), { digit: place.digit, set: 0 });
  }
});

test("no such digit, no such set, no such picture, or an empty one", () => {
  for (const name of ["home_digit", "home_set", "home_drawing"]) {
    for (const text of HOSTILE) {
      const query = `${name}=${text}${name === "home_set" ? "&home_digit=3" : ""}`;
      assert.deepEqual(readLink(query, SETS), {}, query);
    }
  }
});
