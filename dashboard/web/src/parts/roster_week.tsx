// SPDX-License-Identifier: Apache-2.0
// Roster week: counters by days; a cell opens the form beside. The last row is who has leave. The week is in the address.
import { useState } from "preact/hooks";
import { query, setQuery } from "../address";
import { send } from "../api";
import { nowMs } from "../clock";
import { counterName, counters } from "../hall";
import { notify } from "../notice";
import { useResource } from "../resource";
import { mayAct } from "../session";
import type { Page } from "../shapes";
import { type Key, t, word } from "../text";
import { addDays, dayOf, dayStart, msOf, msOfWall, rfc3339, wallText } from "../time";
import { uuid } from "../uuid";
import type { CalendarState } from "./calendar_years";
import { problemText } from "./master_form";
import type { MasterRecord } from "./master_kinds";
import { Panel } from "./panel";
import { Empty, Loading, Problem } from "./states";

interface Entry {
  id: string;
  kind: "open" | "closed" | "leave";
  counter: string | null;
  staff: { number: string; name: string } | null;
  from: string;
  to: string;
  note: string | null;
  version: number;
}

// Monday of the day's week.
function mondayOf(day: string): string {
  const weekday = (new Date(day + "T00:00:00Z").getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

const weekOf = (asked: string | undefined) => mondayOf(asked && /^\d{4}-\d\d-\d\d$/.test(asked) ? asked : dayOf(nowMs.value));
const timeOf = (text: string) => wallText(msOf(text)).slice(11, 16);

function spanText(entry: Entry): string {
  if (timeOf(entry.from) === "00:00" && msOf(entry.to) - msOf(entry.from) === 86_400_000) return t("rAllDay");
  const sameDay = dayOf(msOf(entry.from)) === dayOf(msOf(entry.to) - 1);
  return sameDay ? `${timeOf(entry.from)}–${timeOf(entry.to)}` : `${entry.from.slice(5, 10)} – ${dayOf(msOf(entry.to) - 1).slice(5)}`;
}

function Chip({ entry }: { entry: Entry }) {
  return (
    <span class={`ro-chip is-${entry.kind}`} title={entry.note ?? undefined}>
      <b>{entry.kind === "closed" ? t("rk_closed") : (entry.staff?.name ?? t("rk_open"))}</b>
      <small>{spanText(entry)}</small>
    </span>
  );
}

function touches(entry: Entry, day: string): boolean {
  return msOf(entry.from) < dayStart(addDays(day, 1)) && msOf(entry.to) > dayStart(day);
}

interface CellProps {
  row: string; // a counter's id, or "leave"
  day: string;
  entries: Entry[];
}

function Cell({ row, day, entries }: CellProps) {
  const isOpen = query.value.cell === `${row} ${day}`;
  const inner = entries.map((entry) => <Chip key={entry.id} entry={entry} />);
  if (!mayAct()) return <td>{inner}</td>;
  return (
    <td>
      <button
        class={`ro-cell ${isOpen ? "is-on" : ""}`}
        data-testid={`roster-${row}-${day}`}
        aria-label={`${row === "leave" ? t("rLeave") : counterName(row)} ${day}`}
        onClick={() => setQuery({ cell: `${row} ${day}` })}
      >
        {inner.length ? inner : <span class="ro-plus">+</span>}
      </button>
    </td>
  );
}

interface FormProps {
  row: string;
  day: string;
  entry: Entry | null;
  staff: MasterRecord[];
  span: [string, string];
  done: () => void;
}

function EntryForm({ row, day, entry, staff, span, done }: FormProps) {
  const isLeave = row === "leave";
  const [id] = useState(() => entry?.id ?? uuid());
  const [kind, setKind] = useState<Entry["kind"]>(entry?.kind ?? (isLeave ? "leave" : "open"));
  const [who, setWho] = useState(entry?.staff?.number ?? "");
  const [from, setFrom] = useState(entry ? wallText(msOf(entry.from)).slice(0, 16).replace(" ", "T") : `${day}T${isLeave ? "00:00" : span[0]}`);
  const [to, setTo] = useState(
    entry ? wallText(msOf(entry.to)).slice(0, 16).replace(" ", "T") : isLeave ? `${addDays(day, 1)}T00:00` : `${day}T${span[1]}`,
  );
  const [note, setNote] = useState(entry?.note ?? "");
  const [problem, setProblem] = useState("");
  const name = staff.find((one) => one.number === who)?.name ?? entry?.staff?.name;
  const act = async (work: () => Promise<unknown>, word: Key) => {
    setProblem("");
    try {
      await work();
      notify(t(word));
      done();
    } catch (error) {
      const text = problemText(error);
      setProblem(text === t("mChanged") ? t("rElsewhere") : text);
    }
  };
  const save = () => {
    const [fromMs, toMs] = [msOfWall(from), msOfWall(to)];
    if (isLeave && !who) return setProblem(t("rWhoWanted"));
    if (fromMs === null || toMs === null || toMs <= fromMs) return setProblem(t("rTimesWanted"));
    const body = {
      kind,
      counter: isLeave ? null : row,
      staff: who && kind !== "closed" ? { number: who, name: String(name ?? who) } : null,
      from: rfc3339(fromMs),
      to: rfc3339(toMs),
      note: note.trim() || null,
      version: entry?.version ?? 0,
    };
    return void act(() => send("PUT", `/api/v1/roster/${id}`, body), "mSaved");
  };
  return (
    <form
      class="md-form ro-form"
      data-testid="roster-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {!isLeave && (
        <div class="segments md-wide" role="radiogroup">
          {(["open", "closed"] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={one === kind}
              class={one === kind ? "is-on" : ""}
              data-testid={`roster-kind-${one}`}
              onClick={() => setKind(one)}
            >
              {word("rk_", one)}
            </button>
          ))}
        </div>
      )}
      {kind !== "closed" && (
        <label class="field md-wide">
          <span>{t("rWho")}</span>
          <select value={who} data-testid="roster-staff" onChange={(event) => setWho(event.currentTarget.value)}>
            <option value="">{t("rNobody")}</option>
            {entry?.staff && !staff.some((one) => one.number === entry.staff?.number) && (
              <option value={entry.staff.number}>{entry.staff.name}</option>
            )}
            {staff.map((one) => (
              <option key={String(one.number)} value={String(one.number)}>
                {String(one.name)}（{String(one.number)}）
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        <span>{t("rFrom")}</span>
        <input type="datetime-local" value={from} data-testid="roster-from" onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t("rTo")}</span>
        <input type="datetime-local" value={to} data-testid="roster-to" onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <label class="field md-wide">
        <span>{t("rNote")}</span>
        <input value={note} maxLength={150} data-testid="roster-note" onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      {problem && (
        <p class="gate-problem md-wide" role="alert" data-testid="roster-problem">
          {problem}
        </p>
      )}
      <div class="action-row md-wide">
        <button class="button is-primary" type="submit" data-testid="roster-save">
          {t("mSave")}
        </button>
        {entry && (
          <button
            class="button"
            type="button"
            data-testid="roster-remove"
            onClick={() => void act(() => send("DELETE", `/api/v1/roster/${id}`, { version: entry.version }), "rRemoved")}
          >
            {t("rRemove")}
          </button>
        )}
      </div>
    </form>
  );
}

interface SideProps {
  row: string;
  day: string;
  entries: Entry[];
  staff: MasterRecord[];
  span: [string, string];
}

function Side({ row, day, entries, staff, span }: SideProps) {
  const [open, setOpen] = useState<string | null>(entries.length ? null : "new");
  const close = () => setQuery({ cell: "" });
  const shown = entries.find((entry) => entry.id === open) ?? null;
  const title = `${row === "leave" ? t("rLeave") : counterName(row)} · ${day.slice(5)}`;
  return (
    <Panel title={title} testId="roster-panel" close={close}>
      <div class="quick">
        {entries.map((entry) => (
          <button key={entry.id} class={`chip ${entry.id === open ? "is-on" : ""}`} onClick={() => setOpen(entry.id)}>
            {entry.staff?.name ?? word("rk_", entry.kind)} {spanText(entry)}
          </button>
        ))}
        <button class={`chip ${open === "new" ? "is-on" : ""}`} data-testid="roster-new" onClick={() => setOpen("new")}>
          {t("rNew")}
        </button>
      </div>
      {open && (
        <EntryForm
          key={`${open} ${shown?.version ?? 0}`}
          row={row}
          day={day}
          entry={shown}
          staff={staff}
          span={span}
          done={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

// The first beginning and the last end of the day's office hours; those of the first day that has any.
function spanOf(hours: string[][] | undefined, day: string): [string, string] {
  const weekday = (new Date(day + "T00:00:00Z").getUTCDay() + 6) % 7;
  const spans = hours?.[weekday]?.length ? hours[weekday] : hours?.find((one) => one.length);
  if (!spans?.length) return ["08:30", "17:30"];
  return [(spans[0] as string).slice(0, 5), (spans[spans.length - 1] as string).slice(6)];
}

function Week({ entries, days, calendar }: { entries: Entry[]; days: string[]; calendar: CalendarState | null }) {
  const today = dayOf(nowMs.value);
  const isRest = (day: string, i: number) => {
    const year = calendar?.years.find((one) => one.year === Number(day.slice(0, 4)));
    return i < 5 ? !!year?.off.includes(day) : !year?.work.includes(day);
  };
  const rows = [...counters.value.map((one) => one.id), "leave"];
  return (
    <div class="card ro-scroll">
      <table class="ro-week" data-testid="roster-week">
        <thead>
          <tr>
            <th />
            {days.map((day, i) => (
              <th key={day} class={`${day === today ? "is-today" : ""} ${isRest(day, i) ? "is-rest" : ""}`}>
                {word("cDay_", String(i))}
                <small>{day.slice(5)}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row} class={row === "leave" ? "ro-leave" : ""}>
              <th scope="row">{row === "leave" ? t("rLeave") : counterName(row)}</th>
              {days.map((day) => (
                <Cell
                  key={day}
                  row={row}
                  day={day}
                  entries={entries.filter((one) => (row === "leave" ? one.kind === "leave" : one.counter === row) && touches(one, day))}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ monday }: { monday: string }) {
  const to = (day: string) => setQuery({ week: day, cell: "" });
  const copy = async () => {
    try {
      const { made } = await send<{ made: number }>("POST", "/api/v1/roster/copy", { from: addDays(monday, -7), to: monday });
      notify(made > 0 ? t("rCopied", { n: made }) : t("rCopiedNone"));
    } catch (error) {
      notify(problemText(error), true);
    }
  };
  return (
    <div class="action-row ro-bar">
      <button class="button" data-testid="roster-before" onClick={() => to(addDays(monday, -7))}>
        {t("rBefore")}
      </button>
      <button class="button" onClick={() => to("")}>
        {t("rThis")}
      </button>
      <button class="button" data-testid="roster-next" onClick={() => to(addDays(monday, 7))}>
        {t("rNext")}
      </button>
      <b class="ro-span">{t("rWeek", { from: monday, to: addDays(monday, 6).slice(5) })}</b>
      {mayAct() && (
        <button class="button" data-testid="roster-copy" onClick={() => void copy()}>
          {t("rCopy")}
        </button>
      )}
    </div>
  );
}

export function RosterWeek() {
  const monday = weekOf(query.value.week);
  const days = [0, 1, 2, 3, 4, 5, 6].map((i) => addDays(monday, i));
  const asked = { from: rfc3339(dayStart(monday)), to: rfc3339(dayStart(addDays(monday, 7))) };
  const { data, error, reload } = useResource<Page<Entry>>("/api/v1/roster", asked, ["roster"]);
  const staff = useResource<Page<MasterRecord>>("/api/v1/master/staff", {}, ["master"]);
  const calendar = useResource<CalendarState>("/api/v1/calendar", {}, ["master"]);
  const [row = "", day = ""] = (query.value.cell ?? "").split(" ");
  const isOpen = mayAct() && row !== "" && days.includes(day);
  const entries = data?.items ?? [];
  const inCell = entries.filter((one) => (row === "leave" ? one.kind === "leave" : one.counter === row) && touches(one, day));
  return (
    <>
      <Bar monday={monday} />
      <p class="muted ro-hint">{t(mayAct() ? "rHint" : "rHintRead")}</p>
      <div class={`list-page ${isOpen ? "has-panel ro-panel" : ""}`}>
        <section class="list-side">
          {error && <Problem error={error} reload={reload} />}
          {!data && !error && <Loading />}
          {data && counters.value.length === 0 && <Empty icon="calendar" title={t("rNoCounters")} />}
          {data && counters.value.length > 0 && <Week entries={entries} days={days} calendar={calendar.data} />}
        </section>
        {isOpen && data && (
          <Side
            key={`${row} ${day}`}
            row={row}
            day={day}
            entries={inCell}
            staff={staff.data?.items ?? []}
            span={spanOf(calendar.data?.hours, day)}
          />
        )}
      </div>
    </>
  );
}
