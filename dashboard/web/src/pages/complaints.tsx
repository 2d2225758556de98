// SPDX-License-Identifier: Apache-2.0
// Complaints 吐槽找茬: what waits for whoever looks, what is late, all in hand and what has ended; a row opens beside, and
// so does the form in which a new one is taken down.
import { type Query, formatAddress, query, setQuery } from "../address";
import { counters } from "../hall";
import { ComplaintForm, categoryName } from "../parts/complaint_form";
import { Choice, Filters, Search } from "../parts/filters";
import { Icon } from "../parts/icon";
import { List } from "../parts/list";
import { Panel } from "../parts/panel";
import { Empty } from "../parts/states";
import { DueText } from "../parts/work";
import { useList, useResource } from "../resource";
import { mayRead } from "../session";
import type { Category, ComplaintHead, ComplaintPage, Page } from "../shapes";
import { type Key, t } from "../text";
import { shortTime } from "../time";
import { ComplaintBadge, ComplaintPanel, PublicationBadge } from "./complaint";

const VIEWS: [view: string, name: Key, count: keyof ComplaintPage["counts"] | null][] = [
  ["", "tcWaits", "waits"],
  ["late", "tcLate", "late"],
  ["open", "tcOpen", "open"],
  ["ended", "tcEnded", null],
  ["published", "tp_published", null],
];

const ASKED: Record<string, Query> = {
  "": { open: "1", waits: "1" },
  late: { open: "1", late: "1" },
  open: { open: "1" },
  ended: {},
  published: { publication: "published" },
};

function Views({ counts }: { counts: ComplaintPage["counts"] | undefined }) {
  return (
    <div class="quick">
      {VIEWS.map(([view, name, count]) => (
        <a
          key={view}
          class={`chip ${(query.value.view ?? "") === view ? "is-on" : ""} ${count === "late" && counts?.late ? "tc-chip-late" : ""}`}
          href={formatAddress("complaints", { view })}
          data-testid={`complaints-${view || "waits"}`}
        >
          {t(name)}
          {count && counts && <b class="tc-count">{counts[count]}</b>}
        </a>
      ))}
      {counts && counts.due_today > 0 && <span class="pill tc-today">{t("tcToday", { n: counts.due_today })}</span>}
    </div>
  );
}

function Line({ row, to, isOpen }: { row: ComplaintHead; to: string; isOpen: boolean }) {
  return (
    <a class="row tc-row" href={to} aria-current={isOpen ? "true" : undefined} data-testid={`complaint-row-${row.number}`}>
      <span class="tc-state">
        <ComplaintBadge head={row} />
        <PublicationBadge head={row} />
      </span>
      <span class="row-words">
        <b>{categoryName(row.category)}</b> {row.text}
        <small>
          {t("tcNumber", { n: row.number })} · {row.counter?.name ?? row.unit ?? "—"} · {row.taken_by} {shortTime(row.created_at)}
        </small>
      </span>
      <span class="row-due">
        {row.closed_at ? <time dateTime={row.closed_at}>{shortTime(row.closed_at)}</time> : <DueText head={row} />}
        <small>{row.owner ?? ""}</small>
      </span>
    </a>
  );
}

function SideOf({ here }: { here: Query }) {
  if (here.new)
    return (
      <Panel title={t("tcNew")} testId="complaint-new-panel" close={() => setQuery({ new: "" })}>
        <ComplaintForm taken={(complaint) => setQuery({ new: "", id: complaint.id })} />
      </Panel>
    );
  return here.id ? <ComplaintPanel key={here.id} id={here.id} close={() => setQuery({ id: "" })} /> : null;
}

export function ComplaintsPage() {
  const here: Query = query.value;
  const asked: Query = { ...(ASKED[here.view ?? ""] ?? {}) };
  for (const name of ["category", "counter", "q"]) asked[name] = here[name] ?? "";
  const list = useList<ComplaintHead>("/api/v1/complaints", asked, ["complaint"]);
  const categories = useResource<Page<Category>>("/api/v1/complaint-categories", {}, []);
  const counts = (list.data as ComplaintPage | null)?.counts;
  const filters = (
    <>
      {mayRead("cards") && (
        <button class="button is-primary tc-new" data-testid="complaint-new" onClick={() => setQuery({ new: "1", id: "" })}>
          <Icon name="flags" size={20} />
          {t("tcNew")}
        </button>
      )}
      <Views counts={counts} />
      <Filters names={["category", "counter", "q"]}>
        <Choice
          name="category"
          label={t("tcCategory")}
          options={(categories.data?.items ?? []).map((one) => [one.code, categoryName(one)])}
        />
        <Choice name="counter" label={t("counter")} options={counters.value.map((one) => [one.id, one.name])} />
        <Search label={t("tcSearch")} />
      </Filters>
    </>
  );
  return (
    <List
      title={t("complaints")}
      list={list}
      sheet={{ path: "/api/v1/complaints", query: asked, testId: "complaints" }}
      idOf={(row) => row.id}
      param="id"
      filters={filters}
      line={(row, isOpen) => (
        <Line key={row.id} row={row} isOpen={isOpen} to={formatAddress("complaints", { ...here, new: "", id: row.id })} />
      )}
      empty={<Empty icon="info" title={t(here.view ? "tcNone" : "tcNoneWaits")} />}
      panel={here.new || here.id ? <SideOf here={here} /> : null}
    />
  );
}
