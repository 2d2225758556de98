// SPDX-License-Identifier: Apache-2.0
// Timeline view: which stretch of time is shown on how many pixels, and what of recordings and marks fits there.
// Pure; tested in test/timeline.test.ts.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Span {
  fromMs: number;
  toMs: number;
}

export interface Gap extends Span {
  reason: string;
}

export type MarkKind = "rating_bad" | "overdue" | "flag" | "bookmark" | "rating_good";
// The gravest first: where several share a place, the first of them is drawn.
export const MARK_KINDS: MarkKind[] = ["rating_bad", "overdue", "flag", "bookmark", "rating_good"];

export interface Mark {
  kind: MarkKind;
  id: string;
  atMs: number;
  n: number; // how many it stands for
  counter: string | null;
  level: number | null;
  text: string | null;
  flag: string | null;
  case_number: string | null;
  by: string | null;
}

export const SHORTEST = MINUTE;
export const LONGEST = 7 * DAY;

const lengthOf = (span: Span) => span.toMs - span.fromMs;

export function msAt(view: Span, width: number, x: number): number {
  return view.fromMs + (lengthOf(view) * x) / Math.max(1, width);
}

export function xOf(view: Span, width: number, ms: number): number {
  return ((ms - view.fromMs) / lengthOf(view)) * width;
}

// Makes what is shown factor times as long; the moment under the pointer stays there.
export function zoomed(view: Span, factor: number, aboutMs: number): Span {
  const length = Math.min(LONGEST, Math.max(SHORTEST, lengthOf(view) * factor));
  const share = (aboutMs - view.fromMs) / lengthOf(view);
  const fromMs = aboutMs - length * share;
  return { fromMs, toMs: fromMs + length };
}

export function panned(view: Span, byMs: number): Span {
  return { fromMs: view.fromMs + byMs, toMs: view.toMs + byMs };
}

// Moves only when the moment is outside: it is then a tenth of the way in.
export function revealing(view: Span, ms: number): Span {
  const margin = lengthOf(view) / 10;
  if (ms < view.fromMs) return panned(view, ms - margin - view.fromMs);
  if (ms > view.toMs) return panned(view, ms - margin - view.fromMs);
  return view;
}

export interface Tick {
  ms: number;
  isDay: boolean; // midnight: the date is written there
  hasWord: boolean;
}

const STEPS = [
  5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,
  2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
];
const WORD_PX = 68;

// Every tick is a round time of the hall's clock; every fifth or so has a word, as many as fit.
export function ticksOf(view: Span, width: number, offsetMinutes: number): Tick[] {
  const perMs = width / lengthOf(view);
  const words = STEPS.find((step) => step * perMs >= WORD_PX) ?? DAY;
  const smaller = STEPS.filter((step) => step < words && words % step === 0 && step * perMs >= 9);
  const step = smaller[0] ?? words;
  const shift = offsetMinutes * MINUTE;
  const ticks: Tick[] = [];
  for (let local = Math.ceil((view.fromMs + shift) / step) * step; local <= view.toMs + shift; local += step) {
    ticks.push({ ms: local - shift, isDay: local % DAY === 0, hasWord: local % words === 0 });
  }
  return ticks;
}

export function hasSeconds(view: Span, width: number): boolean {
  return (lengthOf(view) / Math.max(1, width)) * WORD_PX < MINUTE;
}

export interface Bar {
  x: number;
  width: number;
}

// What can be told apart on the screen: a camera that drops each 20 s has thousands of spans a day.
export function barsOf(spans: Span[], view: Span, width: number, apartPx = 1): Bar[] {
  const bars: Bar[] = [];
  for (const span of spans) {
    const from = Math.max(0, xOf(view, width, span.fromMs));
    const to = Math.min(width, xOf(view, width, span.toMs));
    if (to <= 0 || from >= width) continue;
    const last = bars[bars.length - 1];
    if (last && from - (last.x + last.width) < apartPx) last.width = Math.max(last.width, to - last.x);
    else bars.push({ x: from, width: Math.max(1, to - from) });
  }
  return bars;
}

export interface MarkGroup {
  x: number;
  kind: MarkKind; // the gravest in it
  n: number;
  marks: Mark[];
}

const rank = (kind: MarkKind) => MARK_KINDS.indexOf(kind);

const DIGIT_PX = 8;

// A group's number stands beside its shape.
const numberPx = (group: MarkGroup) => (group.n > 1 ? String(group.n).length * DIGIT_PX : 0);

// Marks that would cover one another are one group, at the place of the gravest. marks: in order of time.
export function groupsOf(marks: Mark[], view: Span, width: number, roomPx: number): MarkGroup[] {
  const groups: MarkGroup[] = [];
  for (const mark of marks) {
    const x = xOf(view, width, mark.atMs);
    if (x < -roomPx || x > width + roomPx) continue;
    const last = groups[groups.length - 1];
    if (!last || x - last.x >= roomPx + numberPx(last)) {
      groups.push({ x, kind: mark.kind, n: mark.n, marks: [mark] });
      continue;
    }
    last.marks.push(mark);
    last.n += mark.n;
    if (rank(mark.kind) < rank(last.kind)) {
      last.kind = mark.kind;
      last.x = x;
    }
  }
  return groups;
}

export function groupAt(groups: MarkGroup[], x: number, reachPx: number): MarkGroup | null {
  let nearest: MarkGroup | null = null;
  for (const group of groups) {
    const distance = Math.abs(group.x - x);
    if (distance <= reachPx && (!nearest || distance < Math.abs(nearest.x - x))) nearest = group;
  }
  return nearest;
}

// The nearest mark after (1) or before (-1) the moment. One that has just been jumped to is not found again.
export function markFrom(marks: Mark[], ms: number, direction: 1 | -1): Mark | null {
  const NEAR = 500;
  let found: Mark | null = null;
  for (const mark of marks) {
    const away = (mark.atMs - ms) * direction;
    if (away > NEAR && (!found || away < (found.atMs - ms) * direction)) found = mark;
  }
  return found;
}

export function spanAt<T extends Span>(spans: T[], ms: number): T | null {
  return spans.find((span) => span.fromMs <= ms && ms < span.toMs) ?? null;
}

// Where recording goes on after the moment; null: nowhere.
export function nextStart(spans: Span[], ms: number): number | null {
  let next: number | null = null;
  for (const span of spans) if (span.fromMs > ms && (next === null || span.fromMs < next)) next = span.fromMs;
  return next;
}

// The stretch that is read from the box for a view: whole days of the hall, so that panning seldom reads anew.
export function daysAround(view: Span, offsetMinutes: number): Span {
  const shift = offsetMinutes * MINUTE;
  const floor = (ms: number) => Math.floor((ms + shift) / DAY) * DAY - shift;
  return { fromMs: floor(view.fromMs), toMs: floor(view.toMs - 1) + DAY };
}
