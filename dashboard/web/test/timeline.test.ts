// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DAY,
  LONGEST,
  type Mark,
  type MarkKind,
  SHORTEST,
  barsOf,
  daysAround,
  groupAt,
  groupsOf,
  hasSeconds,
  markFrom,
  msAt,
  nextStart,
  panned,
  revealing,
  spanAt,
  ticksOf,
  xOf,
  zoomed,
} from "../src/parts/timeline_view";

const T0 = Date.parse("2026-11-24T00:00:00+08:00");
const day = { fromMs: T0, toMs: T0 + DAY };
const mark = (minutes: number, kind: MarkKind = "rating_bad", n = 1): Mark => ({
  kind, n, id: `${kind}${minutes}`, atMs: T0 + minutes * 60_000, counter: null, level: null, text: null, flag: null,
  case_number: null, by: null,
});

test("pixels and moments are each other's inverse", () => {
  for (const x of [0, 1, 480, 960]) assert.equal(Math.round(xOf(day, 960, msAt(day, 960, x))), x);
  assert.equal(msAt(day, 960, 480), T0 + DAY / 2);
});

test("zooming keeps the moment under the pointer", () => {
  for (const share of [0, 0.25, 0.9]) {
    const about = T0 + DAY * share;
    const near = zoomed(day, 0.25, about);
    assert.equal(near.toMs - near.fromMs, DAY / 4);
    assert.ok(Math.abs(xOf(near, 1000, about) - xOf(day, 1000, about)) < 0.001);
  }
});

test("zoom ends at a minute and at a week", () => {
  let view = day;
  for (let i = 0; i < 40; i++) view = zoomed(view, 0.5, T0 + DAY / 3);
  assert.equal(Math.round(view.toMs - view.fromMs), SHORTEST);
  for (let i = 0; i < 40; i++) view = zoomed(view, 2, T0 + DAY / 3);
  assert.equal(Math.round(view.toMs - view.fromMs), LONGEST);
  assert.ok(view.fromMs < T0 + DAY / 3 && T0 + DAY / 3 < view.toMs);
});

test("a moment outside is brought in, one inside moves nothing", () => {
  const hour = { fromMs: T0, toMs: T0 + 3_600_000 };
  assert.equal(revealing(hour, T0 + 60_000), hour);
  for (const ms of [T0 - 5_000, T0 + 2 * 3_600_000]) {
    const view = revealing(hour, ms);
    assert.ok(view.fromMs < ms && ms < view.toMs);
    assert.equal(view.toMs - view.fromMs, 3_600_000);
  }
  assert.deepEqual(panned(hour, 1000), { fromMs: T0 + 1000, toMs: T0 + 3_601_000 });
});

test("ticks are round times of the hall and their words do not touch", () => {
  for (const [length, width] of [[DAY, 1800], [DAY, 340], [3_600_000, 900], [60_000, 340], [7 * DAY, 1800]] as const) {
    const view = { fromMs: T0 + 1_234, toMs: T0 + 1_234 + length };
    const ticks = ticksOf(view, width, 480);
    const words = ticks.filter((tick) => tick.hasWord);
    assert.ok(words.length >= 2, `${length} on ${width}`);
    for (let i = 1; i < words.length; i++) {
      const apart = xOf(view, width, words[i]!.ms) - xOf(view, width, words[i - 1]!.ms);
      assert.ok(apart >= 66, `${length} on ${width}: ${apart}`);
    }
    assert.ok(ticks.every((tick) => tick.ms % 5_000 === 0 && tick.ms >= view.fromMs && tick.ms <= view.toMs));
  }
  const midnight = ticksOf({ fromMs: T0 - 7_200_000, toMs: T0 + 7_200_000 }, 900, 480).filter((tick) => tick.isDay);
  assert.deepEqual(midnight.map((tick) => tick.ms), [T0]);
});

test("seconds are written only where ticks need them", () => {
  assert.equal(hasSeconds(day, 1800), false);
  assert.equal(hasSeconds({ fromMs: T0, toMs: T0 + 120_000 }, 1800), true);
});

test("spans that cannot be told apart are one bar", () => {
  const spans = Array.from({ length: 4000 }, (_, i) => ({ fromMs: T0 + i * 21_600, toMs: T0 + i * 21_600 + 20_000 }));
  const bars = barsOf(spans, day, 1000);
  assert.equal(bars.length, 1);
  assert.ok(bars[0]!.width > 999);
  const near = barsOf(spans, { fromMs: T0, toMs: T0 + 216_000 }, 1000);
  assert.equal(near.length, 10);
  assert.ok(Math.abs(near[1]!.x - 100) < 0.01 && Math.abs(near[1]!.width - 92.6) < 0.1);
});

test("bars end at the view, and a short span is still seen", () => {
  const hour = { fromMs: T0, toMs: T0 + 3_600_000 };
  const spans = [{ fromMs: T0 - DAY, toMs: T0 + 1_800_000 }, { fromMs: T0 + 2_700_000, toMs: T0 + 2_700_500 },
    { fromMs: T0 + DAY, toMs: T0 + 2 * DAY }];
  assert.deepEqual(barsOf(spans, hour, 100), [{ x: 0, width: 50 }, { x: 75, width: 1 }]);
});

test("marks that would cover one another are one group of the gravest", () => {
  const marks = [mark(10, "rating_good"), mark(11, "rating_bad"), mark(12, "bookmark", 3), mark(600, "flag")];
  const groups = groupsOf(marks, day, 1000, 14);
  assert.deepEqual(groups.map((group) => [group.kind, group.n, group.marks.length]), [["rating_bad", 5, 3], ["flag", 1, 1]]);
  assert.ok(Math.abs(groups[0]!.x - xOf(day, 1000, marks[1]!.atMs)) < 0.001);
  const near = groupsOf(marks, { fromMs: T0 + 590_000, toMs: T0 + 800_000 }, 1000, 14);
  assert.deepEqual(near.map((group) => group.kind), ["rating_good", "rating_bad", "bookmark"]);
});

test("thousands of marks become as many groups as fit, and none is lost", () => {
  const marks = Array.from({ length: 2000 }, (_, i) => mark(i * 0.72, i % 7 ? "rating_good" : "rating_bad"));
  const groups = groupsOf(marks, day, 1400, 14);
  assert.ok(groups.length <= 101);
  assert.equal(groups.reduce((sum, group) => sum + group.n, 0), 2000);
});

test("the number of a group has room beside its shape", () => {
  const marks = [...Array.from({ length: 150 }, (_, i) => mark(i / 100)), mark(30), mark(60)];
  const groups = groupsOf(marks, day, 1440, 14);
  assert.deepEqual(groups.map((group) => group.n), [151, 1]);
});

test("a pointer hits the nearest group within reach", () => {
  const groups = groupsOf([mark(0), mark(60), mark(120)], day, 1440, 14);
  assert.equal(groupAt(groups, 64, 10)?.marks[0]?.id, "rating_bad60");
  assert.equal(groupAt(groups, 30, 10), null);
  assert.equal(groupAt([], 30, 10), null);
});

test("next and previous mark, from a mark on to the one beyond", () => {
  const marks = [mark(10), mark(20), mark(30)];
  assert.equal(markFrom(marks, T0, 1)?.id, "rating_bad10");
  assert.equal(markFrom(marks, T0 + 10 * 60_000, 1)?.id, "rating_bad20");
  assert.equal(markFrom(marks, T0 + 10 * 60_000 + 300, 1)?.id, "rating_bad20");
  assert.equal(markFrom(marks, T0 + 20 * 60_000, -1)?.id, "rating_bad10");
  assert.equal(markFrom(marks, T0 + 30 * 60_000, 1), null);
  assert.equal(markFrom(marks, T0, -1), null);
});

test("where recording is and where it goes on", () => {
  const spans = [{ fromMs: 10, toMs: 20 }, { fromMs: 30, toMs: 40 }];
  assert.equal(spanAt(spans, 10), spans[0]);
  assert.equal(spanAt(spans, 20), null);
  assert.equal(nextStart(spans, 20), 30);
  assert.equal(nextStart(spans, 30), null);
  assert.equal(nextStart([], 1), null);
});

test("what is read are the hall's whole days", () => {
  assert.deepEqual(daysAround(day, 480), day);
  assert.deepEqual(daysAround({ fromMs: T0 - 1, toMs: T0 + 1 }, 480), { fromMs: T0 - DAY, toMs: T0 + DAY });
});
