// SPDX-License-Identifier: Apache-2.0
// Figures: shares as people read them. 19,880 of 19,881 is not "100 %", and 1 of 20,000 is not "0 %".
// Pure; tested in test/figures.test.ts.
import type { Share } from "./shapes";

export function rateText({ n, of }: Share): string {
  if (of <= 0) return "—";
  if (n <= 0) return "0%";
  if (n >= of) return "100%";
  const tenths = Math.min(999, Math.max(1, Math.round((n / of) * 1000)));
  return `${(tenths / 10).toFixed(1)}%`;
}

export function shareText({ n, of }: Share): string {
  return `${groups(n)} / ${groups(of)}`;
}

export function groups(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function kbitText(kbit: number): string {
  return kbit >= 1000 ? `${(kbit / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbit)} kbit/s`;
}

// Where a value stands between none: no line leads there, so that it is drawn as a point.
export function lonelyOf(values: (number | null)[]): number[] {
  const isNone = (i: number) => values[i] === null || values[i] === undefined;
  return values.flatMap((_, i) => (!isNone(i) && isNone(i - 1) && isNone(i + 1) ? [i] : []));
}
