// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { PIECE_PX, momentAt, trackBars } from "../src/parts/timeline_bars";
import { DAY, type Span, xOf } from "../src/parts/timeline_view";

const T0 = Date.parse("2026-11-24T00:00:00+08:00");
const day = { fromMs: T0, toMs: T0 + DAY };
const WIDTH = 1440; // a minute is a pixel
const at = (minutes: number, seconds: number): Span => ({ fromMs: T0 + minutes * 60_000, toMs: T0 + minutes * 60_000 + seconds * 1000 });
const round = (value: number) => Math.round(value * 10) / 10;
const shape = (spans: Span[], view = day) => trackBars(spans, view, WIDTH).map((bar) => [round(bar.x), round(bar.width), bar.kind]);

test("twenty seconds of a day are seen, where they are", () => {
  assert.deepEqual(shape([at(600, 20)]), [[598.7, 3, "recorded"]]);
});

test("so are five seconds that are missing", () => {
  const spans = [at(0, 600 * 60), { fromMs: T0 + 600 * 60_000 + 5_000, toMs: T0 + DAY }];
  assert.deepEqual(shape(spans), [[0, 598.5, "recorded"], [601.5, 838.5, "recorded"]]);
});

test("long pieces are where they are, to the pixel", () => {
  assert.deepEqual(shape([at(10, 600), at(60, 3600)]), [[10, 10, "recorded"], [60, 60, "recorded"]]);
  assert.deepEqual(shape([at(-10, 1200), at(1430, 3600)]), [[0, 10, "recorded"], [1430, 10, "recorded"]]);
  assert.deepEqual(shape([at(-10, 30 * 3600)]), [[0, 1440, "recorded"]]);
  assert.deepEqual(shape([at(-10, 300), at(2000, 300)]), []);
  assert.deepEqual(shape([]), []);
});

test("two short ones beside one another keep their order and both are seen", () => {
  const [first, second, ...more] = trackBars([at(600, 20), at(601, 20)], day, WIDTH);
  assert.ok(first && second && more.length === 0);
  assert.ok(first.width >= PIECE_PX - 0.01 && second.width >= PIECE_PX - 0.01 && second.x - (first.x + first.width) >= PIECE_PX - 0.01);
  assert.ok(Math.abs(first.x - 600) < 6 && Math.abs(second.x - 601) < 6);
});

test("a camera that drops each 20 s is one ragged bar, of its true length; near by it can be told apart", () => {
  const spans = Array.from({ length: 1000 }, (_, i) => ({ fromMs: T0 + 3_600_000 + i * 25_000, toMs: T0 + 3_600_000 + i * 25_000 + 20_000 }));
  assert.deepEqual(shape([at(10, 600), ...spans, at(900, 3600)]), [[10, 10, "recorded"], [60, 416.6, "ragged"], [900, 60, "recorded"]]);
  assert.equal(trackBars(spans, { fromMs: T0 + 3_600_000, toMs: T0 + 3_600_000 + 250_000 }, WIDTH).length, 10);
});

test("what a clock set back recorded twice is one span", () => {
  assert.deepEqual(shape([at(60, 3600), at(30, 3600)]), [[30, 90, "recorded"]]);
});

test("whatever was recorded: order is kept, every bar is seen, and none is far from its place", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 200; round++) {
    const spans: Span[] = [];
    const scale = 10 ** (1 + 3 * random());
    for (let ms = T0 + 1000; ms < T0 + DAY && spans.length < 3000; ) {
      const toMs = ms + 1000 + random() ** 3 * scale * 1000;
      spans.push({ fromMs: ms, toMs });
      ms = toMs + 1000 + random() ** 3 * scale * 1000;
    }
    let end = 0;
    for (const bar of trackBars(spans, day, WIDTH)) {
      assert.ok(bar.x >= end - 0.01, "they cover one another");
      assert.ok(bar.width >= PIECE_PX - 0.01 || bar.x < 6 || bar.x + bar.width > WIDTH - 6, `${bar.width} px`);
      end = bar.x + bar.width;
      const near = spans.some((span) => xOf(day, WIDTH, span.fromMs) < end + 10 && xOf(day, WIDTH, span.toMs) > bar.x - 10);
      assert.ok(near, "nothing was recorded there");
    }
  }
});

test("who points at what is drawn means it, though its true place is beside", () => {
  const short = at(600, 20);
  const moment = (spans: Span[], x: number) => (momentAt(spans, trackBars(spans, day, WIDTH), day, WIDTH, x) - T0) / 1000;
  assert.equal(moment([short], 599), 36_000);
  assert.equal(moment([short], 601), 36_019.999);
  assert.equal(moment([short], 590), 35_400);
  const cut = [at(0, 600 * 60), { fromMs: T0 + 600 * 60_000 + 5_000, toMs: T0 + DAY }];
  assert.equal(moment(cut, 599), 36_000); // in the gap
  assert.equal(moment(cut, 601), 36_004.999);
  assert.equal(moment(cut, 700), 42_000);
  assert.equal(moment([], 700), 42_000);
});
