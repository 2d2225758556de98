// SPDX-License-Identifier: Apache-2.0
// Figure trend: the good rate and the number of ratings over time.
import type { FiguresTrend } from "../shapes";
import { type Key, t } from "../text";
import { msOf } from "../time";
import { Chart } from "./chart";

export function FigureTrend({ trend }: { trend: FiguresTrend }) {
  const at = trend.points.map((point) => msOf(point.from_at) / 1000);
  const step = t(`trend_${trend.step}` as Key);
  const good = trend.points.map(({ good }) => (good.of > 0 ? (good.n / good.of) * 100 : null));
  const count = (bad: boolean) => trend.points.map((point) => (bad ? point.bad.n : point.n));
  return (
    <div class="figures-trend">
      <Chart
        testId="good"
        group="figures"
        title={`${t("trendGood")} · ${step}`}
        at={at}
        lines={[{ name: t("fg_good"), values: good, color: "--good" }]}
        max={100}
        digits={1}
      />
      <Chart
        testId="n"
        group="figures"
        title={`${t("trendN")} · ${step}`}
        at={at}
        lines={[
          { name: t("fg_n"), values: count(false), color: "--accent", bars: true },
          { name: t("bad"), values: count(true), color: "--l1", bars: true },
        ]}
        digits={0}
      />
    </div>
  );
}
