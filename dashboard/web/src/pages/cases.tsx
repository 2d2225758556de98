// SPDX-License-Identifier: Apache-2.0
// Cases 办件: the list with traffic lights and days left; a row opens with its line of time.
import { BEHIND, formatAddress, query, setQuery } from "../address";
import { counters } from "../hall";
import { Behind } from "../parts/behind";
import { Choice, Filters, Search, Toggle } from "../parts/filters";
import { List } from "../parts/list";
import { CaseLineRow } from "../parts/rows";
import { Empty } from "../parts/states";
import { useList, useResource } from "../resource";
import { session } from "../session";
import type { CaseHead } from "../shapes";
import { type Key, t, word } from "../text";
import { CasePanel } from "./case";

const GRADES = ["red", "yellow", "warning", "none"] as const;
const STATES = [
  "filed",
  "received",
  "prechecked",
  "waiting_papers",
  "accepted",
  "paused",
  "finished",
  "picked_up",
  "refused",
  "returned",
  "withdrawn",
];
const CHANNELS = ["hall", "online", "agent", "terminal"];
const PASSED_ON = ["open", "grade", "due", "papers", "state", "counter", "unit", "channel", "q"];

// Staff begin with their own cases; mine=0 in the address shows all.
const isMine = () => session()?.role === "staff" && query.value.mine !== "0";

function MineToggle() {
  if (session()?.role !== "staff") return null;
  return (
    <button
      class={`chip ${isMine() ? "is-on" : ""}`}
      aria-pressed={isMine()}
      data-testid="filter-mine"
      onClick={() => setQuery({ mine: isMine() ? "0" : "" })}
    >
      {t("caseMine")}
    </button>
  );
}

// The units of the catalogue; a hall without one searches by words.
function UnitChoice() {
  const { data } = useResource<{ items: { name: string }[] }>("/api/v1/master/units", {}, ["master"]);
  if (!data || data.items.length === 0) return null;
  return <Choice name="unit" label={t("unit")} options={data.items.map(({ name }) => [name, name])} />;
}

function CaseFilters() {
  return (
    <>
      <Behind />
      <div class="quick">
        <MineToggle />
        <Toggle name="open" value="1" label={t("openOnly")} />
        {GRADES.slice(0, 2).map((grade) => (
          <Toggle key={grade} name="grade" value={grade} label={t(`grade_${grade}` as Key)} />
        ))}
        <Toggle name="due" value="today" label={t("dueTodayOne")} />
        <Toggle name="papers" value="1" label={t("waitsPapers")} />
      </div>
      <Filters names={PASSED_ON}>
        <Choice name="grade" label={t("grade")} options={GRADES.map((grade) => [grade, t(`grade_${grade}` as Key)])} />
        <Choice name="state" label={t("state")} options={STATES.map((state) => [state, word("st_", state)])} />
        <Choice name="counter" label={t("counter")} options={counters.value.map((one) => [one.id, one.name])} />
        <UnitChoice />
        <Choice name="channel" label={t("caseChannel")} options={CHANNELS.map((one) => [one, word("cc_", one)])} />
        <Search label={t("searchCases")} />
      </Filters>
    </>
  );
}

export function CasesPage() {
  const here = query.value;
  const asked = Object.fromEntries([...PASSED_ON, ...BEHIND].filter((name) => here[name]).map((name) => [name, here[name] as string]));
  if (isMine() && !BEHIND.some((name) => here[name])) asked.mine = "1";
  const list = useList<CaseHead>("/api/v1/cases", asked, ["case"]);
  return (
    <List
      title={t("cases")}
      list={list}
      sheet={{ path: "/api/v1/cases", query: asked, testId: "cases" }}
      idOf={(row) => row.number}
      param="number"
      filters={<CaseFilters />}
      line={(row, isOpen) => (
        <CaseLineRow
          key={row.number}
          row={row}
          isOpen={isOpen}
          to={formatAddress("cases", { ...here, number: row.number })}
        />
      )}
      empty={
        <Empty icon="cases" title={t("noCases")}>
          {asked.mine ? t("noCasesMine") : t("noCasesHint")}
        </Empty>
      }
      panel={
        here.number ? <CasePanel key={here.number} number={here.number} close={() => setQuery({ number: "" })} /> : null
      }
    />
  );
}
