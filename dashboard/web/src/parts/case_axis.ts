// SPDX-License-Identifier: Apache-2.0
// Case axis: where a moment of a case's life stands on its line, from 0 to 1. Pure.
//
// Each working day is as wide as another and a rest day a third of it, so that three weeks with a holiday in them do not
// look like a delay; within a day the office's hours are what counts. A life of one day, or one that is too long for
// days, is drawn by the clock.
import type { CaseLine } from "../shapes";
import { addDays, dayOf, dayStart } from "../time";

export type DayKind = "used" | "paused" | "outside" | "rest";

export interface Day {
  day: string;
  kind: DayKind;
  from: number; // of the line
  to: number;
}

export interface Axis {
  days: Day[]; // empty: drawn by the clock
  ticks: { at: number; text: string }[];
  place: (ms: number) => number;
}

const KINDS: Record<string, DayKind> = { u: "used", p: "paused", b: "outside", "-": "rest" };
const REST_WIDTH = 0.34;
const OFFICE = [8 * 3_600_000, 18 * 3_600_000] as const; // about; the exact hours do not matter here
const TICKS_MAX = 9;

const within = (share: number) => Math.min(1, Math.max(0, share));
const monthDay = (day: string) => `${Number(day.slice(5, 7))}-${day.slice(8, 10)}`;

function daysOf(line: CaseLine, untilMs: number): Day[] {
  const kinds = [...(line.days ?? "")].map((letter) => KINDS[letter] ?? "rest");
  // What is still to come up to the due day, so that it has a place; which of those days are worked is not known here.
  const end = dayOf(untilMs);
  for (let day = addDays(line.first_day, kinds.length); day <= end && kinds.length < 400; day = addDays(day, 1))
    kinds.push(["0", "6"].includes(String(new Date(`${day}T12:00:00Z`).getUTCDay())) ? "rest" : "outside");
  const width = (kind: DayKind) => (kind === "rest" ? REST_WIDTH : 1);
  const whole = kinds.reduce((sum, kind) => sum + width(kind), 0);
  let at = 0;
  return kinds.map((kind, i) => {
    const from = at / whole;
    at += width(kind);
    return { day: addDays(line.first_day, i), kind, from, to: at / whole };
  });
}

function byDays(days: Day[]): Axis {
  const first = days[0] as Day;
  const last = days[days.length - 1] as Day;
  const place = (ms: number) => {
    const name = dayOf(ms);
    if (name < first.day) return 0;
    if (name > last.day) return 1;
    const day = days.find((one) => one.day === name) ?? last;
    const share = within((ms - dayStart(name) - OFFICE[0]) / (OFFICE[1] - OFFICE[0]));
    return day.from + (day.to - day.from) * share;
  };
  const each = Math.ceil(days.length / TICKS_MAX);
  const ticks = days.filter((_, i) => i % each === 0).map((day) => ({ at: (day.from + day.to) / 2, text: monthDay(day.day) }));
  return { days, ticks, place };
}

function byClock(fromMs: number, toMs: number, isOneDay: boolean, clock: (ms: number) => string): Axis {
  const span = Math.max(60_000, toMs - fromMs);
  const each = [0, 0.25, 0.5, 0.75, 1];
  const text = (ms: number) => (isOneDay ? clock(ms) : monthDay(dayOf(ms)));
  return { days: [], ticks: each.map((at) => ({ at, text: text(fromMs + at * span) })), place: (ms) => within((ms - fromMs) / span) };
}

// fromMs and toMs: the first and the last moment that has to have a place. clock: the time of day in words.
export function caseAxis(line: CaseLine, fromMs: number, toMs: number, clock: (ms: number) => string): Axis {
  const isOneDay = dayOf(fromMs) === dayOf(toMs);
  return isOneDay || !line.days ? byClock(fromMs, toMs, isOneDay, clock) : byDays(daysOf(line, toMs));
}
