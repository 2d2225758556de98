// SPDX-License-Identifier: Apache-2.0
// Streams that an ONVIF camera tells of: which can be recorded, and which suit as main and sub stream. Pure; tested in
// test/streams.test.ts.
import type { OnvifStream } from "./shapes";

const SMALL = 320; // a tile of sixteen is about so wide

export const isRecordable = ({ codec, url }: OnvifStream) => url !== null && (codec === "h264" || codec === "h265" || codec === null);

const area = ({ width, height }: OnvifStream) => width * height;

// The largest, and of the same picture the smallest that can still be looked at: H.264, which every browser plays, if
// there is one. sub null: there is none that is smaller.
export function chooseStreams(streams: OnvifStream[]): { main: OnvifStream | null; sub: OnvifStream | null } {
  const usable = streams.filter(isRecordable);
  const largest = usable.filter(({ source }) => source === usable[0]?.source).sort((a, b) => area(b) - area(a) || b.kbit - a.kbit);
  const main = largest[0];
  if (!main) return { main: null, sub: null };
  const smaller = largest.filter((one) => area(one) < area(main) && one.width >= SMALL).reverse();
  return { main, sub: smaller.find(({ codec }) => codec !== "h265") ?? smaller[0] ?? null };
}

// How many pictures they are made from: a recorder has several.
export const sourcesOf = (streams: OnvifStream[]) => [...new Set(streams.map(({ source }) => source))];
