// SPDX-License-Identifier: Apache-2.0
// Timeline bars: a camera's recorded spans as bars that can be seen. Twenty seconds are less than half a pixel of a whole
// day: a piece of time, recorded or not, is never drawn narrower than PIECE_PX, for which its neighbours make room, and
// no two change places. Where more pieces alternate than there is room for, they are one ragged bar, which says that.
// Pure; tested in test/timeline_bars.test.ts.
import { type Span, msAt, spanAt, xOf } from "./timeline_view";

export const PIECE_PX = 3;
const RAGGED = 5; // so many pieces that all want room are drawn as one

export interface TrackBar {
  x: number;
  width: number;
  kind: "recorded" | "ragged";
}

type Kind = TrackBar["kind"] | "none";

// Piece i lies between edge i-1 and edge i; the first and the last piece go on beyond the view.
interface Pieces {
  edges: number[];
  kinds: Kind[];
}

// Spans overlap where the box's clock was set back.
function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result[result.length - 1];
    if (last && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else result.push({ ...span });
  }
  return result;
}

function piecesOf(spans: Span[], view: Span, width: number): Pieces {
  const pieces: Pieces = { edges: [], kinds: ["none"] };
  for (const span of merged(spans)) {
    const [from, to] = [xOf(view, width, span.fromMs), xOf(view, width, span.toMs)];
    if (to <= 0 || from >= width) continue;
    if (from <= 0) pieces.kinds = ["recorded"];
    else {
      pieces.edges.push(from);
      pieces.kinds.push("recorded");
    }
    if (to < width) {
      pieces.edges.push(to);
      pieces.kinds.push("none");
    }
  }
  return pieces;
}

interface Run {
  first: number; // edges
  n: number;
}

interface Block extends Run {
  mean: number; // of its edges' places, each less the room of all edges before it
}

// The places nearest to the true ones at which the edges keep their order and distance: those that would come too near
// to one another are a block around its middle (isotonic regression by pooling).
function blocksOf(edges: number[]): Block[] {
  const blocks: Block[] = [];
  edges.forEach((edge, i) => {
    let block: Block = { first: i, n: 1, mean: edge - i * PIECE_PX };
    for (let last = blocks[blocks.length - 1]; last && last.mean > block.mean; last = blocks[blocks.length - 1]) {
      const n = last.n + block.n;
      block = { first: last.first, n, mean: (last.mean * last.n + block.mean * block.n) / n };
      blocks.pop();
    }
    blocks.push(block);
  });
  return blocks;
}

// Edges that are near to one another where they truly are: what alternates on and on, apart from its long neighbours.
function chainsOf(edges: number[]): Run[] {
  const chains: Run[] = [];
  edges.forEach((edge, i) => {
    const last = chains[chains.length - 1];
    if (last && edge - (edges[i - 1] as number) < 2 * PIECE_PX) last.n++;
    else chains.push({ first: i, n: 1 });
  });
  const isShort = ({ first, n }: Run) => (edges[first + n - 1] as number) - (edges[first] as number) < (n - 1) * PIECE_PX;
  return chains.flatMap((chain) => (isShort(chain) ? [chain] : Array.from({ length: chain.n }, (_, k) => ({ first: chain.first + k, n: 1 }))));
}

// Runs of too many pieces become one piece each, from the true beginning to the true end.
function withRagged({ edges, kinds }: Pieces, runs: Run[]): Pieces {
  const result: Pieces = { edges: [], kinds: kinds.slice(0, 1) };
  for (const { first, n } of runs) {
    const isRagged = n > RAGGED;
    for (let i = first; i < first + n; i++) {
      if (isRagged && i > first && i < first + n - 1) continue;
      result.edges.push(edges[i] as number);
      result.kinds.push(isRagged && i === first ? "ragged" : (kinds[i + 1] as Kind));
    }
  }
  return result;
}

export function trackBars(spans: Span[], view: Span, width: number): TrackBar[] {
  const all = piecesOf(spans, view, width);
  let pieces = withRagged(all, chainsOf(all.edges));
  let blocks = blocksOf(pieces.edges);
  while (blocks.some(({ n }) => n > RAGGED)) {
    pieces = withRagged(pieces, blocks);
    blocks = blocksOf(pieces.edges);
  }
  const places = blocks.flatMap(({ first, n, mean }) => Array.from({ length: n }, (_, k) => mean + (first + k) * PIECE_PX));
  return pieces.kinds.flatMap((kind, i) => {
    const x = Math.max(0, places[i - 1] ?? 0);
    const end = Math.min(width, places[i] ?? width);
    return kind === "none" || end <= x ? [] : [{ x, width: end - x, kind }];
  });
}

// The moment that a person means who points there: of what is drawn at that place, though its true place be beside it.
export function momentAt(spans: Span[], bars: TrackBar[], view: Span, width: number, x: number): number {
  const ms = msAt(view, width, x);
  const isBar = bars.some((bar) => bar.x <= x && x < bar.x + bar.width);
  if (isBar === (spanAt(spans, ms) !== null)) return ms;
  const ends = spans.flatMap(({ fromMs, toMs }) => (isBar ? [fromMs, toMs - 1] : [fromMs - 1, toMs]));
  return ends.reduce((best, end) => (Math.abs(end - ms) < Math.abs(best - ms) ? end : best), ends[0] ?? ms);
}
