// SPDX-License-Identifier: Apache-2.0
// Ranking 统计: ratings counted by counter, staff, item, unit, channel or hour, each share with its numbers and the
// interval in which the true share lies; what ranks is its lower end.
import type { ComponentChildren } from "preact";
import { LONG_RANGES, query, rangeQuery, setQuery } from "../address";
import { nowMs } from "../clock";
import { groups, rateText, shareText } from "../figures";
import { Later } from "../parts/later";
import { RangeChips } from "../parts/range";
import { SaveLink } from "../parts/save_link";
import { SheetLinks } from "../parts/sheet_links";
import { Empty, Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import type { GroupFigures, ShareInterval } from "../shapes";
import { type Key, t, word } from "../text";

const GROUPS = ["counter", "staff", "item", "unit", "channel", "hour"] as const;
type Group = (typeof GROUPS)[number];

function nameOf(by: Group, row: GroupFigures): string {
  if (row.key === null) return t("belongsToNone");
  if (by === "hour") return `${row.key}:00–${row.key}:59`;
  if (by === "channel") return word("channel_", row.key);
  return row.name && row.name !== row.key ? `${row.name}（${row.key}）` : row.key;
}

const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

// The interval as a bar with the share as a mark, so that few ratings look as uncertain as they are.
function Interval({ share }: { share: ShareInterval }) {
  const value = share.of > 0 ? share.n / share.of : 0;
  return (
    <span class="interval" title={t("intervalHint", { low: percent(share.low), high: percent(share.high) })}>
      <i class="interval-range" style={{ left: percent(share.low), width: percent(share.high - share.low) }} />
      <i class="interval-mark" style={{ left: percent(value) }} />
    </span>
  );
}

function Row({ by, row, rank }: { by: Group; row: GroupFigures; rank: number }) {
  return (
    <tr data-testid={`ranking-${row.key ?? "none"}`}>
      <td class="ranking-rank">{rank}</td>
      <th scope="row">{nameOf(by, row)}</th>
      <td>{groups(row.n)}</td>
      <td>
        <b>{rateText(row.good)}</b> <small>{shareText(row.good)}</small>
      </td>
      <td class="ranking-bar">
        <Interval share={row.good} />
        <small>
          {percent(row.good.low)} – {percent(row.good.high)}
        </small>
      </td>
      <td class={row.bad.n > 0 ? "rx-late" : ""}>{shareText(row.bad)}</td>
      <td>
        {rateText(row.active)} <small>{shareText(row.active)}</small>
      </td>
      <td>{groups(row.services)}</td>
      {(["month", "year"] as const).map((one) => {
        const then = row.before?.[one];
        return (
          <td key={one}>
            {then && then.n > 0 ? (
              <>
                {rateText(then.good)} <small>{shareText(then.good)}</small>
              </>
            ) : (
              "—"
            )}
          </td>
        );
      })}
    </tr>
  );
}

export function Ranking({ views }: { views: ComponentChildren }) {
  const by = GROUPS.find((one) => one === query.value.by) ?? "counter";
  const range = rangeQuery(query.value, nowMs.value);
  const { data, error, reload } = useResource<{ items: GroupFigures[] }>("/api/v1/figures", { by, compare: "1", ...range }, ["rating"]);
  return (
    <main class="page ranking-page">
      <header class="list-head">
        <h1>{t("ratings")}</h1>
        <span class="sheet-links">
          <SaveLink path="/api/v1/report" query={{ ...range, format: "pdf" }} icon="cases" label="reportPdf" testId="report-pdf" />
          <SaveLink path="/api/v1/report" query={{ ...range, format: "xlsx" }} icon="cases" label="reportXlsx" testId="report-xlsx" />
        </span>
        <SheetLinks path="/api/v1/figures" query={{ by, ...range }} testId="ranking" />
      </header>
      {views}
      <div class="quick">
        <RangeChips names={LONG_RANGES} />
      </div>
      <Later read={() => import("./summary").then((file) => file.Summary)} />
      <div class="quick">
        {GROUPS.map((one) => (
          <button
            key={one}
            class={`chip ${one === by ? "is-on" : ""}`}
            aria-pressed={one === by}
            data-testid={`by-${one}`}
            onClick={() => setQuery({ by: one === "counter" ? "" : one })}
          >
            {t(`by_${one}` as Key)}
          </button>
        ))}
      </div>
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && data.items.length === 0 && <Empty icon="ratings" title={t("noRatings")} />}
      {data && data.items.length > 0 && (
        <section class="card ranking">
          <table>
            <thead>
              <tr>
                <th>{t("rank")}</th>
                <th>{t(`by_${by}` as Key)}</th>
                <th>{t("ratingsN")}</th>
                <th>{t("goodRate")}</th>
                <th>{t("interval")}</th>
                <th>{t("bad")}</th>
                <th>{t("fg_active")}</th>
                <th>{t("fg_services")}</th>
                <th>{t("beforeMonth")}</th>
                <th>{t("beforeYear")}</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((row, i) => (
                <Row key={row.key ?? ""} by={by} row={row} rank={i + 1} />
              ))}
            </tbody>
          </table>
          <p class="muted ranking-hint">{t("rankingHint")}</p>
        </section>
      )}
    </main>
  );
}
