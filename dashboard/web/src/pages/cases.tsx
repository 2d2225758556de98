// SPDX-License-Identifier: Apache-2.0
// Cases 办件: the list with traffic lights and days left; a row opens with its line of time.
import { BEHIND, formatAddress, query, setQuery } from "../address";
import { counters } from "../hall";
import { Behind } from "../parts/behind";
import { Choice, Filters, Search, Toggle } from "../parts/filters";
import { List } from "../parts/list";
import { CaseLineRow } from "../parts/rows";
import { Empty } from "../parts/states";
import { useList } from "../resource";
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
const PASSED_ON = ["open", "grade", "state", "counter", "q"];

function CaseFilters() {
  return (
    <>
      <Behind />
      <div class="quick">
        <Toggle name="open" value="1" label={t("openOnly")} />
        {GRADES.slice(0, 2).map((grade) => (
          <Toggle key={grade} name="grade" value={grade} label={t(`grade_${grade}` as Key)} />
        ))}
      </div>
      <Filters names={PASSED_ON}>
        <Choice name="grade" label={t("grade")} options={GRADES.map((grade) => [grade, t(`grade_${grade}` as Key)])} />
        <Choice name="state" label={t("state")} options={STATES.map((state) => [state, word("st_", state)])} />
        <Choice name="counter" label={t("counter")} options={counters.value.map((one) => [one.id, one.name])} />
        <Search label={t("searchCases")} />
      </Filters>
    </>
  );
}

export function CasesPage() {
  const here = query.value;
  const asked = Object.fromEntries([...PASSED_ON, ...BEHIND].filter((name) => here[name]).map((name) => [name, here[name] as string]));
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
          {t("noCasesHint")}
        </Empty>
      }
      panel={
        here.number ? <CasePanel key={here.number} number={here.number} close={() => setQuery({ number: "" })} /> : null
      }
    />
  );
}
