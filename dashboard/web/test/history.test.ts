// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { lastOf, seriesOf, totalsOf } from "../src/history";
import type { CameraHistory } from "../src/shapes";

const MINUTE = 60_000;
const FROM = 1_000 * MINUTE;

function history(rows: number[][], to: number): CameraHistory {
  const column = (i: number) => rows.map((row) => row[i] as number);
  return {
    step_ms: MINUTE,
    from_ms: FROM,
    to_ms: to,
    at_ms: column(0),
    live_ms: column(1),
    frames: column(2),
    bytes: column(3),
    keys: column(4),
    reconnects: column(5),
    lost: column(6),
    offset_ms: rows.map((row) => row[7] ?? null),
  };
}

// minute, live ms, frames, bytes, keys, reconnects, lost, offset ms
const DAY = history(
  [
    [FROM, 60_000, 1_500, 30_000_000, 30, 1, 0, -2_500],
    [FROM + 2 * MINUTE, 30_000, 750, 15_000_000, 15, 2, 7],
  ],
  FROM + 2 * MINUTE + 40_000,
);

test("a minute without a row is one in which the box was off", () => {
  const series = seriesOf(DAY);
  assert.deepEqual(series.at, [FROM / 1000, FROM / 1000 + 60, FROM / 1000 + 120]);
  assert.deepEqual(series.fps, [25, null, 25]);
  assert.deepEqual(series.live, [1, null, 0.75]); // of the 40 s that have passed of the last one
  assert.deepEqual(series.mbit, [4, null, 4]);
  assert.deepEqual(series.gop, [2, null, 2]);
  assert.deepEqual(series.reconnects, [1, null, 2]);
  assert.deepEqual(series.offset, [-2.5, null, null]);
  assert.equal(lastOf(series.offset), -2.5);
});

test("totals name what they are of", () => {
  assert.deepEqual(totalsOf(DAY), { live_ms: 90_000, on_ms: 100_000, reconnects: 3, lost: 7 });
});

test("a camera that was away all the time has no rates", () => {
  const series = seriesOf(history([[FROM, 0, 0, 0, 0, 0, 0]], FROM + MINUTE - 1));
  assert.deepEqual([series.fps, series.gop, series.mbit, series.live], [[null], [null], [null], [0]]);
  assert.equal(lastOf(series.fps), null);
});
