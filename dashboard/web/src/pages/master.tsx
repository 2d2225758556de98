// SPDX-License-Identifier: Apache-2.0
// Master data 基础数据: items, units, staff, roster, villages, agents and the calendar, one tab each. A record opens
// beside the list; a table is imported with a report first.
import { type Query, formatAddress, query, setQuery } from "../address";
import { CalendarYears } from "../parts/calendar_years";
import { Search, Toggle } from "../parts/filters";
import { Icon } from "../parts/icon";
import { ItemCodes } from "../parts/item_codes";
import { MasterPanel } from "../parts/master_form";
import { MasterImport } from "../parts/master_import";
import { type MasterKind, type MasterRecord, keyOf } from "../parts/master_kinds";
import { RosterWeek } from "../parts/roster_week";
import { Empty, Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import { mayAct } from "../session";
import type { Page } from "../shapes";
import { t, word } from "../text";

const TABS = ["items", "units", "staff", "roster", "villages", "agents", "calendar"];

function Tabs({ tab }: { tab: string }) {
  return (
    <nav class="quick md-tabs">
      {TABS.map((name) => (
        <a
          key={name}
          class={`chip ${name === tab ? "is-on" : ""}`}
          aria-current={name === tab ? "page" : undefined}
          href={formatAddress("master", { tab: name === "items" ? "" : name })}
          data-testid={`master-tab-${name}`}
        >
          {word("mt_", name)}
        </a>
      ))}
    </nav>
  );
}

// What stands small under a record's name.
function more(kind: MasterKind, record: MasterRecord): string {
  const parts = {
    items: [record.code, record.unit],
    units: [record.code, record.head],
    staff: [record.number, record.unit, record.posts],
    villages: [record.code, record.address],
    agents: [record.id, record.village],
  }[kind];
  return parts.filter(Boolean).join(" · ");
}

function Line({ kind, record, isOpen }: { kind: MasterKind; record: MasterRecord; isOpen: boolean }) {
  const key = keyOf(kind, record);
  const limit = record.limit_days;
  return (
    <a
      class={`row md-row ${record.retired_at ? "is-retired" : ""}`}
      aria-current={isOpen ? "true" : undefined}
      href={formatAddress("master", { ...query.value, id: key, new: "", import: "" })}
      data-testid={`master-row-${key}`}
    >
      <span>
        <b>{String(record.name)}</b>
        <small>{more(kind, record)}</small>
      </span>
      <span class="md-end">
        {record.retired_at && <i class="pill">{t("mIsRetired")}</i>}
        {record.is_on_leave && <i class="pill md-leave">{t("mOnLeave")}</i>}
        {kind === "items" ? (
          <>
            {word("kind_", String(record.kind))}
            {typeof limit === "number" && <small>{t("mDays", { n: limit })}</small>}
          </>
        ) : (
          String(record.telephone ?? "")
        )}
      </span>
    </a>
  );
}

function Tools({ kind, n }: { kind: MasterKind; n: number }) {
  const q = query.value.q ?? "";
  return (
    <div class="md-tools">
      <Search label={t("mSearch")} />
      <div class="action-row">
        <Toggle name="retired" value="1" label={t("mRetired")} />
        {mayAct() && (
          <>
            <button class="button is-primary" data-testid="master-add" onClick={() => setQuery({ new: "1", id: "", import: "" })}>
              {t("mAdd")}
            </button>
            <button class="button" data-testid="master-import-open" onClick={() => setQuery({ import: "1", id: "", new: "" })}>
              {t("mImport")}
            </button>
          </>
        )}
        {n > 0 && (
          <a class="button" href={`/api/v1/master/${kind}?format=csv`} download data-testid="master-file">
            {t("mFile")}
          </a>
        )}
        {kind === "items" && n > 0 && (
          <a class="button" href={formatAddress("master", { codes: "1", q })} data-testid="master-codes">
            <Icon name="press" size={18} />
            {t("mCodes")}
          </a>
        )}
      </div>
    </div>
  );
}

function SideOf({ kind, here }: { kind: MasterKind; here: Query }) {
  const close = () => setQuery({ id: "", new: "", import: "" });
  if (here.import && mayAct()) return <MasterImport key={kind} kind={kind} close={close} />;
  if (here.new && mayAct()) return <MasterPanel key={kind} kind={kind} id="" close={close} saved={(id) => setQuery({ new: "", id })} />;
  return here.id ? <MasterPanel key={`${kind} ${here.id}`} kind={kind} id={here.id} close={close} saved={(id) => setQuery({ id })} /> : null;
}

function Records({ kind }: { kind: MasterKind }) {
  const here = query.value;
  const asked = { q: here.q ?? "", retired: here.retired ?? "" };
  const { data, error, reload } = useResource<Page<MasterRecord>>(`/api/v1/master/${kind}`, asked, ["master", "roster"]);
  const isOpen = !!(here.id || ((here.new || here.import) && mayAct()));
  return (
    <div class={`list-page ${isOpen ? "has-panel" : ""}`}>
      <section class="list-side">
        <Tools kind={kind} n={data?.total ?? 0} />
        {error && <Problem error={error} reload={reload} />}
        {!data && !error && <Loading />}
        {data && data.items.length === 0 && (
          <Empty icon="cases" title={asked.q ? t("mNothing") : t("mNone")}>
            {!asked.q && mayAct() && t("mNoneHint")}
          </Empty>
        )}
        {data && data.items.length > 0 && (
          <>
            <p class="muted md-total" data-testid="master-total">
              {t("total", { n: data.total })}
            </p>
            <div class="card rows">
              {data.items.map((record) => (
                <Line key={keyOf(kind, record)} kind={kind} record={record} isOpen={keyOf(kind, record) === here.id} />
              ))}
            </div>
          </>
        )}
      </section>
      <SideOf kind={kind} here={here} />
    </div>
  );
}

export function MasterPage() {
  const here = query.value;
  const tab = TABS.includes(here.tab ?? "") ? (here.tab as string) : "items";
  if (here.codes) return <ItemCodes q={here.q ?? ""} />;
  return (
    <main class="page md-page">
      <header class="list-head">
        <h1>{t("master")}</h1>
      </header>
      <Tabs tab={tab} />
      {tab === "roster" && <RosterWeek />}
      {tab === "calendar" && <CalendarYears />}
      {tab !== "roster" && tab !== "calendar" && <Records key={tab} kind={tab as MasterKind} />}
    </main>
  );
}
