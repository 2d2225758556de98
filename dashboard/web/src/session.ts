// SPDX-License-Identifier: Apache-2.0
// Session: who is signed in, and what that role may read. The box decides; this only spares people doors that are
// shut (the roles stand in docs/ARCHITECTURE.md, "The API's common rules").
import { signal } from "@preact/signals";
import { ApiError, get, send, useCsrf, whenSignedOut } from "./api";
import { startEvents, stopEvents } from "./events";
import type { Camera, Role, Session } from "./shapes";

export type Gate =
  | { at: "loading" }
  | { at: "unreachable" }
  | { at: "setup" }
  | { at: "login"; ended: boolean }
  | { at: "in"; session: Session };

export const gate = signal<Gate>({ at: "loading" });

export type PageName =
  "overview" | "live" | "playback" | "ratings" | "cases" | "flags" | "exports" | "verify" | "camera" | "cameras" | "audit" | "codes" | "outbox" | "one-window" | "cards" | "complaints" | "orders" | "mine" | "callbacks" | "counter" | "queue" | "screens" | "monthly" | "master";
const READERS: Record<PageName, Role[]> = {
  overview: ["admin", "director", "viewer"],
  live: ["admin", "director", "viewer"],
  playback: ["admin", "director", "viewer"],
  ratings: ["admin", "director", "viewer"],
  cases: ["admin", "director", "staff", "viewer"],
  flags: ["admin", "director", "staff", "viewer", "observer"],
  exports: ["admin", "director"],
  verify: ["admin", "director", "viewer"],
  camera: ["admin", "director", "viewer"],
  cameras: ["admin"],
  audit: ["admin"],
  codes: ["admin", "director"],
  master: ["admin", "director", "staff"],
  outbox: ["admin"],
  "one-window": ["admin"],
  cards: ["admin", "director", "staff"],
  complaints: ["admin", "director", "staff", "viewer"],
  orders: ["admin", "director", "staff", "viewer", "observer"],
  mine: ["staff"],
  counter: ["admin", "director", "staff"],
  queue: ["admin", "director", "staff", "viewer"],
  screens: ["admin"],
  callbacks: ["admin", "director", "staff"],
  monthly: ["admin", "director", "viewer"],
};

export function session(): Session | null {
  return gate.value.at === "in" ? gate.value.session : null;
}

export function mayRead(page: PageName): boolean {
  const who = session();
  return !!who && READERS[page].includes(who.role);
}

export function mayAct(): boolean {
  const role = session()?.role;
  return role === "admin" || role === "director";
}

// What a role that may not see behind a camera's privacy masks is shown of it: stills, over which the box has drawn them.
export function isVeiled(camera: Camera | undefined): boolean {
  return (camera?.masks?.length ?? 0) > 0 && !mayAct();
}

export function homePage(): PageName {
  return mayRead("overview") ? "overview" : mayRead("cases") ? "cases" : "flags";
}

const RETRY_MS = 3_000;

function enter(who: Session): void {
  useCsrf(who.csrf);
  gate.value = { at: "in", session: who };
  startEvents(() => void checkStillIn());
}

function leave(ended: boolean): void {
  stopEvents();
  useCsrf("");
  gate.value = { at: "login", ended };
}

// At the start, and again until the box answers.
export async function openGate(): Promise<void> {
  whenSignedOut(() => leave(true));
  try {
    enter(await get<Session>("/api/v1/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) await askSetup();
    else retryGate();
  }
}

function retryGate(): void {
  gate.value = { at: "unreachable" };
  setTimeout(() => void openGate(), RETRY_MS);
}

async function askSetup(): Promise<void> {
  try {
    const { needed } = await get<{ needed: boolean }>("/api/v1/setup");
    if (needed) gate.value = { at: "setup" };
    else leave(false);
  } catch {
    retryGate();
  }
}

async function checkStillIn(): Promise<void> {
  try {
    await get<Session>("/api/v1/session");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) leave(true);
  }
}

// The box has opened a session; it counts only when the browser has kept the cookie. If it has not, this is said
// instead of asking for the password again and again.
async function enterOpened(): Promise<void> {
  try {
    enter(await get<Session>("/api/v1/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) throw new ApiError(401, "cookie_refused", "");
    throw error;
  }
}

export async function login(name: string, password: string): Promise<void> {
  await send("POST", "/api/v1/session", { name, password });
  await enterOpened();
}

export async function setUp(code: string, name: string, password: string): Promise<void> {
  await send("POST", "/api/v1/setup", { code, name, password });
  await enterOpened();
}

export async function logout(): Promise<void> {
  try {
    await send("DELETE", "/api/v1/session");
  } finally {
    leave(false);
  }
}
