// SPDX-License-Identifier: Apache-2.0
// Recording player: one camera's recordings of any moment, without end: it reads the playlist piece by piece around
// what is shown. It goes where it is told and plays; which moment that is, the clock decides (clock.ts).
import { boxNow } from "../time";
import { ApiError, errorOf } from "../api";
import { canPlay, isHevc } from "./buffer";
import { Loader, keyOf } from "./loader";
import { type Entry, entryAt, parsePlaylist } from "./playlist";

// idle: nothing was recorded at the moment asked for. unplayable: the browser has no decoder.
export type RecordingPhase = "idle" | "loading" | "ready" | "unplayable" | "failed";

export interface RecordingState {
  phase: RecordingPhase;
  why: string; // a key of the text table or the box's sentence
  codecs: string;
}

const DAY_MS = 86_400_000;
const ORIGIN_BEFORE_MS = 2 * DAY_MS; // one can go back so far without a new source
const LENGTH_S = 60 * 86_400;
const AHEAD_S = 12;
const READ_MS = 120_000; // of the playlist at once
const REREAD_MS = 2_000; // where the recording is still being written
const RETRY_MS = 2_000;
const EDGE_MS = 15_000; // so near to now there may be nothing yet
const HOLE_S = 2; // holes in the buffer that are stepped over
const CUT_S = 5.99; // longer GOPs come in pieces (capture/playback.h)

interface Window {
  fromMs: number;
  toMs: number; // read up to here; entries may follow later
}

export class RecordingPlayer {
  state: RecordingState = { phase: "idle", why: "", codecs: "" };
  wishMs = 0;
  private stopped = false;
  private abort = new AbortController();
  private loader: Loader | null = null;
  private originMs = 0;
  private entries: Entry[] = [];
  private windows: Window[] = [];
  private isFilling = false;
  private isReading = false;
  private readAgainAt = 0;
  private turn = 0; // of the last goto: what an earlier one started is not for this one
  private timer = 0;

  constructor(
    readonly video: HTMLVideoElement,
    readonly camera: string,
    private changed: (state: RecordingState) => void,
    private isVeiled = false, // the box gives no video of it, only stills
  ) {
    for (const kind of ["timeupdate", "waiting", "seeked"]) video.addEventListener(kind, this.fill);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.abort.abort();
    for (const kind of ["timeupdate", "waiting", "seeked"]) this.video.removeEventListener(kind, this.fill);
    this.loader?.close();
  }

  // The moment that is shown, or will be.
  get nowMs(): number {
    return this.loader && this.state.phase === "ready" ? this.originMs + this.video.currentTime * 1000 : this.wishMs;
  }

  // Enough is here to play on.
  get isFlowing(): boolean {
    return this.state.phase === "ready" && !this.video.seeking && this.video.readyState >= 3;
  }

  // The file in which the moment lies, as it can be downloaded.
  get file(): string | null {
    const entry = this.entries[entryAt(this.entries, this.nowMs)];
    return entry && entry.atMs <= this.nowMs + 1000 ? entry.uri : null;
  }

  goto(ms: number): void {
    this.wishMs = ms;
    this.turn++;
    this.readAgainAt = 0;
    if (this.isVeiled) {
      if (this.state.phase !== "unplayable") this.set({ phase: "unplayable", why: "veiled" });
      return;
    }
    const entry = this.entryOf(ms);
    if (!entry) {
      this.video.pause();
      if (this.state.phase !== "unplayable") this.set({ phase: "loading", why: "" });
      void this.read(ms);
    } else void this.show(entry);
  }

  // Nothing was recorded there.
  rest(): void {
    this.turn++;
    this.video.pause();
    if (this.state.phase !== "idle") this.set({ phase: "idle", why: "" });
  }

  private set(change: Partial<RecordingState>): void {
    this.state = { ...this.state, ...change };
    if (!this.stopped) this.changed(this.state);
  }

  private entryOf(ms: number): Entry | null {
    const entry = this.entries[entryAt(this.entries, ms)];
    return entry && entry.atMs <= ms + 50 ? entry : null;
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(this.fill, ms);
  }

  // A piece of the playlist from the moment on. What is there when it was asked for is shown, if that is still wanted.
  private async read(ms: number): Promise<void> {
    const turn = this.turn;
    const path = `/media/playback/${encodeURIComponent(this.camera)}/index.m3u8`;
    this.isReading = true;
    try {
      const address = `${path}?from=${Math.floor(ms)}&to=${Math.floor(ms + READ_MS)}`;
      const response = await fetch(address, { signal: this.abort.signal, credentials: "same-origin" });
      if (response.status === 404) this.merge([], { fromMs: ms, toMs: Math.min(ms + READ_MS, boxNow()) });
      else if (!response.ok) throw await errorOf(response);
      else this.take(await response.text(), location.origin + path, ms);
    } catch (error) {
      this.isReading = false;
      if (this.stopped || turn !== this.turn) return;
      this.failed(error, ms);
      return;
    }
    this.isReading = false;
    if (this.stopped) return;
    if (turn !== this.turn) return this.fill();
    if (this.state.phase === "loading" || this.state.phase === "failed") this.arrive(ms);
    else this.fill();
  }

  private take(text: string, base: string, ms: number): void {
    const { entries, isComplete } = parsePlaylist(text, base);
    const last = entries[entries.length - 1];
    const end = last ? last.atMs + last.seconds * 1000 : ms;
    this.merge(entries, { fromMs: Math.min(ms, entries[0]?.atMs ?? ms), toMs: isComplete ? ms + READ_MS : end });
  }

  private merge(entries: Entry[], read: Window): void {
    const known = new Set(this.entries.map(keyOf));
    const all = this.entries.concat(entries.filter((entry) => !known.has(keyOf(entry))));
    this.entries = all.sort((a, b) => a.atMs - b.atMs);
    const windows: Window[] = [];
    for (const one of [...this.windows, read].sort((a, b) => a.fromMs - b.fromMs)) {
      const last = windows[windows.length - 1];
      if (last && one.fromMs <= last.toMs + 1) last.toMs = Math.max(last.toMs, one.toMs);
      else windows.push({ ...one });
    }
    this.windows = windows;
  }

  private failed(error: unknown, ms: number): void {
    if (this.state.phase !== "ready") {
      this.set({ phase: "failed", why: error instanceof ApiError && error.message ? error.message : "noAnswer" });
    }
    this.again(ms, RETRY_MS);
  }

  private again(ms: number, afterMs: number): void {
    const turn = this.turn;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (turn === this.turn && !this.stopped) void this.read(ms);
    }, afterMs);
  }

  private arrive(ms: number): void {
    const entry = this.entryOf(ms) ?? this.entries[entryAt(this.entries, ms)] ?? null;
    if (entry && entry.atMs - ms < READ_MS) void this.show(entry);
    else if (ms > boxNow() - EDGE_MS) this.again(ms, REREAD_MS / 2);
    else this.set({ phase: "idle", why: "" });
  }

  private async show(entry: Entry): Promise<void> {
    const turn = this.turn;
    if (!canPlay(entry.codecs)) {
      this.set({ phase: "unplayable", why: isHevc(entry.codecs) ? "noHevc" : "noCodec", codecs: entry.codecs });
      return;
    }
    const isOutside = this.wishMs < this.originMs || this.wishMs > this.originMs + (LENGTH_S - 86_400) * 1000;
    if (!this.loader || isOutside || this.video.error) {
      try {
        await this.open(entry);
      } catch {
        if (turn === this.turn) this.set({ phase: "failed", why: "noCodec" });
        return;
      }
      if (turn !== this.turn || this.stopped) return;
    }
    const atMs = Math.max(this.wishMs, entry.atMs);
    const seconds = (atMs - this.originMs) / 1000;
    this.loader?.recheck(entry, seconds);
    this.set({ phase: "ready", why: "", codecs: entry.codecs });
    this.video.currentTime = seconds;
    this.fill();
  }

  private async open(entry: Entry): Promise<void> {
    this.loader?.close();
    this.loader = null;
    this.originMs = Math.floor(Math.min(this.wishMs, entry.atMs) - ORIGIN_BEFORE_MS);
    const loader = new Loader(this.video, this.originMs);
    await loader.open(entry.codecs, LENGTH_S);
    if (this.stopped) loader.close();
    else this.loader = loader;
  }

  private fill = (): void => {
    const loader = this.loader;
    if (this.stopped || !loader || this.state.phase !== "ready") return;
    this.stepOverHole();
    if (this.isFilling) return;
    const entry = this.nextMissing(loader);
    if (!entry) return this.readAhead();
    this.isFilling = true;
    const done = (isGood: boolean) => {
      this.isFilling = false;
      if (isGood) this.fill();
      else this.later(RETRY_MS);
    };
    loader
      .load(entry)
      .then(() => loader.trim(this.entries))
      .then(
        () => done(true),
        () => done(false),
      );
  };

  private reachMs(): number {
    return this.nowMs + AHEAD_S * 1000 * Math.max(1, this.video.playbackRate);
  }

  // The first entry from the shown moment on that is not here. A piece of a long GOP needs those before it.
  private nextMissing(loader: Loader): Entry | null {
    const now = this.nowMs;
    let from = entryAt(this.entries, now);
    if (from < 0) return null;
    while (from > 0 && (this.entries[from - 1] as Entry).seconds > CUT_S && this.follows(from)) from--;
    const reach = this.reachMs();
    for (let i = from; i < this.entries.length; i++) {
      const entry = this.entries[i] as Entry;
      if (entry.atMs > reach) return null;
      if (!loader.has(entry)) return entry;
    }
    return null;
  }

  private follows(i: number): boolean {
    const before = this.entries[i - 1] as Entry;
    return Math.abs((this.entries[i] as Entry).atMs - before.atMs - before.seconds * 1000) < 200;
  }

  // More of the playlist where what is read ends soon; again and again where it is still being written.
  private readAhead(): void {
    const now = this.nowMs;
    const here = this.windows.find((one) => one.fromMs <= now + 1000 && now <= one.toMs + 5000);
    const end = here ? here.toMs : now;
    if (this.isReading || end > this.reachMs() + READ_MS / 4) return;
    if (end > boxNow()) return;
    const wait = this.readAgainAt - Date.now();
    if (wait > 0) return this.later(wait);
    this.readAgainAt = Date.now() + REREAD_MS;
    void this.read(end);
  }

  // A seam of less than HOLE_S between two segments, or a picture that begins a little later than was asked for.
  private stepOverHole(): void {
    const { video } = this;
    if (video.readyState >= 3 && !video.seeking) return;
    const now = video.currentTime;
    for (let i = 0; i < video.buffered.length; i++) {
      const start = video.buffered.start(i);
      if (start > now && start - now < HOLE_S && !this.loader?.isHeldAt(now)) {
        video.currentTime = start + 0.01;
        return;
      }
    }
  }
}
