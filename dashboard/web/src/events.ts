// SPDX-License-Identifier: Apache-2.0
// Events: the box's server-sent events. Pages subscribe to kinds and read again what they show; after an absence
// every subscriber is told, since what happened meanwhile is not repeated.
import { signal } from "@preact/signals";

export const EVENT_KINDS = ["rating", "complaint", "card", "case", "flag", "order", "invitation", "hold", "export", "bookmark", "camera", "pad", "duty", "roster", "master", "ticket", "callback", "painpoint", "outbox", "one_window"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];
// data is null after an absence: anything may have changed.
export type Listener = (kind: EventKind | "all", data: Record<string, unknown> | null) => void;

const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export const connection = signal<"connecting" | "open" | "away">("connecting");

const listeners = new Set<Listener>();
let source: EventSource | null = null;
let timer = 0;
let tries = 0;
let wasAway = false;
let checkSession: () => void = () => {};

export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(kind: EventKind | "all", data: Record<string, unknown> | null): void {
  listeners.forEach((listener) => listener(kind, data));
}

function receive(kind: EventKind, text: string): void {
  try {
    tell(kind, JSON.parse(text) as Record<string, unknown>);
  } catch {
    tell("all", null); // unreadable: pages read again rather than miss a change
  }
}

function opened(): void {
  tries = 0;
  connection.value = "open";
  if (wasAway) tell("all", null);
  wasAway = false;
}

// The browser's own retry gives up on an HTTP error (502 while the box restarts), so the wait is ours.
function lost(): void {
  source?.close();
  source = null;
  wasAway = true;
  connection.value = "away";
  clearTimeout(timer);
  timer = setTimeout(connect, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
  if (tries++ > 0) checkSession();
}

function connect(): void {
  source = new EventSource("/api/v1/events");
  source.onopen = opened;
  source.onerror = lost;
  source.addEventListener("reload", () => tell("all", null)); // the box had more to say than we took
  for (const kind of EVENT_KINDS) {
    source.addEventListener(kind, (event) => receive(kind, (event as MessageEvent<string>).data));
  }
}

// check is called when the box does not take us back at once: the session may have ended.
export function startEvents(check: () => void): void {
  checkSession = check;
  if (!source) connect();
}

export function stopEvents(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
  tries = 0;
  wasAway = false;
  connection.value = "connecting";
}
