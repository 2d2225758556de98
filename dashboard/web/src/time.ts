// SPDX-License-Identifier: Apache-2.0
// Time in the hall's zone. The API's texts carry the hall's offset, so what is shown is cut out of the text and the
// browser's own zone never matters. Pure; tested in test/time.test.ts.

// China has one zone; a hall elsewhere is learned from the first text that the box sends (see noteZone).
let zoneMinutes = 480;

const TEXT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export function offsetOf(text: string): number | null {
  const match = TEXT.exec(text);
  if (!match) return null;
  const zone = match[7] as string;
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone[0] === "-" ? -minutes : minutes;
}

export function noteZone(text: string | null | undefined): void {
  const offset = text ? offsetOf(text) : null;
  if (offset !== null) zoneMinutes = offset;
}

export function zone(): number {
  return zoneMinutes;
}

// The box's moment. A hall's computers are wrong by minutes and by years: what is today, due or late goes by the box, which
// says its time with every answer (api.ts).
let aheadMs = 0;
const SAME_MS = 2_000; // less is the way of the answer
const SLOW_MS = 5_000; // an answer that took so long says nothing of now

export function boxNow(): number {
  return Date.now() + aheadMs;
}

// True: it is another time than was thought.
export function noteBox(text: string | null, askedMs: number, gotMs: number = Date.now()): boolean {
  const ms = Number(text);
  if (!ms || gotMs - askedMs > SLOW_MS || gotMs < askedMs) return false;
  const ahead = ms - (askedMs + gotMs) / 2;
  if (Math.abs(ahead - aheadMs) <= SAME_MS) return false;
  aheadMs = Math.abs(ahead) > SAME_MS ? ahead : 0;
  return true;
}

export function msOf(text: string): number {
  return Date.parse(text);
}

const two = (n: number) => String(n).padStart(2, "0");

// The wall clock of the hall, as "2026-11-24T09:12:03".
export function wallText(ms: number, offset: number = zoneMinutes): string {
  return new Date(ms + offset * 60_000).toISOString().slice(0, 19);
}

export function dayOf(ms: number, offset: number = zoneMinutes): string {
  return wallText(ms, offset).slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day + "T00:00:00Z") + days * 86_400_000).toISOString().slice(0, 10);
}

// What a field of a form says ("2026-11-24T09:12", with or without seconds), in the hall's zone. null: not a time.
export function msOfWall(text: string, offset: number = zoneMinutes): number | null {
  const ms = Date.parse(text.length === 16 ? `${text}:00Z` : `${text}Z`);
  return Number.isNaN(ms) ? null : ms - offset * 60_000;
}

// Midnight that begins the day in the hall.
export function dayStart(day: string, offset: number = zoneMinutes): number {
  return Date.parse(day + "T00:00:00Z") - offset * 60_000;
}

export function rfc3339(ms: number, offset: number = zoneMinutes): string {
  const sign = offset < 0 ? "-" : "+";
  const minutes = Math.abs(offset);
  const zoneText = `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const local = new Date(ms + offset * 60_000).toISOString();
  return local.slice(0, 23) + zoneText;
}

// "09:12:03" when it is of today, else "11-23 09:12"; with the year when it is another one.
export function shortTime(text: string | null | undefined, now: number = boxNow()): string {
  if (!text || !TEXT.test(text)) return "—";
  const today = wallText(now, offsetOf(text) ?? zoneMinutes);
  if (text.slice(0, 10) === today.slice(0, 10)) return text.slice(11, 19);
  if (text.slice(0, 4) === today.slice(0, 4)) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

// A deadline: those end with a minute, so that seconds would be noise.
export function deadline(text: string, today: string, now: number = boxNow()): string {
  const short = shortTime(text, now);
  return short.length === 8 ? `${today} ${short.slice(0, 5)}` : short;
}

export function fullTime(text: string | null | undefined): string {
  return text && TEXT.test(text) ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : "—";
}

// A clip's position: 75 is "1:15".
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest.replace(/^0/, "");
}
