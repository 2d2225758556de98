// SPDX-License-Identifier: Apache-2.0
// Alarms: bad ratings and red cards as they arrive, for whoever has the page open: kept in a short list, shown for some
// seconds, heard unless this browser was told to be quiet. Events name only what changed; so a moment after some the
// newest few are read, however many there were, and what is not known yet is new.
import { effect, signal } from "@preact/signals";
import { formatAddress } from "./address";
import { get } from "./api";
import { chime } from "./chime";
import { type EventKind, subscribe } from "./events";
import { mayRead } from "./session";
import type { FlagRow, Level, Page, RatingRow } from "./shapes";
import { boxNow, addDays, dayOf, dayStart, rfc3339 } from "./time";

export interface Alarm {
  id: string;
  level: Level | null; // a rating's
  flag: string | null; // a flag's kind
  counter: string | null;
  at: string;
  text: string | null;
  address: string;
}

// Flags that may not wait until somebody opens their page.
const URGENT = ["case_warning", "case_yellow", "case_red", "case_papers_late", "rectification_late", "mood"];
const KEPT = 20;
const READ = 5;
const SETTLE_MS = 700;
const SHOWN_MS = 15_000;
const QUIET_KEY = "hallwatch.quiet";

export const alarms = signal<Alarm[]>([]); // newest first
export const unseen = signal(0);
export const passing = signal<Alarm | null>(null); // shown at this moment
export const isQuiet = signal(localStorage.getItem(QUIET_KEY) === "1");

let timer = 0;

function ofRating(row: RatingRow): Alarm {
  const address = formatAddress("ratings", { level: "bad", id: row.id });
  return { id: row.id, level: row.level, flag: null, counter: row.counter?.id ?? null, at: row.event_at, text: row.text, address };
}

function ofFlag(row: FlagRow): Alarm {
  const address = formatAddress("flags", { open: "1", id: row.id });
  return { id: row.id, level: null, flag: row.kind, counter: row.counter, at: row.raised_at, text: row.case_number, address };
}

// What a role may read, newest first. A day back: a pad that was away brings yesterday's.
const SOURCES: { kind: EventKind; page: "ratings" | "flags"; read: () => Promise<Alarm[]> }[] = [
  {
    kind: "rating",
    page: "ratings",
    read: async () => {
      const from = rfc3339(dayStart(addDays(dayOf(boxNow()), -1)));
      const page = await get<Page<RatingRow>>("/api/v1/ratings", { level: "bad", from, limit: String(READ) });
      return page.items.filter((row) => row.is_counted).map(ofRating);
    },
  },
  {
    kind: "flag",
    page: "flags",
    read: async () => {
      const page = await get<Page<FlagRow>>("/api/v1/flags", { open: "1", limit: String(READ) });
      return page.items.filter((row) => URGENT.includes(row.kind)).map(ofFlag);
    },
  },
];

function raise(fresh: Alarm[]): void {
  if (!fresh.length) return;
  alarms.value = [...fresh, ...alarms.value].slice(0, KEPT);
  unseen.value += fresh.length;
  passing.value = fresh[0] ?? null;
  clearTimeout(timer);
  timer = setTimeout(() => (passing.value = null), SHOWN_MS);
  if (!isQuiet.value) chime();
}

export function seenAll(): void {
  unseen.value = 0;
  passing.value = null;
}

effect(() => localStorage.setItem(QUIET_KEY, isQuiet.value ? "1" : ""));

// What is there when the page is opened is no news. Ends with the returned function.
export function followAlarms(): () => void {
  const ends = SOURCES.filter(({ page }) => mayRead(page)).map(follow);
  return () => {
    ends.forEach((end) => end());
    alarms.value = [];
    seenAll();
  };
}

function follow({ kind, read }: (typeof SOURCES)[number]): () => void {
  let known: Set<string> | null = null;
  let wait = 0;
  const look = async () => {
    wait = 0;
    try {
      const found = await read();
      const fresh = known ? found.filter(({ id }) => !known?.has(id)) : [];
      known = new Set([...(known ?? []), ...found.map(({ id }) => id)]);
      raise(fresh);
    } catch {
      // The frame says that the box is away; afterwards all is looked at again.
    }
  };
  void look();
  const unsubscribe = subscribe((what) => {
    if ((what === kind || what === "all") && !wait) wait = setTimeout(() => void look(), SETTLE_MS);
  });
  return () => {
    clearTimeout(wait);
    unsubscribe();
  };
}
