// SPDX-License-Identifier: Apache-2.0
// Mine 我的评价: what is said of the own work, for whoever is rated: own figures, and words without persons.
import { useEffect } from "preact/hooks";
import { LONG_RANGES, query, rangeQuery } from "../address";
import { nowMs } from "../clock";
import { FigureTiles } from "../parts/figure_tiles";
import { FigureTrend } from "../parts/figure_trend";
import { Face, levelName } from "../parts/face";
import { RangeChips } from "../parts/range";
import { Empty, Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import type { MyFigures } from "../shapes";
import { t } from "../text";

const AGAIN_MS = 60_000;
const SHOWN = ["n", "services", "done", "good", "bad", "active", "on_time", "sped_up"];

function Texts({ texts }: { texts: MyFigures["texts"] }) {
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t("mineTexts")}</h2>
        <span class="muted">{t("mineTextsHint")}</span>
      </header>
      {texts.length === 0 && <Empty icon="ratings" title={t("mineNone")} />}
      <ul class="mine-texts">
        {texts.map((one, i) => (
          <li key={i} data-testid="mine-text">
            <Face level={one.level} size={32} />
            <div>
              <b>{levelName(one.level)}</b> <span class="muted">{one.month}</span>
              <p>{one.tags.map((tag) => tag.text ?? tag.code).join("；")}</p>
              {one.text && <p>{one.text}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function MinePage() {
  const range = rangeQuery({ ...query.value, range: query.value.range ?? "month" }, nowMs.value);
  const { data, error, reload } = useResource<MyFigures>("/api/v1/figures/mine", { ...range }, ["case", "ticket"]);
  // Whoever is rated is not told the moment of a rating, which would tell who gave it: the box sends no event of it.
  useEffect(() => {
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const isNobody = data && data.staff === null;
  return (
    <main class="page">
      <header class="list-head">
        <h1>{t("mine")}</h1>
      </header>
      <div class="quick">
        <RangeChips names={LONG_RANGES} fallback="month" />
      </div>
      {isNobody && (
        <Empty icon="user" title={t("mineNobody")}>
          {t("mineNobodyHint")}
        </Empty>
      )}
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && data.staff !== null && (
        <>
          <FigureTiles total={data.total} before={data.before} names={SHOWN} />
          <FigureTrend trend={data.trend} />
          <Texts texts={data.texts} />
        </>
      )}
    </main>
  );
}
