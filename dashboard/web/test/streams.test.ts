// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OnvifStream } from "../src/shapes";
import { chooseStreams, isRecordable, sourcesOf } from "../src/streams";

const stream = (token: string, width: number, height: number, more: Partial<OnvifStream> = {}): OnvifStream => ({
  token,
  name: token,
  source: "s1",
  codec: "h264",
  width,
  height,
  fps: 25,
  kbit: 0,
  gop: 50,
  audio: null,
  url: `rtsp://h/${token}`,
  host: null,
  ...more,
});

const chosen = (...streams: OnvifStream[]) => {
  const { main, sub } = chooseStreams(streams);
  return [main?.token, sub?.token];
};

test("the largest is recorded, the smallest that can be looked at is for tiles", () => {
  assert.deepEqual(chosen(stream("c", 352, 288), stream("a", 1920, 1080), stream("b", 704, 576), stream("d", 176, 144)), ["a", "c"]);
  assert.deepEqual(chosen(stream("a", 640, 360)), ["a", undefined]);
  assert.deepEqual(chosen(stream("a", 640, 360, { kbit: 1 }), stream("b", 640, 360, { kbit: 9 })), ["b", undefined]);
  assert.deepEqual(chosen(), [undefined, undefined]);
});

test("what cannot be recorded is not chosen, and H.264 is for tiles where there is some", () => {
  const jpeg = stream("j", 3840, 2160, { codec: "jpeg" }), lost = stream("l", 3840, 2160, { url: null });
  assert.equal(isRecordable(jpeg) || isRecordable(lost), false);
  assert.deepEqual(chosen(jpeg, lost, stream("a", 1920, 1080, { codec: "h265" }), stream("b", 704, 576), stream("c", 352, 288, { codec: "h265" })), ["a", "b"]);
});

test("main and sub are of one picture", () => {
  const streams = [stream("a", 1280, 720), stream("b", 3840, 2160, { source: "s2" }), stream("c", 640, 360, { source: "s2" })];
  assert.deepEqual(chosen(...streams), ["a", undefined]);
  assert.deepEqual(sourcesOf(streams), ["s1", "s2"]);
});
