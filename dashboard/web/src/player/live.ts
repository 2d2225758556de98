// SPDX-License-Identifier: Apache-2.0
// Live player: one camera's live fragmented MP4 in a video element. Stays near the live edge, reconnects by itself,
// and says why there is no picture. H.265 that the browser cannot decode falls back to the sub stream.
import { boxNow } from "../time";
import { ApiError, errorOf } from "../api";
import type { StreamName } from "../shapes";
import { MediaBuffer, canPlay, isHevc } from "./buffer";

export type LivePhase = "connecting" | "playing" | "lost" | "unplayable";

export interface LiveState {
  phase: LivePhase;
  stream: StreamName; // the one that is read, which may not be the one that was asked for
  fellBack: boolean; // main was asked for, the browser cannot decode it
  codecs: string;
  why: string; // the box's sentence, or a key of the text table ("" when playing)
  sinceMs: number; // of the phase
  width: number;
  height: number;
  kbit: number;
  lagSeconds: number | null; // from the newest bytes received to the picture shown
}

const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000];
const SILENCE_MS = 6_000; // no bytes for so long: the connection is dead
const JUMP_BEHIND_S = 3;
const HURRY_BEHIND_S = 1.6;
const TARGET_BEHIND_S = 0.7;
const KEEP_BEHIND_S = 8;
const TRIM_BEHIND_S = 20;
const WATCH_MS = 500;
const LEAVE_HIDDEN_MS = 30_000; // a page that nobody sees costs the box nothing

class NoPicture extends Error {}

export class LivePlayer {
  state: LiveState;
  private stopped = false;
  private request: AbortController | null = null;
  private buffer: MediaBuffer | null = null;
  private wake: (() => void) | null = null;
  private tries = 0;
  private bytes = 0;
  private counted: { at: number; bytes: number }[] = [];
  private lastBytesAt = 0;
  private hiddenSince = 0;
  private watch = 0;

  // known: codecs of each stream as the box tells them; lets an H.265 main stream be skipped without asking for it.
  constructor(
    private video: HTMLVideoElement,
    private camera: string,
    private wanted: StreamName,
    private known: Partial<Record<StreamName, string>>,
    private changed: (state: LiveState) => void,
  ) {
    const stream = this.firstStream();
    this.state = {
      phase: "connecting",
      stream,
      fellBack: stream !== wanted && wanted === "main",
      codecs: known[stream] ?? "",
      why: "",
      sinceMs: boxNow(),
      width: 0,
      height: 0,
      kbit: 0,
      lagSeconds: null,
    };
  }

  start(): void {
    this.watch = setInterval(() => this.look(), WATCH_MS);
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.watch);
    this.request?.abort();
    this.wake?.();
    this.release();
  }

  // Something changed at the camera: do not wait for the backoff.
  retryNow(): void {
    this.tries = 0;
    if (this.state.phase !== "playing") this.wake?.();
  }

  private firstStream(): StreamName {
    const main = this.known.main;
    if (this.wanted === "sub") return this.known.sub !== undefined ? "sub" : "main";
    return main && !canPlay(main) && this.known.sub !== undefined ? "sub" : "main";
  }

  private set(change: Partial<LiveState>): void {
    const sinceMs = change.phase && change.phase !== this.state.phase ? boxNow() : this.state.sinceMs;
    this.state = { ...this.state, sinceMs, ...change };
    if (!this.stopped) this.changed(this.state);
  }

  private release(): void {
    this.buffer?.close(this.video);
    this.buffer = null;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      let why = "lostStream";
      try {
        await this.playOnce();
      } catch (error) {
        if (this.fallBack(error)) continue;
        why = error instanceof NoPicture || error instanceof ApiError ? error.message : "lostStream";
      }
      if (this.stopped) return;
      this.release();
      if (this.state.phase !== "unplayable") this.set({ phase: "lost", why, lagSeconds: null, kbit: 0 });
      await this.pause(BACKOFF_MS[Math.min(this.tries++, BACKOFF_MS.length - 1)] as number);
    }
  }

  // True when another stream is worth a try at once.
  private fallBack(error: unknown): boolean {
    if (!(error instanceof NoPicture) || error.message !== "unplayable") return false;
    if (this.state.stream === "main" && this.known.sub !== undefined) {
      this.set({ stream: "sub", fellBack: true });
      return true;
    }
    this.set({ phase: "unplayable", why: isHevc(this.state.codecs) ? "noHevc" : "noCodec" });
    return false;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  // Ends (or throws) when the stream does.
  private async playOnce(): Promise<void> {
    while (document.hidden && !this.stopped) await this.pause(1_000);
    this.request = new AbortController();
    const address = `/media/live/${encodeURIComponent(this.camera)}?stream=${this.state.stream}`;
    const response = await fetch(address, { signal: this.request.signal, credentials: "same-origin" });
    if (!response.ok) {
      const error = await errorOf(response);
      throw new NoPicture(error.message || (response.status === 401 ? "signedOut" : "noAnswer"));
    }
    const codecs = /codecs="([^"]*)"/.exec(response.headers.get("Content-Type") ?? "")?.[1] ?? "";
    this.set({ codecs });
    if (!codecs || !response.body || !canPlay(codecs)) {
      this.request.abort();
      throw new NoPicture("unplayable");
    }
    this.buffer = new MediaBuffer();
    await this.buffer.open(this.video, codecs);
    await this.pump(response.body.getReader());
  }

  private async pump(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    this.counted = [];
    this.bytes = 0;
    this.lastBytesAt = Date.now();
    for (;;) {
      const { value, done } = await reader.read();
      if (done || this.stopped || !this.buffer) return;
      this.bytes += value.byteLength;
      this.lastBytesAt = Date.now();
      await this.append(value);
    }
  }

  private async append(bytes: Uint8Array): Promise<void> {
    const buffer = this.buffer as MediaBuffer;
    try {
      await buffer.append(bytes);
    } catch (error) {
      if ((error as Error).name !== "QuotaExceededError") throw error;
      await buffer.remove(0, Math.max(0, this.video.currentTime - 2));
      await buffer.append(bytes);
    }
  }

  // Twice a second: live edge, trimming, measuring, dead connections.
  private look(): void {
    this.leaveWhenHidden();
    if (!this.buffer) return;
    const now = Date.now();
    if (this.video.error || now - this.lastBytesAt > SILENCE_MS) {
      this.request?.abort();
      return;
    }
    this.followEdge();
    this.measure(now);
  }

  private leaveWhenHidden(): void {
    if (!document.hidden) this.hiddenSince = 0;
    else if (!this.hiddenSince) this.hiddenSince = Date.now();
    else if (Date.now() - this.hiddenSince > LEAVE_HIDDEN_MS) this.request?.abort();
  }

  private followEdge(): void {
    const { video } = this;
    const ranges = video.buffered;
    if (!ranges.length) return;
    const start = ranges.start(ranges.length - 1);
    const end = ranges.end(ranges.length - 1);
    const behind = end - video.currentTime;
    if (video.currentTime < start || behind > JUMP_BEHIND_S) {
      video.currentTime = Math.max(start, end - TARGET_BEHIND_S);
    } else {
      video.playbackRate = behind > HURRY_BEHIND_S ? 1.1 : 1;
    }
    if (video.paused && !document.hidden) video.play().catch(() => {});
    if (video.currentTime - ranges.start(0) > TRIM_BEHIND_S) {
      this.buffer?.remove(0, video.currentTime - KEEP_BEHIND_S).catch(() => {});
    }
  }

  private measure(now: number): void {
    this.counted.push({ at: now, bytes: this.bytes });
    if (this.counted.length > 7) this.counted.shift();
    const first = this.counted[0] as { at: number; bytes: number };
    const kbit = now > first.at ? ((this.bytes - first.bytes) * 8) / (now - first.at) : 0;
    const ranges = this.video.buffered;
    if (!ranges.length || this.video.readyState < 2) return;
    const ahead = Math.max(0, ranges.end(ranges.length - 1) - this.video.currentTime);
    const lag = ahead + (now - this.lastBytesAt) / 1000;
    this.tries = 0;
    this.set({
      phase: "playing",
      why: "",
      kbit,
      lagSeconds: lag,
      width: this.video.videoWidth,
      height: this.video.videoHeight,
    });
  }
}
