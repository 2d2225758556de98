// SPDX-License-Identifier: Apache-2.0
// Clock: one moment for all cameras that are played side by side. The first camera that has a picture leads: its
// video's time is the clock's; the others are nudged or moved to it. Nobody runs ahead of one that still loads, up to
// a patience; where none has a recording the clock jumps to where one goes on. Pictures of cameras that the browser
// cannot play are stills: they follow, and where there are only such, the clock goes by itself.
import { boxNow } from "../time";
import { type Span, nextStart, spanAt } from "../parts/timeline_view";
import type { RecordingPlayer } from "./recording";

export const SPEEDS = [0.5, 1, 2, 4, 8, 16];

const TICK_MS = 100;
const PATIENCE_MS = 4_000;
const FAR_MS = 400; // further off is moved, nearer is nudged
const NEAR_MS = 40;
const END_MS = 1_500; // a video that stands so near its span's end has ended
const STALL_MS = 600;
const PRELOAD_MS = 2_500;
const EDGE_MS = 12_000; // so near to now there may be nothing yet

// How a follower that is so far ahead (positive) of the clock gets in step.
export function correction(aheadMs: number, speed: number): { move: boolean; rate: number } {
  if (Math.abs(aheadMs) > FAR_MS * Math.max(1, speed)) return { move: true, rate: speed };
  if (Math.abs(aheadMs) < NEAR_MS * Math.max(1, speed)) return { move: false, rate: speed };
  const share = Math.max(-0.25, Math.min(0.25, -aheadMs / 1000 / Math.max(1, speed)));
  return { move: false, rate: Math.min(16, Math.max(0.25, speed * (1 + share))) };
}

export interface Follower {
  player: RecordingPlayer;
  spans: Span[];
}

export interface ClockState {
  isPlaying: boolean;
  isWaiting: boolean; // for a picture that loads
  isAtEdge: boolean; // nothing newer is recorded yet
}

export class Clock {
  nowMs: number;
  speed = 1;
  state: ClockState = { isPlaying: false, isWaiting: false, isAtEdge: false };
  private followers: Follower[] = [];
  private timer = 0;
  private waitingSince = 0;
  private tickedAt = performance.now();
  private targets = new Map<string, number>(); // camera -> begin of the span that it was sent to; -1: rests

  // jumped: nothing was recorded between the moments.
  constructor(
    startMs: number,
    private changed: (clock: Clock) => void,
    private jumped: (fromMs: number, toMs: number) => void,
  ) {
    this.nowMs = startMs;
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  // The first one leads where it can.
  follow(followers: Follower[]): void {
    const known = new Set(this.followers.map((one) => one.player));
    this.followers = followers;
    for (const one of followers) if (!known.has(one.player)) this.targets.delete(one.player.camera);
    this.place(false);
  }

  play(): void {
    this.set({ isPlaying: true, isAtEdge: false });
    this.waitingSince = 0;
    this.tickedAt = performance.now();
    this.tick();
  }

  pause(): void {
    for (const { player } of this.followers) player.video.pause();
    this.set({ isPlaying: false, isWaiting: false });
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    for (const { player } of this.followers) player.video.playbackRate = speed;
    this.changed(this);
  }

  seek(ms: number): void {
    this.nowMs = Math.min(ms, boxNow());
    this.waitingSince = 0;
    this.tickedAt = performance.now();
    this.set({ isAtEdge: false });
    this.place(true);
    this.changed(this);
  }

  private set(change: Partial<ClockState>): void {
    this.state = { ...this.state, ...change };
    this.changed(this);
  }

  // Sends each camera to the clock's moment, or to rest; all of them, or those whose span has changed.
  private place(all: boolean): void {
    for (const { player, spans } of this.followers) {
      const span = spanAt(spans, this.nowMs);
      const soon = span ? null : nextStart(spans, this.nowMs);
      const target = span ? span.fromMs : soon !== null && soon - this.nowMs < PRELOAD_MS * this.speed ? soon : -1;
      if (!all && this.targets.get(player.camera) === target) continue;
      this.targets.set(player.camera, target);
      // The span may only be known further back than before.
      const isThere = player.state.phase === "ready" && Math.abs(player.nowMs - this.nowMs) < FAR_MS * this.speed;
      if (target < 0) player.rest();
      else if (all || !isThere) player.goto(Math.max(target, this.nowMs));
      player.video.playbackRate = this.speed;
    }
  }

  private tick(): void {
    const since = performance.now() - this.tickedAt;
    this.tickedAt = performance.now();
    this.place(false);
    const here = this.followers.filter(({ spans }) => spanAt(spans, this.nowMs));
    const videos = here.filter(({ player }) => player.state.phase !== "unplayable" && player.state.phase !== "failed");
    if (!this.state.isPlaying) {
      for (const { player } of videos) if (!player.video.paused) player.video.pause();
      return;
    }
    if (here.length === 0) return this.leap();
    if (this.waits(videos)) return;
    const lead = videos.find(({ player }) => player.isFlowing);
    if (lead) this.lead(lead, videos);
    else if (videos.length === 0) this.nowMs += since * this.speed;
    if (this.state.isWaiting || this.state.isAtEdge) this.set({ isWaiting: false, isAtEdge: false });
    else this.changed(this);
  }

  // True: nobody goes on before those that still load, unless they have taken too long.
  private waits(videos: Follower[]): boolean {
    const slow = videos.filter(({ player }) => !player.isFlowing);
    if (slow.length === 0) {
      this.waitingSince = 0;
      return false;
    }
    this.waitingSince ||= performance.now();
    const waited = performance.now() - this.waitingSince;
    if (waited > STALL_MS && this.endSpans(slow)) return true;
    if (slow.length < videos.length && waited > PATIENCE_MS) return false;
    for (const { player } of videos) if (!player.video.paused) player.video.pause();
    const isAtEdge = boxNow() - this.nowMs < EDGE_MS;
    if (!this.state.isWaiting || this.state.isAtEdge !== isAtEdge) this.set({ isWaiting: true, isAtEdge });
    return true;
  }

  // The index says that a span ends a little after its last picture: who stands there has ended.
  private endSpans(slow: Follower[]): boolean {
    for (const { spans } of slow) {
      const span = spanAt(spans, this.nowMs);
      if (!span || span.toMs - this.nowMs > END_MS || boxNow() - span.toMs < EDGE_MS) continue;
      this.nowMs = span.toMs;
      this.waitingSince = 0;
      return true;
    }
    return false;
  }

  private lead(lead: Follower, videos: Follower[]): void {
    // A seek that has not been carried out yet must not set the clock back.
    this.nowMs = lead.player.nowMs;
    for (const { player } of videos) {
      const { video } = player;
      if (player !== lead.player && player.isFlowing) {
        const { move, rate } = correction(player.nowMs - this.nowMs, this.speed);
        if (move) player.goto(this.nowMs + 50 * this.speed);
        else if (video.playbackRate !== rate) video.playbackRate = rate;
      } else if (video.playbackRate !== this.speed) video.playbackRate = this.speed;
      if (video.paused && player.isFlowing) video.play().catch(() => {});
    }
  }

  private leap(): void {
    let next: number | null = null;
    for (const { spans } of this.followers) {
      const start = nextStart(spans, this.nowMs);
      if (start !== null && (next === null || start < next)) next = start;
    }
    for (const { player } of this.followers) player.video.pause();
    if (next === null) {
      if (!this.state.isAtEdge) this.set({ isWaiting: false, isAtEdge: true });
      return;
    }
    const fromMs = this.nowMs;
    this.seek(next);
    this.jumped(fromMs, next);
  }
}
