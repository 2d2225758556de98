// SPDX-License-Identifier: Apache-2.0
// Calendar years: which years' announced days are known, each with its days; one is pasted or read from a file, and is in
// force at once. And the office hours as hallwatch.yaml says.
import { useState } from "preact/hooks";
import { formatAddress, query, setQuery } from "../address";
import { send } from "../api";
import { parseDays, formatDays } from "../calendar_text";
import { nowMs } from "../clock";
import { notify } from "../notice";
import { useResource } from "../resource";
import { mayAct } from "../session";
import { t, word } from "../text";
import { dayOf } from "../time";
import { problemText } from "./master_form";
import { Panel } from "./panel";
import { Loading, Problem } from "./states";

export interface CalendarYear {
  year: number;
  source: "file" | "page";
  digest: string;
  working_days: number;
  off: string[];
  work: string[];
}

export interface CalendarState {
  years: CalendarYear[];
  missing: number | null;
  hours: string[][];
}

// On the overview and here, while a year is missing.
export function CalendarNotice({ isLink = false }: { isLink?: boolean }) {
  const { data } = useResource<CalendarState>(mayAct() ? "/api/v1/calendar" : null, {}, ["master"]);
  if (!data?.missing) return null;
  return (
    <p class="md-notice" role="status" data-testid="calendar-missing">
      {t("cMissing", { year: data.missing })}
      {isLink && (
        <a class="link" href={formatAddress("master", { tab: "calendar", edit: String(data.missing) })}>
          {t("cMissingGo")}
        </a>
      )}
    </p>
  );
}

function Months({ days }: { days: string[] }) {
  const months = [...new Set(days.map((day) => day.slice(5, 7)))];
  return (
    <p class="ca-days">
      {months.map((month) => (
        <span key={month}>
          <b>{Number(month)} 月</b>{" "}
          {days
            .filter((day) => day.slice(5, 7) === month)
            .map((day) => Number(day.slice(8)))
            .join("、")}
        </span>
      ))}
      {days.length === 0 && "—"}
    </p>
  );
}

function Year({ year }: { year: CalendarYear }) {
  return (
    <section class="card ca-year" data-testid={`calendar-${year.year}`}>
      <header>
        <h2>{t("cYear", { year: year.year })}</h2>
        <span class="muted">
          {t("cWorking", { n: year.working_days })} · {word("cSource_", year.source)}
        </span>
        {mayAct() && (
          <button class="button" data-testid={`calendar-edit-${year.year}`} onClick={() => setQuery({ edit: String(year.year) })}>
            {t("cEdit")}
          </button>
        )}
      </header>
      <h3>{t("cOff")}</h3>
      <Months days={year.off} />
      <h3>{t("cWork")}</h3>
      <Months days={year.work} />
    </section>
  );
}

function YearForm({ year, known }: { year: number; known: CalendarYear | undefined }) {
  const words = { off: t("cOffWord"), work: t("cWorkWord") };
  const [text, setText] = useState(known ? formatDays(known, words) : "");
  const [problem, setProblem] = useState("");
  const close = () => setQuery({ edit: "" });
  const act = async (work: () => Promise<unknown>) => {
    setProblem("");
    try {
      await work();
      notify(t("cSaved"));
      close();
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  const save = () => {
    const days = parseDays(text, year);
    if ("line" in days) return setProblem(t(days.isOtherYear ? "cBadYear" : "cBad", { n: days.line, line: days.text, year }));
    if (days.off.length === 0) return setProblem(t("cEmpty"));
    return void act(() => send("PUT", `/api/v1/calendar/${year}`, { ...days, digest: known?.digest ?? "" }));
  };
  return (
    <Panel title={t("cYear", { year })} testId="calendar-panel" close={close}>
      <p class="muted">{t("cPaste")}</p>
      <label class="field">
        <textarea rows={16} value={text} data-testid="calendar-text" onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="calendar-problem">
          {problem}
        </p>
      )}
      <div class="action-row mi-choose">
        <button class="button is-primary" onClick={save} data-testid="calendar-save">
          {t("mSave")}
        </button>
        <label class="button">
          {t("cFile")}
          <input
            class="sr-only"
            type="file"
            accept=".tsv,.csv,.txt,text/plain"
            data-testid="calendar-file"
            onChange={(event) => void event.currentTarget.files?.[0]?.text().then(setText)}
          />
        </label>
        {known?.source === "page" && (
          <button
            class="button"
            data-testid="calendar-drop"
            onClick={() => void act(() => send("DELETE", `/api/v1/calendar/${year}`, { digest: known.digest }))}
          >
            {t("cDrop")}
          </button>
        )}
      </div>
    </Panel>
  );
}

function Hours({ hours }: { hours: string[][] }) {
  return (
    <section class="card ca-year">
      <header>
        <h2>{t("cHours")}</h2>
      </header>
      <dl class="ca-hours">
        {hours.map((spans, i) => (
          <div key={i}>
            <dt>{word("cDay_", String(i))}</dt>
            <dd>{spans.length ? spans.join("，") : t("cClosed")}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">{t("cHoursHint")}</p>
    </section>
  );
}

export function CalendarYears() {
  const { data, error, reload } = useResource<CalendarState>("/api/v1/calendar", {}, ["master"]);
  const thisYear = Number(dayOf(nowMs.value).slice(0, 4));
  const edit = mayAct() ? Number(query.value.edit) || 0 : 0;
  const next = [thisYear, thisYear + 1].find((year) => data && !data.years.some((one) => one.year === year));
  return (
    <div class={`list-page ${edit ? "has-panel" : ""}`}>
      <section class="list-side">
        <CalendarNotice />
        {error && <Problem error={error} reload={reload} />}
        {!data && !error && <Loading />}
        {mayAct() && next && (
          <button class="button is-primary ca-add" data-testid="calendar-add" onClick={() => setQuery({ edit: String(next) })}>
            {t("cAdd", { year: next })}
          </button>
        )}
        {data && <Hours hours={data.hours} />}
        {data && [...data.years].reverse().map((year) => <Year key={year.year} year={year} />)}
      </section>
      {edit > 0 && data && <YearForm key={edit} year={edit} known={data.years.find((one) => one.year === edit)} />}
    </div>
  );
}
