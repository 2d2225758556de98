// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { entryAt, gapsOf, parsePlaylist } from "../src/player/playlist";

const LIST = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-HALLWATCH-CODECS:avc1.64001f,mp4a.40.2
#EXT-X-MAP:URI="../../segment/cam1/7.mp4",BYTERANGE="747@0"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T09:12:00.500+08:00
#EXTINF:2.000000,
#EXT-X-BYTERANGE:1000@863
../../segment/cam1/7.mp4
#EXTINF:1.500000,
#EXT-X-BYTERANGE:500
../../segment/cam1/7.mp4
#EXT-X-DISCONTINUITY
#EXT-X-HALLWATCH-CODECS:hvc1.1.6.L93.90
#EXT-X-MAP:URI="../../segment/cam1/8.mp4",BYTERANGE="800@0"
#EXT-X-PROGRAM-DATE-TIME:2026-11-24T09:12:10.000+08:00
#EXTINF:2.000000,
#EXT-X-BYTERANGE:900@916
../../segment/cam1/8.mp4
#EXT-X-ENDLIST
`;
const BASE = "https://box/media/playback/cam1/index.m3u8?from=1&to=2";
const FIRST = Date.parse("2026-11-24T01:12:00.500Z");

test("entries stand on the wall clock, also where no time is written", () => {
  const { entries, isComplete } = parsePlaylist(LIST, BASE);
  assert.equal(isComplete, true);
  assert.deepEqual(
    entries.map((entry) => entry.atMs - FIRST),
    [0, 2000, 9500],
  );
});

test("addresses are absolute and ranges follow each other", () => {
  const { entries } = parsePlaylist(LIST, BASE);
  assert.equal(entries[0]?.uri, "https://box/media/segment/cam1/7.mp4");
  assert.deepEqual(
    entries.map((entry) => [entry.offset, entry.length]),
    [
      [863, 1000],
      [1863, 500],
      [916, 900],
    ],
  );
});

test("each entry knows its init and codecs", () => {
  const { entries } = parsePlaylist(LIST, BASE);
  assert.deepEqual(
    entries.map((entry) => [entry.init.length, entry.codecs]),
    [
      [747, "avc1.64001f,mp4a.40.2"],
      [747, "avc1.64001f,mp4a.40.2"],
      [800, "hvc1.1.6.L93.90"],
    ],
  );
});

test("a list without end is growing", () => {
  assert.equal(parsePlaylist(LIST.replace("#EXT-X-ENDLIST\n", "")).isComplete, false);
});

test("an empty list is a list", () => {
  assert.deepEqual(parsePlaylist("#EXTM3U\n#EXT-X-ENDLIST\n").entries, []);
});

for (const [name, text] of [
  ["another file", "<html>"],
  ["an entry without map", "#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:2026-11-24T09:12:00Z\n#EXTINF:2,\n#EXT-X-BYTERANGE:1@0\na\n"],
  ["an entry without time", '#EXTM3U\n#EXT-X-MAP:URI="a",BYTERANGE="1@0"\n#EXTINF:2,\n#EXT-X-BYTERANGE:1@0\na\n'],
  ["a broken range", LIST.replace("1000@863", "all")],
] as const) {
  test(`${name} is refused`, () => assert.throws(() => parsePlaylist(text)));
}

test("gaps before, between and after; seams are none", () => {
  const { entries } = parsePlaylist(LIST);
  const gaps = gapsOf(entries, FIRST - 5000, FIRST + 12_000);
  assert.deepEqual(
    gaps.map((gap) => [gap.fromMs - FIRST, gap.toMs - FIRST]),
    [
      [-5000, 0],
      [3500, 9500],
    ],
  );
  assert.deepEqual(gapsOf([], 0, 9000), [{ fromMs: 0, toMs: 9000 }]);
});

test("the entry of a moment", () => {
  const { entries } = parsePlaylist(LIST);
  assert.equal(entryAt(entries, FIRST + 1999), 0);
  assert.equal(entryAt(entries, FIRST + 2000), 1);
  assert.equal(entryAt(entries, FIRST + 5000), 2); // in the gap: the next one
  assert.equal(entryAt(entries, FIRST + 20_000), -1);
});
