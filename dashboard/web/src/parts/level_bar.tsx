// SPDX-License-Identifier: Apache-2.0
// Level bar: how the ratings share out over the five levels, with each number beside its face.
import { groups } from "../figures";
import type { Level } from "../shapes";
import { Face, levelName } from "./face";

const LEVELS: Level[] = [5, 4, 3, 2, 1];

export function LevelBar({ levels }: { levels: Record<string, number> }) {
  const of = LEVELS.reduce<number>((sum, level) => sum + (levels[level] ?? 0), 0);
  return (
    <div class="level-bar">
      <div class="level-strip" aria-hidden="true">
        {LEVELS.map((level) => {
          const n = levels[level] ?? 0;
          return n > 0 && <span key={level} class={`fill-${level}`} style={{ width: `${(n / of) * 100}%` }} />;
        })}
      </div>
      <ul class="level-list">
        {LEVELS.map((level) => (
          <li key={level}>
            <Face level={level} size={22} />
            <span>{levelName(level)}</span>
            <b>{groups(levels[level] ?? 0)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
