// SPDX-License-Identifier: Apache-2.0
// Lanes: what the timeline shows of each camera: recorded spans, gaps and marks of whole days. What is on screen stays
// while it is read anew.
import { useEffect, useState } from "preact/hooks";
import { get } from "./api";
import { subscribe } from "./events";
import { type Gap, type Mark, type Span, spanAt } from "./parts/timeline_view";
import { boxNow, msOf } from "./time";

export interface Lane {
  camera: string;
  state: "loading" | "ready" | "failed";
  spans: Span[];
  gaps: Gap[];
  clock: (Span & { offMs: number })[]; // recorded by a clock that was set by so much later
  marks: Mark[];
  isThinned: boolean;
  isGrowing: boolean; // its last span is being recorded
}

interface TimelineAnswer {
  spans: { from: string; to: string }[];
  gaps: { from: string; to: string; reason: string }[];
  clock: { from: string; to: string; off_ms: number }[];
}

interface MarksAnswer {
  items: (Omit<Mark, "atMs"> & { at: string })[];
  is_thinned: boolean;
}

const REREAD_MS = 5_000;
const MARKS_MS = 400; // a burst of ratings is read for once
const FRESH_MS = 15_000;

const emptyLane = (camera: string): Lane => ({
  camera, state: "loading", spans: [], gaps: [], clock: [], marks: [], isThinned: false, isGrowing: false,
});

async function readTimeline(camera: string, read: Span, signal: AbortSignal): Promise<Partial<Lane>> {
  const path = `/media/timeline/${encodeURIComponent(camera)}`;
  const now = boxNow();
  const range = { from: String(read.fromMs), to: String(Math.max(read.fromMs + 1, Math.min(read.toMs, now + 60_000))) };
  const answer = await get<TimelineAnswer>(path, range, signal);
  const spans = answer.spans.map((span) => ({ fromMs: msOf(span.from), toMs: msOf(span.to) }));
  const gaps = answer.gaps.map((gap) => ({ fromMs: msOf(gap.from), toMs: msOf(gap.to), reason: gap.reason }));
  const clock = answer.clock.map((span) => ({ fromMs: msOf(span.from), toMs: msOf(span.to), offMs: span.off_ms }));
  const last = spans[spans.length - 1];
  return { state: "ready", spans, gaps, clock, isGrowing: !!last && now - last.toMs < FRESH_MS && read.toMs > now };
}

async function readMarks(camera: string, read: Span, signal: AbortSignal): Promise<Partial<Lane>> {
  const range = { camera, from: String(read.fromMs), to: String(read.toMs) };
  const answer = await get<MarksAnswer>("/api/v1/marks", range, signal);
  return { marks: answer.items.map((item) => ({ ...item, atMs: msOf(item.at) })), isThinned: answer.is_thinned };
}

export function useLanes(cameras: string[], read: Span): Lane[] {
  const [lanes, setLanes] = useState<Record<string, Lane>>({});
  const key = `${cameras.join()} ${read.fromMs} ${read.toMs}`;
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const put = (camera: string, change: Partial<Lane>) =>
      setLanes((old) => ({ ...old, [camera]: { ...(old[camera] ?? emptyLane(camera)), ...change } }));
    const readSpans = (camera: string) =>
      readTimeline(camera, read, stop.signal).then(
        (change) => stop.signal.aborted || put(camera, change),
        () => stop.signal.aborted || setLanes((old) => (old[camera]?.state === "ready" ? old
          : { ...old, [camera]: { ...(old[camera] ?? emptyLane(camera)), state: "failed" } })),
      );
    const readAllMarks = () =>
      cameras.forEach((camera) =>
        readMarks(camera, read, stop.signal).then((change) => stop.signal.aborted || put(camera, change), () => {}));
    const again = setInterval(() => {
      if (!document.hidden && read.toMs > boxNow() - FRESH_MS) cameras.forEach(readSpans);
    }, REREAD_MS);
    cameras.forEach(readSpans);
    readAllMarks();
    const unsubscribe = subscribe((kind) => {
      if (!["all", "rating", "flag", "bookmark"].includes(kind)) return;
      clearTimeout(timer);
      timer = setTimeout(readAllMarks, MARKS_MS);
    });
    return () => {
      stop.abort();
      clearInterval(again);
      clearTimeout(timer);
      unsubscribe();
    };
  }, [key]);
  return cameras.map((camera) => lanes[camera] ?? emptyLane(camera));
}

// What can be played: the span that is being recorded goes on.
export function playable(lane: Lane): Span[] {
  if (!lane.isGrowing) return lane.spans;
  return lane.spans.map((span, i) => (i === lane.spans.length - 1 ? { ...span, toMs: boxNow() + 60_000 } : span));
}

// Why nothing is recorded at the moment. null: it is recorded.
export function gapAt(lane: Lane, ms: number): { fromMs: number | null; toMs: number | null; reason: string } | null {
  if (spanAt(lane.isGrowing ? playable(lane) : lane.spans, ms)) return null;
  const gap = spanAt(lane.gaps, ms);
  if (gap) return gap;
  const before = lane.spans.filter((span) => span.toMs <= ms).pop();
  const after = lane.spans.find((span) => span.fromMs > ms);
  return { fromMs: before?.toMs ?? null, toMs: after?.fromMs ?? null, reason: ms > boxNow() ? "future" : "none" };
}
