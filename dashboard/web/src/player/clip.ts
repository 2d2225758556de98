// SPDX-License-Identifier: Apache-2.0
// Clip player: recordings of one camera between two moments, from the box's playlist, GOP by GOP. Media time is wall
// time: second 0 is originMs, so that "the moment of the press" is a position and a gap stays as long as it was.
import { ApiError, errorOf } from "../api";
import { decodeTimeOf, videoTrackOf } from "./boxes";
import { MediaBuffer, canPlay, isHevc } from "./buffer";
import { type ByteRange, type Entry, type Gap, entryAt, gapsOf, parsePlaylist } from "./playlist";

export type ClipPhase = "loading" | "ready" | "empty" | "unplayable" | "failed";

export interface ClipState {
  phase: ClipPhase;
  why: string; // a key of the text table or the box's sentence
  originMs: number;
  seconds: number; // length
  gaps: Gap[];
  inGap: Gap | null; // no recording of the moment that is shown
  isGrowing: boolean;
}

const AHEAD_S = 20;
const KEEP_BEHIND_S = 60;
const REREAD_MS = 4_000; // while the clip is still being recorded
const RETRY_MS = 3_000;
const SAME_OFFSET_S = 0.05;

export class ClipPlayer {
  state: ClipState;
  private stopped = false;
  private abort = new AbortController();
  private entries: Entry[] = [];
  private buffer: MediaBuffer | null = null;
  private have = new Set<string>(); // entries that the buffer holds
  private inits = new Map<string, Uint8Array>();
  private init = "";
  private codecs = "";
  private offset = NaN;
  private isFilling = false;
  private timer = 0;
  private wishMs: number;

  constructor(
    private video: HTMLVideoElement,
    private playlist: string,
    private fromMs: number,
    private toMs: number,
    startMs: number,
    private changed: (state: ClipState) => void,
  ) {
    this.wishMs = startMs;
    const seconds = (toMs - fromMs) / 1000;
    this.state = { phase: "loading", why: "", originMs: fromMs, seconds, gaps: [], inGap: null, isGrowing: false };
  }

  start(): void {
    this.video.addEventListener("timeupdate", this.fill);
    this.video.addEventListener("seeking", this.sought);
    this.video.addEventListener("waiting", this.fill);
    void this.read();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.abort.abort();
    this.video.removeEventListener("timeupdate", this.fill);
    this.video.removeEventListener("seeking", this.sought);
    this.video.removeEventListener("waiting", this.fill);
    this.buffer?.close(this.video);
  }

  seek(seconds: number): void {
    this.video.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.state.seconds - 0.1));
  }

  private set(change: Partial<ClipState>): void {
    this.state = { ...this.state, ...change };
    if (!this.stopped) this.changed(this.state);
  }

  private later(call: () => void, ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(call, ms);
  }

  private async read(): Promise<void> {
    try {
      const response = await fetch(this.playlist, { signal: this.abort.signal, credentials: "same-origin" });
      if (!response.ok) throw await errorOf(response);
      const list = parsePlaylist(await response.text(), location.origin + this.playlist);
      await this.take(list.entries, list.isComplete);
    } catch (error) {
      if (this.stopped) return;
      this.failed(error);
      this.later(() => void this.read(), RETRY_MS);
    }
  }

  private failed(error: unknown): void {
    if (this.entries.length > 0) return; // what is there can still be watched
    const why = error instanceof ApiError && error.message ? error.message : "noAnswer";
    this.set({ phase: "failed", why });
  }

  private async take(entries: Entry[], isComplete: boolean): Promise<void> {
    this.entries = entries;
    const shownTo = isComplete ? this.toMs : Math.min(this.toMs, Date.now());
    const gaps = gapsOf(entries, this.fromMs, Math.max(shownTo, this.fromMs));
    this.set({ gaps: isComplete ? gaps : gaps.filter((gap) => gap.toMs < shownTo), isGrowing: !isComplete });
    if (!isComplete) this.later(() => void this.read(), REREAD_MS);
    const first = entries[0];
    if (!first) {
      this.set({ phase: "empty" });
      return;
    }
    if (!this.buffer) await this.open(first);
    this.fill();
  }

  private async open(first: Entry): Promise<void> {
    if (!canPlay(first.codecs)) {
      this.set({ phase: "unplayable", why: isHevc(first.codecs) ? "noHevc" : "noCodec" });
      return;
    }
    // The playlist begins with the GOP that contains the clip's start: nothing may lie before second 0.
    const originMs = Math.min(this.fromMs, first.atMs);
    const seconds = (this.toMs - originMs) / 1000;
    const buffer = new MediaBuffer();
    await buffer.open(this.video, first.codecs);
    await buffer.setDuration(seconds);
    this.buffer = buffer;
    this.codecs = first.codecs;
    this.set({ originMs, seconds });
    this.seek((this.wishMs - originMs) / 1000);
    this.set({ phase: "ready" });
  }

  private nowMs(): number {
    return this.state.originMs + this.video.currentTime * 1000;
  }

  // The browser may have thrown away what it had; trust only what it says it holds.
  private sought = (): void => {
    const entry = this.entries[entryAt(this.entries, this.nowMs())];
    if (entry && !this.isHeldAt(this.video.currentTime)) this.have.delete(keyOf(entry));
    this.fill();
  };

  private isHeldAt(seconds: number): boolean {
    const ranges = this.video.buffered;
    for (let i = 0; i < ranges.length; i++) {
      if (ranges.start(i) <= seconds && seconds < ranges.end(i)) return true;
    }
    return false;
  }

  // The first entry from the shown moment on that is not here, within the reach.
  private nextMissing(): Entry | null {
    const from = entryAt(this.entries, this.nowMs());
    if (from < 0) return null;
    for (const entry of this.entries.slice(from)) {
      if (entry.atMs > this.nowMs() + AHEAD_S * 1000 && entry !== this.entries[from]) return null;
      if (!this.have.has(keyOf(entry))) return entry;
    }
    return null;
  }

  private fill = (): void => {
    if (this.stopped || !this.buffer) return;
    this.crossGap();
    if (this.isFilling) return;
    const entry = this.nextMissing();
    if (!entry) return;
    this.isFilling = true;
    this.load(entry)
      .then(() => this.trim())
      .then(
        () => {
          this.isFilling = false;
          this.fill();
        },
        () => {
          this.isFilling = false;
          this.later(() => void this.read(), RETRY_MS);
        },
      );
  };

  // In a gap: says so, and goes on at its end as soon as the video plays.
  private crossGap(): void {
    const now = this.nowMs();
    const gap = this.state.gaps.find((one) => one.fromMs <= now && now < one.toMs - 50) ?? null;
    if (gap?.fromMs !== this.state.inGap?.fromMs) this.set({ inGap: gap });
    const next = gap && this.entries.find((entry) => entry.atMs >= gap.toMs - 1);
    if (gap && next && !this.video.paused) this.seek((next.atMs - this.state.originMs) / 1000 + 0.05);
  }

  private async load(entry: Entry): Promise<void> {
    const buffer = this.buffer as MediaBuffer;
    const init = await this.initOf(entry.init);
    const bytes = await this.fetchRange(entry);
    if (entry.codecs !== this.codecs) {
      if (!canPlay(entry.codecs)) throw new Error("a part of the clip has another codec");
      await buffer.setType(entry.codecs);
      this.codecs = entry.codecs;
      this.init = "";
    }
    const key = keyOf(entry.init);
    if (key !== this.init) {
      await buffer.append(init);
      this.init = key;
    }
    await this.align(entry, init, bytes);
    await this.append(bytes);
    this.have.add(keyOf(entry));
  }

  // Puts the entry's first picture where its wall clock says. Tiny differences are left: they would make seams.
  private async align(entry: Entry, init: Uint8Array, bytes: Uint8Array): Promise<void> {
    const track = videoTrackOf(init);
    const decode = track && decodeTimeOf(bytes, track);
    if (decode === null) throw new Error("an entry without a picture");
    const offset = (entry.atMs - this.state.originMs) / 1000 - decode;
    if (Math.abs(offset - this.offset) < SAME_OFFSET_S) return;
    await (this.buffer as MediaBuffer).setOffset(offset);
    this.offset = offset;
  }

  private async append(bytes: Uint8Array): Promise<void> {
    const buffer = this.buffer as MediaBuffer;
    try {
      await buffer.append(bytes);
    } catch (error) {
      if ((error as Error).name !== "QuotaExceededError") throw error;
      await this.drop(this.video.currentTime - 2);
      await buffer.append(bytes);
    }
  }

  private trim(): Promise<void> {
    const before = this.video.currentTime - KEEP_BEHIND_S;
    const ranges = this.video.buffered;
    return ranges.length && ranges.start(0) < before - 30 ? this.drop(before) : Promise.resolve();
  }

  private async drop(beforeSeconds: number): Promise<void> {
    if (beforeSeconds <= 0) return;
    await (this.buffer as MediaBuffer).remove(0, beforeSeconds);
    const beforeMs = this.state.originMs + beforeSeconds * 1000;
    for (const entry of this.entries) if (entry.atMs < beforeMs) this.have.delete(keyOf(entry));
  }

  private async initOf(range: ByteRange): Promise<Uint8Array> {
    const key = keyOf(range);
    const known = this.inits.get(key);
    if (known) return known;
    const bytes = await this.fetchRange(range);
    this.inits.set(key, bytes);
    return bytes;
  }

  private async fetchRange({ uri, offset, length }: ByteRange): Promise<Uint8Array> {
    const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
    const response = await fetch(uri, { headers, signal: this.abort.signal, credentials: "same-origin" });
    if (!response.ok) throw await errorOf(response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const part = response.status === 206 ? bytes : bytes.subarray(offset, offset + length);
    if (part.byteLength !== length) throw new Error("a part of the recording is missing");
    return part;
  }
}

function keyOf(range: ByteRange): string {
  return `${range.uri}@${range.offset}+${range.length}`;
}
