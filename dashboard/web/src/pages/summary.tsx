// SPDX-License-Identifier: Apache-2.0
// Summary: the hall's figures of a range, above the ranking: all figures beside a month and a year before, over time,
// what bad ratings gave as reasons, and which counters at which hours.
import { useRef } from "preact/hooks";
import { query, rangeQuery } from "../address";
import { nowMs } from "../clock";
import { groups } from "../figures";
import { FigureTiles } from "../parts/figure_tiles";
import { FigureTrend } from "../parts/figure_trend";
import { Heat } from "../parts/heat";
import { Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import type { FiguresSummary } from "../shapes";
import { t } from "../text";

const TAGS_SHOWN = 10;

function Tags({ tags }: { tags: FiguresSummary["tags"] }) {
  const most = Math.max(1, ...tags.map((tag) => tag.n));
  return (
    <section class="card" data-testid="figures-tags">
      <header class="card-head">
        <h2>{t("worstTags")}</h2>
      </header>
      {tags.length === 0 && <p class="muted figures-none">{t("worstTagsNone")}</p>}
      <ol class="tag-bars">
        {tags.slice(0, TAGS_SHOWN).map((tag) => (
          <li key={tag.code} data-testid={`tag-bar-${tag.code}`}>
            <span>{tag.text ?? tag.code}</span>
            <b>{groups(tag.n)}</b>
            <i style={{ width: `${(tag.n / most) * 100}%` }} />
            {tag.worst > 0 && <small class="muted">{t("worstN", { n: tag.worst })}</small>}
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Summary() {
  const range = rangeQuery(query.value, nowMs.value);
  const { data, error, reload } = useResource<FiguresSummary>("/api/v1/figures/summary", { ...range }, ["rating"]);
  const last = useRef<FiguresSummary | null>(null);
  if (data) last.current = data;
  const shown = data ?? last.current; // another range is read: what is there stays until it has come
  if (!shown || error) return error ? <Problem error={error} reload={reload} /> : <Loading />;
  return (
    <>
      <FigureTiles total={shown.total} before={shown.before} />
      <FigureTrend trend={shown.trend} />
      <div class="figures-pair">
        <Tags tags={shown.tags} />
        <section class="card">
          <header class="card-head">
            <h2>{t("heatRange")}</h2>
          </header>
          <Heat cells={shown.hours} />
        </section>
      </div>
    </>
  );
}
