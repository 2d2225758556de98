// SPDX-License-Identifier: Apache-2.0
// History: a camera's figures over time, made ready for charts. Pure; tested in test/history.test.ts.
import type { CameraHistory } from "./shapes";

type Column = (number | null)[];

export interface Series {
  at: number[]; // seconds, one for each step; a step in which the box was off has nulls
  live: Column; // share of the step, 0 to 1
  mbit: Column;
  fps: Column;
  gop: Column; // seconds
  reconnects: Column;
  lost: Column;
  offset: Column; // seconds
}

export interface Totals {
  live_ms: number;
  on_ms: number; // in which the box was on
  reconnects: number;
  lost: number;
}

const rate = (n: number, of: number): number | null => (of > 0 ? n / of : null);

export function seriesOf(history: CameraHistory): Series {
  const { step_ms, from_ms, to_ms } = history;
  const steps = Math.floor((to_ms - from_ms) / step_ms) + 1;
  const empty = (): Column => new Array<number | null>(steps).fill(null);
  const series: Series = {
    at: Array.from({ length: steps }, (_, i) => (from_ms + i * step_ms) / 1000),
    live: empty(),
    mbit: empty(),
    fps: empty(),
    gop: empty(),
    reconnects: empty(),
    lost: empty(),
    offset: empty(),
  };
  history.at_ms.forEach((at, row) => {
    const i = Math.round((at - from_ms) / step_ms);
    if (i < 0 || i >= steps) return;
    const of = (column: (number | null)[]) => column[row] ?? 0;
    const seconds = of(history.live_ms) / 1000;
    const offset = history.offset_ms[row];
    series.live[i] = Math.min(1, of(history.live_ms) / Math.min(step_ms, Math.max(1, to_ms - at)));
    series.mbit[i] = rate((of(history.bytes) * 8) / 1e6, seconds);
    series.fps[i] = rate(of(history.frames), seconds);
    series.gop[i] = rate(seconds, of(history.keys));
    series.reconnects[i] = of(history.reconnects);
    series.lost[i] = of(history.lost);
    series.offset[i] = offset === null || offset === undefined ? null : offset / 1000;
  });
  return series;
}

const sum = (column: number[]): number => column.reduce((all, n) => all + n, 0);

export function totalsOf(history: CameraHistory): Totals {
  const { at_ms, step_ms, to_ms } = history;
  return {
    live_ms: sum(history.live_ms),
    on_ms: sum(at_ms.map((at) => Math.min(step_ms, Math.max(0, to_ms - at)))),
    reconnects: sum(history.reconnects),
    lost: sum(history.lost),
  };
}

export function lastOf(column: Column): number | null {
  for (let i = column.length - 1; i >= 0; i--) {
    const value = column[i];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
