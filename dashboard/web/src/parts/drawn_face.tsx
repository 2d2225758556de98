// SPDX-License-Identifier: Apache-2.0
// Face: a level drawn as a face, always beside its words (never by colour or face alone).
import type { Level } from "../shapes";

const MOUTHS: Record<Level, string> = {
  5: "M9 18.5c1.6 6.5 12.4 6.5 14 0z",
  4: "M9.5 19.5c2.6 4.6 10.4 4.6 13 0",
  3: "M10 21.5c3 1.2 9 1.2 12 0",
  2: "M10 23.5c2.6-4 9.4-4 12 0",
  1: "M9.5 24.5c2-6.5 11-6.5 13 0z",
};

export function Face({ level, size = 34 }: { level: Level; size?: number }) {
  const isAngry = level === 1;
  return (
    <svg class={`face level-${level}`} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="14.5" />
      <circle class="ink" cx="11" cy="13" r="1.9" />
      <circle class="ink" cx="21" cy="13" r="1.9" />
      {isAngry && <path class="line" d="M8 8.8l5 2M24 8.8l-5 2" />}
      <path class={level === 5 || level === 1 ? "mouth" : "line"} d={MOUTHS[level]} />
    </svg>
  );
}
