// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTimeOf, videoTrackOf } from "../src/player/boxes";

const u32 = (...values: number[]) => values.flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
const text = (value: string) => [...value].map((c) => c.charCodeAt(0));
const box = (type: string, ...content: number[][]) => {
  const body = content.flat();
  return [...u32(body.length + 8), ...text(type), ...body];
};

const header = (id: number) => box("tkhd", u32(7, 0, 0, id));
const media = (scale: number) => box("mdhd", u32(0, 0, 0, scale, 0));
const media64 = (scale: number) => box("mdhd", u32(0x01000000, 0, 0, 0, 0, scale, 0, 0));
const handler = (kind: string) => box("hdlr", u32(0, 0), text(kind));
const trak = (id: number, scale: number[], kind: string) => box("trak", header(id), box("mdia", scale, handler(kind)));
const bytes = (...boxes: number[][]) => new Uint8Array(boxes.flat());

test("the video track is found whatever stands before it", () => {
  const sound = trak(1, media(48_000), "soun");
  const init = bytes(box("ftyp", text("iso5")), box("moov", sound, trak(2, media(90_000), "vide")));
  assert.deepEqual(videoTrackOf(init), { id: 2, timescale: 90_000 });
});

test("64-bit headers too", () => {
  assert.deepEqual(videoTrackOf(bytes(box("moov", trak(1, media64(12_800), "vide")))), { id: 1, timescale: 12_800 });
});

test("no video track, no moov, cut short: null", () => {
  assert.equal(videoTrackOf(bytes(box("moov", trak(1, media(48_000), "soun")))), null);
  assert.equal(videoTrackOf(bytes(box("ftyp", text("iso5")))), null);
  assert.equal(videoTrackOf(new Uint8Array([0, 0])), null);
});

const traf = (id: number, time: number[]) => box("traf", box("tfhd", u32(0, id)), box("tfdt", time));

test("decode time of the wanted track, 32 and 64 bits", () => {
  const track = { id: 2, timescale: 1000 };
  const moof = (time: number[]) => bytes(box("moof", box("mfhd", u32(0, 1)), traf(1, u32(0, 5)), traf(2, time)), box("mdat", [1]));
  assert.equal(decodeTimeOf(moof(u32(0, 1500)), track), 1.5);
  assert.equal(decodeTimeOf(moof(u32(0x01000000, 1, 0)), track), 4294967.296);
  assert.equal(decodeTimeOf(moof(u32(0, 0)), { id: 9, timescale: 1000 }), null);
});
