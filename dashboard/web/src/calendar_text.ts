// SPDX-License-Identifier: Apache-2.0
// Calendar text: the announced days of a year as a person writes or pastes them, one day or range a line. Pure; tested in
// test/calendar_text.test.ts.
import { addDays } from "./time";

export interface Days {
  off: string[];
  work: string[];
}

export interface BadLine {
  line: number;
  text: string;
  isOtherYear: boolean;
}

const DAY = /(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?/;
const DAYS = new RegExp(DAY, "g");
const RANGE_MAX = 60;

function dayText(written: string): string | null {
  const match = DAY.exec(written) as RegExpExecArray;
  const text = `${match[1]}-${match[2]?.padStart(2, "0")}-${match[3]?.padStart(2, "0")}`;
  const ms = Date.parse(text + "T00:00:00Z");
  return isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? null : text;
}

const isWork = (text: string) => /work|上班|班/.test(text);
const isWeekend = (day: string) => new Date(day + "T00:00:00Z").getUTCDay() % 6 === 0;

// The days of a line; null: it is not understood.
function daysOf(text: string): string[] | null {
  const found = (text.match(DAYS) ?? []).map(dayText);
  if (found.length === 0 || found.length > 2 || found.includes(null)) return null;
  const [from, to = from] = found as string[];
  const days: string[] = [];
  for (let day = from as string; day <= (to as string) && days.length <= RANGE_MAX; day = addDays(day, 1)) days.push(day);
  return days.length > 0 && days.length <= RANGE_MAX ? days : null;
}

// A day that is written twice counts as written last.
export function parseDays(text: string, year: number): Days | BadLine {
  const kinds = new Map<string, "off" | "work">();
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? "").trim();
    if (!line || line.startsWith("#")) continue;
    const days = daysOf(line);
    if (!days) return { line: i + 1, text: line, isOtherYear: false };
    if (days.some((day) => !day.startsWith(`${year}-`))) return { line: i + 1, text: line, isOtherYear: true };
    for (const day of days) {
      if (isWork(line)) isWeekend(day) ? kinds.set(day, "work") : kinds.delete(day);
      else kinds.set(day, "off");
    }
  }
  const of = (kind: string) => [...kinds.keys()].filter((day) => kinds.get(day) === kind).sort();
  return { off: of("off"), work: of("work") };
}

export function formatDays({ off, work }: Days, words: { off: string; work: string }): string {
  return [...off.map((day) => `${day} ${words.off}`), ...work.map((day) => `${day} ${words.work}`)].sort().join("\n");
}
