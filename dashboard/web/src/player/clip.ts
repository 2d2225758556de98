// SPDX-License-Identifier: Apache-2.0
// Clip player: recordings of one camera between two moments, from the box's playlist, GOP by GOP. Media time is wall
// time: second 0 is originMs, so that "the moment of the press" is a position and a gap stays as long as it was.
import { boxNow } from "../time";
import { ApiError, errorOf } from "../api";
import { canPlay, isHevc } from "./buffer";
import { Loader } from "./loader";
import { type Entry, type Gap, entryAt, gapsOf, parsePlaylist } from "./playlist";

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
const REREAD_MS = 4_000; // while the clip is still being recorded
const RETRY_MS = 3_000;

export class ClipPlayer {
  state: ClipState;
  private stopped = false;
  private abort = new AbortController();
  private entries: Entry[] = [];
  private loader: Loader | null = null;
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
    this.loader?.close();
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
    const shownTo = isComplete ? this.toMs : Math.min(this.toMs, boxNow());
    const gaps = gapsOf(entries, this.fromMs, Math.max(shownTo, this.fromMs));
    this.set({ gaps: isComplete ? gaps : gaps.filter((gap) => gap.toMs < shownTo), isGrowing: !isComplete });
    if (!isComplete) this.later(() => void this.read(), REREAD_MS);
    const first = entries[0];
    if (!first) {
      this.set({ phase: "empty" });
      return;
    }
    if (!this.loader) await this.open(first);
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
    const loader = new Loader(this.video, originMs);
    await loader.open(first.codecs, seconds);
    if (this.stopped) return loader.close();
    this.loader = loader;
    this.set({ originMs, seconds });
    this.seek((this.wishMs - originMs) / 1000);
    this.set({ phase: "ready" });
  }

  private nowMs(): number {
    return this.state.originMs + this.video.currentTime * 1000;
  }

  private sought = (): void => {
    const entry = this.entries[entryAt(this.entries, this.nowMs())];
    if (entry) this.loader?.recheck(entry, this.video.currentTime);
    this.fill();
  };

  // The first entry from the shown moment on that is not here, within the reach.
  private nextMissing(loader: Loader): Entry | null {
    const from = entryAt(this.entries, this.nowMs());
    if (from < 0) return null;
    for (const entry of this.entries.slice(from)) {
      if (entry.atMs > this.nowMs() + AHEAD_S * 1000 && entry !== this.entries[from]) return null;
      if (!loader.has(entry)) return entry;
    }
    return null;
  }

  private fill = (): void => {
    const loader = this.loader;
    if (this.stopped || !loader) return;
    this.crossGap();
    if (this.isFilling) return;
    const entry = this.nextMissing(loader);
    if (!entry) return;
    this.isFilling = true;
    loader
      .load(entry)
      .then(() => loader.trim(this.entries))
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
}
