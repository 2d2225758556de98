// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { groups, kbitText, lonelyOf, rateText, shareText } from "../src/figures";

for (const [n, of, text] of [
  [19_880, 19_881, "99.9%"],
  [19_881, 19_881, "100%"],
  [1, 20_000, "0.1%"],
  [0, 20, "0%"],
  [0, 0, "—"],
  [2, 3, "66.7%"],
] as const) {
  test(`${n} of ${of} is ${text}`, () => assert.equal(rateText({ n, of }), text));
}

test("thousands are grouped", () => {
  assert.equal(groups(999), "999");
  assert.equal(groups(1_234_567), "1,234,567");
  assert.equal(shareText({ n: 19_880, of: 19_881 }), "19,880 / 19,881");
});

test("bit rates", () => {
  assert.equal(kbitText(158.4), "158 kbit/s");
  assert.equal(kbitText(4_210), "4.2 Mbit/s");
});

test("a value between none is a point", () => {
  assert.deepEqual(lonelyOf([null, 98, null, 97, 96, null, 95]), [1, 6]);
  assert.deepEqual(lonelyOf([98]), [0]);
  assert.deepEqual(lonelyOf([98, 97]), []);
  assert.deepEqual(lonelyOf([]), []);
});
