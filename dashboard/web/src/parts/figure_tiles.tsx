// SPDX-License-Identifier: Apache-2.0
// Figure tiles: the table of figures of a range, each with its numbers and beside a month and a year before.
import { groups, rateText, shareText } from "../figures";
import type { FigureTotals, FiguresBefore, Share } from "../shapes";
import { type Key, t } from "../text";

const SHARES = ["good", "bad", "active", "rectified", "called", "on_time", "online", "promised", "sped_up"] as const;
const VOLUMES = ["n", "services", "filed", "done"] as const;
type ShareName = (typeof SHARES)[number];
type VolumeName = (typeof VOLUMES)[number];

// For these less is better.
const LESS_IS_BETTER: readonly ShareName[] = ["bad"];

const BEFORES = ["month", "year"] as const;
const BEFORE_NAMES = { month: "beforeMonth", year: "beforeYear" } as const;

function shareChange(now: Share, then: Share): number | null {
  return now.of > 0 && then.of > 0 ? (now.n / now.of - then.n / then.of) * 100 : null;
}

function Arrow({ change, text, isGood }: { change: number; text: string; isGood: boolean | null }) {
  const tone = change === 0 || isGood === null ? "" : isGood ? "is-better" : "is-worse";
  return (
    <span class={`change ${tone}`}>
      {change === 0 ? t("changeNone") : `${change > 0 ? "▲" : "▼"} ${text}`}
    </span>
  );
}

function ShareTile({ name, total, before }: { name: ShareName; total: FigureTotals; before: FiguresBefore }) {
  const share = total[name];
  return (
    <div class="figure" data-testid={`figures-${name}`}>
      <span class="figure-name">{t(`fg_${name}` as Key)}</span>
      <span class="figure-value">{rateText(share)}</span>
      <span class="figure-more">
        <b>{shareText(share)}</b>
        {BEFORES.map((one) => {
          const then = before[one].total[name];
          const change = shareChange(share, then);
          return (
            <span key={one}>
              {t(BEFORE_NAMES[one])} {rateText(then)}{" "}
              {change !== null && (
                <Arrow
                  change={Math.round(change * 10)}
                  text={t("points", { n: Math.abs(change).toFixed(1) })}
                  isGood={LESS_IS_BETTER.includes(name) ? change < 0 : change > 0}
                />
              )}
            </span>
          );
        })}
      </span>
    </div>
  );
}

function VolumeTile({ name, total, before }: { name: VolumeName; total: FigureTotals; before: FiguresBefore }) {
  return (
    <div class="figure" data-testid={`figures-${name}`}>
      <span class="figure-name">{t(`fg_${name}` as Key)}</span>
      <span class="figure-value">{groups(total[name])}</span>
      <span class="figure-more">
        {BEFORES.map((one) => (
          <span key={one}>
            {t(BEFORE_NAMES[one])} {groups(before[one].total[name])}
          </span>
        ))}
      </span>
    </div>
  );
}

export function FigureTiles({ total, before, names }: { total: FigureTotals; before: FiguresBefore; names?: readonly string[] }) {
  const isShown = (name: string) => !names || names.includes(name);
  return (
    <div class={`figures figures-all ${names ? "figures-some" : ""}`}>
      {VOLUMES.filter(isShown).map((name) => (
        <VolumeTile key={name} name={name} total={total} before={before} />
      ))}
      {SHARES.filter(isShown).map((name) => (
        <ShareTile key={name} name={name} total={total} before={before} />
      ))}
    </div>
  );
}
