// SPDX-License-Identifier: Apache-2.0
// Hall: cameras, pads and counters, which every page names. Cameras and pads follow their events, which carry the
// whole new state; counters change only with the config and are read again after an absence.
import { signal } from "@preact/signals";
import { ApiError, get } from "./api";
import { subscribe } from "./events";
import type { Camera, Counter, Pad } from "./shapes";
import { noteZone } from "./time";

export const cameras = signal<Camera[]>([]);
export const pads = signal<Pad[]>([]);
export const counters = signal<Counter[]>([]);
export const isHallKnown = signal(false);

export function counterName(id: string | null | undefined): string {
  if (!id) return "—";
  return counters.value.find((counter) => counter.id === id)?.name ?? id;
}

export function cameraName(id: string): string {
  return cameras.value.find((camera) => camera.id === id)?.name ?? id;
}

// The ids of those that see the counter.
export function camerasOf(counter: string | null | undefined): string[] {
  return cameras.value.filter((camera) => counter && camera.counters.includes(counter)).map(({ id }) => id);
}

function replaced<T extends { id: string }>(list: T[], item: T): T[] {
  return list.some((old) => old.id === item.id)
    ? list.map((old) => (old.id === item.id ? { ...old, ...item } : old))
    : [...list, item];
}

// An observer is told of none of them.
async function names<T>(path: string): Promise<{ items: T[] }> {
  try {
    return await get<{ items: T[] }>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return { items: [] };
    throw error;
  }
}

let asked = 0;
let shown = 0;

// An answer that comes after a later one's is of an older hall.
async function readHall(): Promise<void> {
  const turn = ++asked;
  const [cameraList, padList, counterList] = await Promise.all([
    names<Camera>("/api/v1/cameras"),
    names<Pad>("/api/v1/pads"),
    names<Counter>("/api/v1/counters"),
  ]);
  if (turn < shown) return;
  shown = turn;
  cameras.value = cameraList.items;
  pads.value = padList.items;
  counters.value = counterList.items;
  noteZone(cameraList.items.find((camera) => camera.since_at)?.since_at);
  isHallKnown.value = true;
}

const RETRY_MS = 4_000;
const AWAIT_MS = 400;
const AWAIT_TRIES = 25;

// A change of the config is in force a moment after the box has answered: reads the hall until it is seen, or for ten
// seconds.
export async function awaitHall(isSeen: () => boolean): Promise<void> {
  for (let i = 0; i < AWAIT_TRIES; i++) {
    await readHall().catch(() => undefined);
    if (isSeen()) return;
    await new Promise((done) => setTimeout(done, AWAIT_MS));
  }
}

// What video tells of a camera is not all of it: one that is not known yet is read.
function takeCamera(camera: Camera, read: () => void): void {
  if (cameras.value.some(({ id }) => id === camera.id)) cameras.value = replaced(cameras.value, camera);
  else read();
}

// Reads the hall and follows it; ends with the returned function.
export function followHall(): () => void {
  let timer = 0;
  const read = () => {
    clearTimeout(timer);
    readHall().catch(() => (timer = setTimeout(read, RETRY_MS)));
  };
  read();
  const unsubscribe = subscribe((kind, data) => {
    if (kind === "all") read();
    else if (kind === "camera" && data) takeCamera(data as unknown as Camera, read);
    else if (kind === "pad" && data) pads.value = replaced(pads.value, data as unknown as Pad);
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
