// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { correction } from "../src/player/clock";

test("who is in step is left alone", () => {
  assert.deepEqual(correction(0, 1), { move: false, rate: 1 });
  assert.deepEqual(correction(30, 1), { move: false, rate: 1 });
  assert.deepEqual(correction(-300, 8), { move: false, rate: 8 });
});

test("who is ahead goes slower, who is behind faster, never by more than a quarter", () => {
  assert.ok(correction(200, 1).rate < 1);
  assert.ok(correction(-200, 1).rate > 1);
  for (const ahead of [-390, -100, 100, 390]) {
    const { move, rate } = correction(ahead, 2);
    assert.equal(move, false);
    assert.ok(rate >= 1.5 && rate <= 2.5);
  }
});

test("a nudge brings into step within seconds", () => {
  let ahead = 390;
  for (let i = 0; i < 100; i++) ahead += (correction(ahead, 1).rate - 1) * 100;
  assert.ok(Math.abs(ahead) <= 40, `${ahead}`);
});

test("who is far off is moved", () => {
  assert.equal(correction(500, 1).move, true);
  assert.equal(correction(-500, 1).move, true);
  assert.equal(correction(500, 4).move, false);
  assert.equal(correction(5000, 4).move, true);
});
