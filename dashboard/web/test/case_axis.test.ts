// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { caseAxis } from "../src/parts/case_axis";
import type { CaseLine } from "../src/shapes";

const at = (text: string) => Date.parse(`${text}:00+08:00`);
const clock = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(11, 16);
const line = (first_day: string, days: string | null): CaseLine => ({ first_day, days, segments: [] });
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is ${b}`);

test("working days are alike, rest days are narrow", () => {
  const axis = caseAxis(line("2026-11-20", "bu--u"), at("2026-11-20T09:00"), at("2026-11-24T12:00"), clock);
  assert.deepEqual(axis.days.map(({ kind }) => kind), ["outside", "used", "rest", "rest", "used"]);
  const widths = axis.days.map(({ from, to }) => to - from);
  near(widths[0] as number, widths[1] as number);
  assert.ok((widths[2] as number) < (widths[1] as number) / 2);
  near(axis.days[4]?.to as number, 1);
});

test("a moment stands in its day, by the office's hours", () => {
  const axis = caseAxis(line("2026-11-24", "bu"), at("2026-11-24T09:00"), at("2026-11-25T17:00"), clock);
  near(axis.place(at("2026-11-24T06:00")), 0);
  near(axis.place(at("2026-11-24T13:00")), 0.25);
  near(axis.place(at("2026-11-25T08:00")), 0.5);
  near(axis.place(at("2026-11-25T23:00")), 1);
  near(axis.place(at("2027-01-01T09:00")), 1);
  near(axis.place(at("2026-01-01T09:00")), 0);
});

test("the due day that is to come has a place", () => {
  const axis = caseAxis(line("2026-11-24", "bu"), at("2026-11-24T09:00"), at("2026-11-30T17:30"), clock);
  assert.equal(axis.days.length, 7);
  assert.deepEqual(axis.days.slice(4, 6).map(({ kind }) => kind), ["rest", "rest"]);
});

test("forty-five days have nine dates below them at most, and five pauses their days", () => {
  const days = "b" + "uuuupp--".repeat(9);
  const axis = caseAxis(line("2026-09-01", days), at("2026-09-01T09:00"), at("2026-11-12T09:00"), clock);
  assert.equal(axis.days.filter(({ kind }) => kind === "paused").length, 18);
  assert.ok(axis.ticks.length <= 9 && axis.ticks[0]?.text === "9-01");
});

test("an hour is drawn by the clock", () => {
  const axis = caseAxis(line("2026-11-24", "b"), at("2026-11-24T09:00"), at("2026-11-24T10:00"), clock);
  assert.equal(axis.days.length, 0);
  near(axis.place(at("2026-11-24T09:15")), 0.25);
  assert.deepEqual(axis.ticks.map(({ text }) => text), ["09:00", "09:15", "09:30", "09:45", "10:00"]);
});

test("what is longer than its days is drawn by the clock too", () => {
  const axis = caseAxis(line("2024-11-24", null), at("2024-11-24T09:00"), at("2026-11-24T09:00"), clock);
  assert.equal(axis.days.length, 0);
  near(axis.place(at("2025-11-24T09:00")), 0.5);
});
