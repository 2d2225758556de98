// SPDX-License-Identifier: Apache-2.0
// Playlist: the box's HLS media playlist (RFC 8216, fragmented MP4 by byte ranges, one entry a GOP) as entries on
// the wall clock. Pure; tested in test/playlist.test.ts. The dialect is written down in capture/playback.h.

export interface ByteRange {
  uri: string;
  offset: number;
  length: number;
}

export interface Entry extends ByteRange {
  atMs: number; // wall clock of its first picture
  seconds: number;
  init: ByteRange;
  codecs: string;
}

export interface Playlist {
  entries: Entry[];
  isComplete: boolean; // nothing will be added
}

export interface Gap {
  fromMs: number;
  toMs: number;
}

// Rounding in EXTINF and the wall clock's slow correction make small seams that are no gaps.
const SEAM_MS = 700;

function attribute(line: string, name: string): string | null {
  const match = new RegExp(`[:,]${name}=(?:"([^"]*)"|([^,]*))`).exec(line);
  return match ? (match[1] ?? match[2] ?? null) : null;
}

// "LENGTH[@OFFSET]"; without an offset it follows the range before it in the same file (RFC 8216, 4.3.2.2).
function byteRange(text: string, uri: string, before: ByteRange | null): ByteRange {
  const match = /^(\d+)(?:@(\d+))?$/.exec(text.trim());
  if (!match) throw new Error(`byte range "${text}"`);
  const follows = before && before.uri === uri ? before.offset + before.length : 0;
  return { uri, length: Number(match[1]), offset: match[2] === undefined ? follows : Number(match[2]) };
}

export function parsePlaylist(text: string, base = ""): Playlist {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== "#EXTM3U") throw new Error("not a playlist");
  const resolve = (uri: string) => (base ? new URL(uri, base).toString() : uri);
  const entries: Entry[] = [];
  let init: ByteRange | null = null;
  let codecs = "";
  let atMs = NaN;
  let seconds = 0;
  let range = "";
  let before: ByteRange | null = null;
  let isComplete = false;
  for (const raw of lines) {
    const line = raw.trim();
    const value = line.slice(line.indexOf(":") + 1);
    if (line.startsWith("#EXT-X-HALLWATCH-CODECS:")) codecs = value;
    else if (line.startsWith("#EXT-X-MAP:")) {
      const uri = resolve(attribute(line, "URI") ?? "");
      init = byteRange(attribute(line, "BYTERANGE") ?? "", uri, null);
    } else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) atMs = Date.parse(value);
    else if (line.startsWith("#EXTINF:")) seconds = parseFloat(value);
    else if (line.startsWith("#EXT-X-BYTERANGE:")) range = value;
    else if (line === "#EXT-X-ENDLIST") isComplete = true;
    else if (line && !line.startsWith("#")) {
      if (!init || isNaN(atMs)) throw new Error("an entry without map or time");
      before = byteRange(range, resolve(line), before);
      entries.push({ ...before, atMs, seconds, init, codecs });
      atMs += seconds * 1000;
    }
  }
  return { entries, isComplete };
}

// What is missing between from and to.
export function gapsOf(entries: Entry[], fromMs: number, toMs: number): Gap[] {
  const gaps: Gap[] = [];
  let at = fromMs;
  for (const entry of entries) {
    if (entry.atMs - at > SEAM_MS) gaps.push({ fromMs: at, toMs: entry.atMs });
    at = Math.max(at, entry.atMs + entry.seconds * 1000);
  }
  if (toMs - at > SEAM_MS) gaps.push({ fromMs: at, toMs });
  return gaps;
}

// Index of the entry that shows the moment; in a gap, of the next one; -1 after the last.
export function entryAt(entries: Entry[], ms: number): number {
  return entries.findIndex((entry) => ms < entry.atMs + entry.seconds * 1000);
}
