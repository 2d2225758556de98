// SPDX-License-Identifier: Apache-2.0
// Address: which page is open and with what filters. The address bar is the only place where this is kept, so that
// a link, a reload and "back" show the same. Conversions are pure; tested in test/address.test.ts.
import { computed, signal } from "@preact/signals";
import { addDays, dayOf, dayStart, rfc3339, zone } from "./time";

export type Query = Record<string, string>;

export interface Address {
  page: string; // first part of the path: "" is the overview
  query: Query;
}

export function parseAddress(text: string): Address {
  const [path = "/", search = ""] = text.split("?", 2);
  const query: Query = {};
  new URLSearchParams(search).forEach((value, key) => {
    if (value) query[key] = value;
  });
  return { page: path.split("/")[1] ?? "", query };
}

export function formatAddress(page: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(query)) {
    const value = query[key];
    if (value) search.set(key, value);
  }
  const text = search.toString();
  return `/${page}${text ? "?" + text : ""}`;
}

export const RANGES = ["today", "yesterday", "week", "month", "custom"] as const;
export type Range = (typeof RANGES)[number];
// Of pages that look further back.
export const LONG_RANGES = ["today", "week", "month", "lastmonth", "quarter", "year", "custom"] as const;

// Days from and to (both included) of a range, in the hall's calendar.
export function rangeDays(query: Query, now: number, offset: number = zone()): { from: string; to: string } {
  const today = dayOf(now, offset);
  switch (query.range) {
    case "yesterday":
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case "week":
      return { from: addDays(today, -6), to: today };
    case "month":
      return { from: today.slice(0, 8) + "01", to: today };
    case "lastmonth": {
      const last = addDays(today.slice(0, 8) + "01", -1);
      return { from: last.slice(0, 8) + "01", to: last };
    }
    case "quarter": {
      const first = Math.floor((Number(today.slice(5, 7)) - 1) / 3) * 3 + 1;
      return { from: `${today.slice(0, 5)}${String(first).padStart(2, "0")}-01`, to: today };
    }
    case "year":
      return { from: today.slice(0, 5) + "01-01", to: today };
    case "custom": {
      const from = isDay(query.from) ? query.from : today;
      const to = isDay(query.to) ? query.to : today;
      return from <= to ? { from, to } : { from: to, to: from };
    }
    default:
      return { from: today, to: today };
  }
}

function isDay(text: string | undefined): text is string {
  return !!text && /^\d{4}-\d\d-\d\d$/.test(text) && !isNaN(Date.parse(text + "T00:00:00Z"));
}

const PASSED_ON = ["level", "counter", "mark", "q", "staff", "case"];

// The range as the API's query: it ends at the midnight after its last day.
export function rangeQuery(query: Query, now: number, offset: number = zone()): { from: string; to: string } {
  const days = rangeDays(query, now, offset);
  return {
    from: rfc3339(dayStart(days.from, offset), offset),
    to: rfc3339(dayStart(addDays(days.to, 1), offset), offset),
  };
}

// What names a number of the monthly report: lists show what is behind it.
export const BEHIND = ["figure", "period", "by", "of", "part"];

// The ratings page's filters as the API's query. What is behind a number has the number's own month.
export function ratingsQuery(query: Query, now: number, offset: number = zone()): Query {
  const api: Query = query.figure ? {} : rangeQuery(query, now, offset);
  for (const key of BEHIND) if (query.figure && query[key]) api[key] = query[key] as string;
  for (const key of PASSED_ON) {
    const value = query[key];
    if (value) api[key] = value;
  }
  return api;
}

export function playbackAddress(camera: string, atMs: number): string {
  return formatAddress("playback", { camera, at: rfc3339(atMs) });
}

export function cameraAddress(camera: string): string {
  return formatAddress("camera", { id: camera });
}

// The form of one camera's settings.
export function camerasAddress(edit: string): string {
  return formatAddress("cameras", { edit });
}

// Where its privacy masks are drawn.
export function masksAddress(masks: string): string {
  return formatAddress("cameras", { masks });
}

export function exportsAddress(): string {
  return formatAddress("exports");
}

export function apiPath(path: string, query: Query): string {
  return path + formatAddress("", query).slice(1);
}

const here = () => parseAddress(location.pathname + location.search);

const current = signal<Address>(typeof location === "undefined" ? { page: "", query: {} } : here());
export const page = computed(() => current.value.page);
export const query = computed(() => current.value.query);

export function watchAddress(): void {
  addEventListener("popstate", () => (current.value = here()));
}

export function go(to: string, replace = false): void {
  if (to !== location.pathname + location.search) {
    history[replace ? "replaceState" : "pushState"](null, "", to);
  }
  current.value = here();
}

// Changes some filters of the open page; empty takes one away. Typing replaces, choosing adds to the history.
export function setQuery(change: Query, replace = false): void {
  go(formatAddress(page.value, { ...query.value, ...change }), replace);
}
