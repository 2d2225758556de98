// SPDX-License-Identifier: Apache-2.0
// Loader: puts entries of playlists into a video element, each where its wall clock says. Media time is wall time:
// second 0 is originMs, so that a moment is a position and a gap stays as long as it was.
import { errorOf } from "../api";
import { decodeTimeOf, videoTrackOf } from "./boxes";
import { MediaBuffer, canPlay } from "./buffer";
import type { ByteRange, Entry } from "./playlist";

const SAME_OFFSET_S = 0.05;
const KEEP_BEHIND_S = 60;
const KEEP_AHEAD_S = 400;
const KEPT_INITS = 32;

export class Loader {
  private abort = new AbortController();
  private buffer: MediaBuffer | null = null;
  private have = new Set<string>(); // entries that the buffer holds
  private inits = new Map<string, Promise<Uint8Array>>();
  private init = "";
  private codecs = "";
  private offset = NaN;

  constructor(
    private video: HTMLVideoElement,
    private originMs: number,
  ) {}

  async open(codecs: string, seconds: number): Promise<void> {
    const buffer = new MediaBuffer();
    await buffer.open(this.video, codecs);
    await buffer.setDuration(seconds);
    this.buffer = buffer;
    this.codecs = codecs;
  }

  close(): void {
    this.abort.abort();
    this.buffer?.close(this.video);
    this.buffer = null;
  }

  get isOpen(): boolean {
    return this.buffer !== null;
  }

  has(entry: Entry): boolean {
    return this.have.has(keyOf(entry));
  }

  // The browser may have thrown away what it had; trust only what it says it holds.
  recheck(entry: Entry, seconds: number): void {
    if (!this.isHeldAt(seconds)) this.have.delete(keyOf(entry));
  }

  isHeldAt(seconds: number): boolean {
    const ranges = this.video.buffered;
    for (let i = 0; i < ranges.length; i++) {
      if (ranges.start(i) <= seconds && seconds < ranges.end(i)) return true;
    }
    return false;
  }

  async load(entry: Entry): Promise<void> {
    const [init, bytes] = await Promise.all([this.initOf(entry.init), this.fetchRange(entry)]);
    const buffer = this.buffer;
    if (!buffer) throw new Error("closed");
    if (entry.codecs !== this.codecs) {
      if (!canPlay(entry.codecs)) throw new Error("a part of the recording has another codec");
      await buffer.setType(entry.codecs);
      this.codecs = entry.codecs;
      this.init = "";
    }
    const key = keyOf(entry.init);
    if (key !== this.init) {
      await buffer.append(init);
      this.init = key;
    }
    await this.align(buffer, entry, init, bytes);
    await this.append(buffer, bytes);
    this.have.add(keyOf(entry));
  }

  // Lets go of what lies far from the moment that is shown.
  async trim(entries: Entry[]): Promise<void> {
    const now = this.video.currentTime;
    const ranges = this.video.buffered;
    if (!ranges.length) return;
    if (ranges.start(0) < now - KEEP_BEHIND_S - 30) await this.drop(0, now - KEEP_BEHIND_S, entries);
    const end = ranges.length ? ranges.end(ranges.length - 1) : 0;
    if (end > now + KEEP_AHEAD_S) await this.drop(now + KEEP_AHEAD_S, end, entries);
  }

  private async drop(fromSeconds: number, toSeconds: number, entries: Entry[]): Promise<void> {
    if (toSeconds <= fromSeconds) return;
    await this.buffer?.remove(fromSeconds, toSeconds);
    const fromMs = this.originMs + fromSeconds * 1000;
    const toMs = this.originMs + toSeconds * 1000;
    for (const entry of entries) {
      if (entry.atMs < toMs && entry.atMs + entry.seconds * 1000 > fromMs) this.have.delete(keyOf(entry));
    }
  }

  // Puts the entry's first picture where its wall clock says. Tiny differences are left: they would make seams.
  private async align(buffer: MediaBuffer, entry: Entry, init: Uint8Array, bytes: Uint8Array): Promise<void> {
    const track = videoTrackOf(init);
    const decode = track && decodeTimeOf(bytes, track);
    if (decode === null) throw new Error("an entry without a picture");
    const offset = (entry.atMs - this.originMs) / 1000 - decode;
    if (Math.abs(offset - this.offset) < SAME_OFFSET_S) return;
    await buffer.setOffset(offset);
    this.offset = offset;
  }

  private async append(buffer: MediaBuffer, bytes: Uint8Array): Promise<void> {
    try {
      await buffer.append(bytes);
    } catch (error) {
      if ((error as Error).name !== "QuotaExceededError") throw error;
      await buffer.remove(0, Math.max(0.1, this.video.currentTime - 2));
      await buffer.append(bytes);
    }
  }

  private initOf(range: ByteRange): Promise<Uint8Array> {
    const key = keyOf(range);
    const known = this.inits.get(key);
    if (known) return known;
    const bytes = this.fetchRange(range);
    bytes.catch(() => this.inits.delete(key));
    this.inits.set(key, bytes);
    if (this.inits.size > KEPT_INITS) this.inits.delete(this.inits.keys().next().value as string);
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

export function keyOf(range: ByteRange): string {
  return `${range.uri}@${range.offset}+${range.length}`;
}
