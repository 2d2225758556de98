// SPDX-License-Identifier: Apache-2.0
// Boxes: the little of ISO/IEC 14496-12 that the players need: which track is video, its timescale, and the decode
// time of a fragment's first picture. Pure; tested in test/boxes.test.ts.

interface Box {
  type: string;
  view: DataView; // the box's content
}

function boxesIn(view: DataView): Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at + 8 <= view.byteLength) {
    let size = view.getUint32(at);
    let header = 8;
    if (size === 1 && at + 16 <= view.byteLength) {
      size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
      header = 16;
    }
    if (size === 0) size = view.byteLength - at;
    if (size < header) break;
    const end = Math.min(at + size, view.byteLength);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((n) => view.getUint8(at + n)));
    boxes.push({ type, view: new DataView(view.buffer, view.byteOffset + at + header, end - at - header) });
    at += size;
  }
  return boxes;
}

function find(view: DataView, ...path: string[]): DataView | null {
  let here: DataView | null = view;
  for (const type of path) here = (here && boxesIn(here).find((box) => box.type === type)?.view) ?? null;
  return here;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export interface VideoTrack {
  id: number;
  timescale: number;
}

export function videoTrackOf(init: Uint8Array): VideoTrack | null {
  const moov = find(viewOf(init), "moov");
  for (const trak of moov ? boxesIn(moov).filter((box) => box.type === "trak") : []) {
    const handler = find(trak.view, "mdia", "hdlr");
    const header = find(trak.view, "tkhd");
    const media = find(trak.view, "mdia", "mdhd");
    if (!handler || !header || !media || handler.getUint32(8) !== 0x76696465) continue; // "vide"
    const isLong = (view: DataView) => view.getUint8(0) === 1; // version 1: 64-bit times
    return {
      id: header.getUint32(isLong(header) ? 20 : 12),
      timescale: media.getUint32(isLong(media) ? 20 : 12),
    };
  }
  return null;
}

// Seconds on the track's own line of the first fragment in bytes that has the track; null when there is none.
export function decodeTimeOf(bytes: Uint8Array, track: VideoTrack): number | null {
  for (const moof of boxesIn(viewOf(bytes)).filter((box) => box.type === "moof")) {
    for (const traf of boxesIn(moof.view).filter((box) => box.type === "traf")) {
      const header = find(traf.view, "tfhd");
      const time = find(traf.view, "tfdt");
      if (!header || !time || header.getUint32(4) !== track.id) continue;
      const isLong = time.getUint8(0) === 1;
      const ticks = isLong ? time.getUint32(4) * 2 ** 32 + time.getUint32(8) : time.getUint32(4);
      return ticks / track.timescale;
    }
  }
  return null;
}
