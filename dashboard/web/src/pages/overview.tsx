// SPDX-License-Identifier: Apache-2.0
// Overview 今日总览: the day in figures, each with its numerator, denominator and yesterday's, and what waits.
import type { ComponentChildren } from "preact";
import { formatAddress } from "../address";
import { groups, rateText, shareText } from "../figures";
import { CalendarNotice } from "../parts/calendar_years";
import { Heat } from "../parts/heat";
import { LevelBar } from "../parts/level_bar";
import { FlagLine, RectificationLine, flagAddress } from "../parts/rows";
import { Empty, Loading, Problem } from "../parts/states";
import { type List, useList, useResource } from "../resource";
import { mayRead } from "../session";
import type { DiskFigures, Figures, FlagRow, Overview, RectificationRow, Share } from "../shapes";
import { bytesText } from "../size";
import { type Key, reasonText, t } from "../text";
import { dayOf, msOf } from "../time";

interface TileProps {
  testId: string;
  name: string;
  value: string;
  to: string;
  tone?: "good" | "bad" | "yellow" | "red";
  hint?: string;
  children?: ComponentChildren;
}

function FigureTile({ testId, name, value, to, tone, hint, children }: TileProps) {
  return (
    <a class={`figure ${tone ? `tone-${tone}` : ""}`} href={to} data-testid={testId} title={hint}>
      <span class="figure-name">{name}</span>
      <span class="figure-value">{value}</span>
      <span class="figure-more">{children}</span>
    </a>
  );
}

function yesterdayText(share: Share): string {
  return t("yesterdayWas", { text: share.of > 0 ? `${rateText(share)}（${shareText(share)}）` : t("noneYet") });
}

function RateTile(props: { kind: "good" | "active"; today: Figures; yesterday: Figures; to: string }) {
  const { kind, today, yesterday } = props;
  return (
    <FigureTile
      testId={`tile-${kind}`}
      name={t(`${kind}Rate` as Key)}
      value={rateText(today[kind])}
      to={props.to}
      hint={t(`${kind}Hint` as Key)}
      tone={kind === "good" && today.good.n > 0 ? "good" : undefined}
    >
      <b>{shareText(today[kind])}</b>
      <span>{yesterdayText(yesterday[kind])}</span>
    </FigureTile>
  );
}

const sumOf = (figures: Figures) => Object.values(figures.levels).reduce((sum, n) => sum + n, 0);

function RatingsTile({ data }: { data: Overview }) {
  return (
    <section class="figure figure-ratings" data-testid="tile-ratings">
      <a class="figure-head" href={formatAddress("ratings")}>
        <span class="figure-name">{t("ratingsToday")}</span>
        <span class="figure-value">{groups(sumOf(data.ratings))}</span>
        <span class="figure-more">{t("yesterdayWas", { text: groups(sumOf(data.yesterday)) })}</span>
      </a>
      <LevelBar levels={data.ratings.levels} />
    </section>
  );
}

interface Warning {
  text: string;
  tone: "red" | "yellow";
}

function UpTile(props: { testId: string; name: string; up: number; of: number; to: string; warning?: Warning }) {
  const { testId, name, up, of, to, warning } = props;
  const down = of - up;
  return (
    <FigureTile testId={testId} name={name} value={`${up} / ${of}`} to={to} tone={down > 0 ? "red" : warning?.tone}>
      {warning && <b data-testid={`${testId}-warning`}>{warning.text}</b>}
      <span>{of === 0 ? t("noneConfigured") : down > 0 ? t("downN", { n: down }) : t("allUp")}</span>
    </FigureTile>
  );
}

function RectifyTile({ data }: { data: Overview }) {
  const { open, late, due_today, judging } = data.rectifications;
  return (
    <FigureTile
      testId="tile-rectify"
      name={t("rectifyTile")}
      value={groups(open)}
      to={formatAddress("ratings", { view: "open" })}
      tone={late > 0 ? "red" : due_today > 0 ? "yellow" : undefined}
    >
      <b>{t("rectifyTileMore", { late, today: due_today })}</b>
      <span>{t("badToday", { rate: rateText(data.ratings.bad), share: shareText(data.ratings.bad) })}</span>
      {judging > 0 && <span>{t("rectifyJudging", { n: judging })}</span>}
    </FigureTile>
  );
}

// What is wrong with the recordings' disks, the worst first.
function diskWarning(flags: (kind: string) => number): Warning | undefined {
  if (flags("storage_failed") > 0) return { text: t("flag_storage_failed"), tone: "red" };
  if (flags("storage_slow") > 0) return { text: t("flag_storage_slow"), tone: "red" };
  if (flags("storage_spare") > 0) return { text: t("flag_storage_spare"), tone: "yellow" };
  return flags("spare_failed") > 0 ? { text: t("flag_spare_failed"), tone: "yellow" } : undefined;
}

function Tiles({ data }: { data: Overview }) {
  const flags = (kind: string) => data.flags[kind] ?? 0;
  return (
    <div class="figures">
      <RatingsTile data={data} />
      <RateTile kind="good" today={data.ratings} yesterday={data.yesterday} to={formatAddress("ratings", { level: "good" })} />
      <RectifyTile data={data} />
      <RateTile kind="active" today={data.ratings} yesterday={data.yesterday} to={formatAddress("ratings")} />
      <FigureTile
        testId="tile-red"
        name={t("redOpen")}
        value={groups(flags("case_red"))}
        to={formatAddress("flags", { kind: "case_red", open: "1" })}
        tone={flags("case_red") > 0 ? "red" : undefined}
      >
        <span>{t("flag_case_red")}</span>
      </FigureTile>
      <FigureTile
        testId="tile-yellow"
        name={t("yellowOpen")}
        value={groups(flags("case_yellow"))}
        to={formatAddress("flags", { kind: "case_yellow", open: "1" })}
        tone={flags("case_yellow") > 0 ? "yellow" : undefined}
      >
        <span>{t("warningsOpen", { n: flags("case_warning") })}</span>
      </FigureTile>
      <FigureTile
        testId="tile-cases"
        name={t("openCases")}
        value={groups(data.cases.open)}
        to={formatAddress("cases", { open: "1" })}
      >
        <span>{t("dueToday", { n: data.cases.due_today })}</span>
      </FigureTile>
      <UpTile
        testId="tile-cameras"
        name={t("camerasUp")}
        {...data.cameras}
        to={formatAddress("live")}
        warning={diskWarning(flags)}
      />
      <UpTile testId="tile-pads" name={t("padsUp")} {...data.pads} to={formatAddress("ratings")} />
    </div>
  );
}

function DiskLine({ disk }: { disk: DiskFigures }) {
  const isWell = disk.state === "well";
  return (
    <div class="row disk-row" data-testid={`disk-${disk.role}`} data-state={disk.state}>
      <span>
        <b>{t(`disk_${disk.role}`)}</b> <span class={`pill ${isWell ? "is-good" : "is-bad"}`}>{t(`ds_${disk.state}`)}</span>
      </span>
      <span class="muted">
        {t("diskUse", { used: bytesText(disk.used_bytes), free: bytesText(disk.free_bytes) })}
        {disk.oldest_at && <small>{t("diskOldest", { day: dayOf(msOf(disk.oldest_at)) })}</small>}
      </span>
      <span class="disk-use">{disk.in_use && t(isWell || disk.state === "slow" ? "diskInUse" : "diskWaits")}</span>
      {!isWell && disk.reason && <span class="disk-why">{reasonText(disk.reason)}</span>}
    </div>
  );
}

function Disks({ disks }: { disks: DiskFigures[] }) {
  return (
    <section class="card" data-testid="disks">
      <header class="card-head">
        <h2>{t("disks")}</h2>
      </header>
      {disks.map((disk) => (
        <DiskLine key={disk.role} disk={disk} />
      ))}
    </section>
  );
}

const SHOWN = 8;

function Worklist<T>(props: {
  title: string;
  list: List<T>;
  all: string;
  empty: string;
  line: (row: T) => ComponentChildren;
}) {
  const { data, error, reload } = props.list;
  return (
    <section class="card">
      <header class="card-head">
        <h2>
          {props.title} {data && data.total > 0 && <span class="count">{data.total}</span>}
        </h2>
        <a class="link" href={props.all}>
          {t("seeAll")}
        </a>
      </header>
      {data ? data.items.slice(0, SHOWN).map(props.line) : error ? <Problem error={error} reload={reload} /> : <Loading />}
      {data && data.items.length === 0 && <Empty icon="ratings" title={props.empty} />}
    </section>
  );
}

export function OverviewPage() {
  const overview = useResource<Overview>("/api/v1/overview", {}, ["rating", "case", "flag", "camera", "pad", "ticket", "outbox"]);
  const bad = useList<RectificationRow>("/api/v1/rectifications", { open: "1" }, ["rating"]);
  const flags = useList<FlagRow>("/api/v1/flags", { open: "1" }, ["flag"]);
  if (!overview.data) {
    return overview.error ? <Problem error={overview.error} reload={overview.reload} /> : <Loading />;
  }
  return (
    <main class="page overview">
      <h1 class="sr-only">{t("overview")}</h1>
      {overview.data.outbox.late > 0 && mayRead("outbox") && (
        <a class="gate-problem out-notice" href={formatAddress("outbox")} data-testid="outbox-late">
          {t("outLate", { n: overview.data.outbox.late })}
        </a>
      )}
      <CalendarNotice isLink />
      <Tiles data={overview.data} />
      <div class="overview-rest">
        <section class="card overview-heat">
          <header class="card-head">
            <h2>{t("heatTitle")}</h2>
            <span class="muted">{t("heatHint")}</span>
          </header>
          <Heat cells={overview.data.hours} />
        </section>
        <Worklist
          title={t("viewOpen")}
          list={bad}
          all={formatAddress("ratings", { view: "open" })}
          empty={t("noRectifications")}
          line={(row) => (
            <RectificationLine key={row.rating} row={row} to={formatAddress("ratings", { view: "open", id: row.rating })} />
          )}
        />
        <Worklist
          title={t("worklistFlags")}
          list={flags}
          all={formatAddress("flags", { open: "1" })}
          empty={t("noOpenFlags")}
          line={(row) => <FlagLine key={row.id} row={row} to={flagAddress(row.id)} />}
        />
        {overview.data.disks.length > 0 && <Disks disks={overview.data.disks} />}
      </div>
    </main>
  );
}
