// SPDX-License-Identifier: Apache-2.0
// Monthly 监察月报: what a month of supervision came to, in words, tiles and tables beside the month before. Each number is a
// link to the list behind it.
import { useEffect } from "preact/hooks";
import { ApiError, send } from "../api";
import { BEHIND, type Query, formatAddress, query, setQuery } from "../address";
import { nowMs } from "../clock";
import { groups, rateText } from "../figures";
import { counterName } from "../hall";
import { SaveLink } from "../parts/save_link";
import { Empty, Loading, Problem, errorText } from "../parts/states";
import { notify } from "../notice";
import { useResource } from "../resource";
import { mayAct } from "../session";
import type { Share } from "../shapes";
import { type Key, language, t, word } from "../text";
import { wallText } from "../time";

const GROUPS = ["unit", "counter", "person", "item", "agent", "kind"] as const;
type Group = (typeof GROUPS)[number];

interface Figure {
  key: string;
  means_zh: string;
  means_en: string;
  form: "count" | "share" | "mean" | "minutes";
  thing: "cases" | "tickets" | "visits" | "ratings" | "flags";
  better: number;
}
type Interval = Share & { low: number; high: number };
type Cell = number | Interval;
interface Row {
  key: string | null;
  name: string | null;
  before?: Row | null;
  [figure: string]: Cell | string | Row | null | undefined;
}

interface Report {
  total: Row;
  before: Row;
  year: Row;
  groups: Record<string, Row[]>;
  text: { zh: string[]; en: string[] };
  figures: Figure[];
  is_running: boolean;
}

interface Thing {
  id: string;
  at: string;
  n: number;
  case_number: string | null;
  unit: string | null;
  counter: string | null;
  person_name: string | null;
  item: string | null;
}

// What a table shows at once: so many figures as a person can read side by side.
const SETS: Record<string, string[]> = {
  cases: ["filed", "online", "done", "on_time", "early", "days_early", "overtime", "open", "open_late"],
  cards: ["warning", "yellow", "red", "papers"],
  waits: ["tickets", "wait", "wait_most", "wait_over", "missed", "no_number"],
  ratings: ["rated", "good", "bad", "active", "rectified"],
  clues: ["clues", "found", "dismissed", "undecided"],
};
const TILES = ["filed", "done", "on_time", "overtime", "yellow", "red", "wait", "wait_over", "good", "clues"];

const cellOf = (row: Row | null | undefined, key: string) => row?.[key] as Cell | undefined;

// What it comes to, without its numbers.
function valueText(form: Figure["form"], cell: Cell | undefined): string {
  if (cell === undefined) return "—";
  if (typeof cell === "number") return groups(cell);
  if (form === "share") return rateText(cell);
  if (cell.of <= 0) return "—";
  if (form === "mean") return t("monthlyDays", { n: (cell.n / cell.of).toFixed(1) });
  return t("monthlyMinutes", { n: groups(cell.n) });
}

// What a column is sorted by: of a share the end of its interval that it is sure of.
function order(figure: Figure, cell: Cell | undefined): number {
  if (cell === undefined) return -Infinity;
  if (typeof cell === "number") return cell;
  if (cell.of <= 0) return -Infinity;
  if (figure.form === "share") return figure.better < 0 ? cell.high : cell.low;
  return figure.form === "mean" ? cell.n / cell.of : cell.n;
}

function listAddress(figure: Figure, whose: Query): string {
  const asked = { figure: figure.key, ...whose };
  return figure.thing === "tickets" || figure.thing === "visits"
    ? formatAddress("monthly", asked)
    : formatAddress(figure.thing, asked);
}

// A number as the link to its list; nothing opens none.
function Number({ n, to, testId }: { n: number; to: string; testId: string }) {
  return n > 0 ? (
    <a class="monthly-n" href={to} data-testid={testId}>
      {groups(n)}
    </a>
  ) : (
    <span data-testid={testId}>0</span>
  );
}

function Shown({ figure, row, whose }: { figure: Figure; row: Row; whose: Query }) {
  const cell = cellOf(row, figure.key);
  const name = `${figure.key}-${row.key ?? "none"}`;
  if (cell === undefined) return <>—</>;
  if (typeof cell === "number") return <Number n={cell} to={listAddress(figure, whose)} testId={`n-${name}`} />;
  if (cell.of <= 0) return <>—</>;
  const base = <Number n={cell.of} to={listAddress(figure, { ...whose, part: "base" })} testId={`of-${name}`} />;
  return (
    <>
      <b>{valueText(figure.form, cell)}</b>{" "}
      <small>
        {figure.form === "share" && (
          <>
            <Number n={cell.n} to={listAddress(figure, whose)} testId={`n-${name}`} /> /{" "}
          </>
        )}
        {base}
      </small>
    </>
  );
}

function Tile({ figure, report, period }: { figure: Figure; report: Report; period: string }) {
  const cell = cellOf(report.total, figure.key);
  const whose = { period, by: "hall" };
  return (
    <div class="figure" data-testid={`monthly-tile-${figure.key}`} title={language.value === "en" ? figure.means_en : figure.means_zh}>
      <span class="figure-name">{word("mf_", figure.key)}</span>
      <span class="figure-value">
        {typeof cell === "number" ? (
          <Number n={cell} to={listAddress(figure, whose)} testId={`tile-n-${figure.key}`} />
        ) : (
          valueText(figure.form, cell)
        )}
      </span>
      <span class="figure-more">
        {typeof cell === "object" && (
          <b>
            {figure.form === "share" && (
              <>
                <Number n={cell.n} to={listAddress(figure, whose)} testId={`tile-n-${figure.key}`} /> /{" "}
              </>
            )}
            <Number n={cell.of} to={listAddress(figure, { ...whose, part: "base" })} testId={`tile-of-${figure.key}`} />
          </b>
        )}
        <span>{t("monthlyBefore", { n: valueText(figure.form, cellOf(report.before, figure.key)) })}</span>
        <span>{t("monthlyYear", { n: valueText(figure.form, cellOf(report.year, figure.key)) })}</span>
      </span>
    </div>
  );
}

function nameOf(by: Group, row: Row): string {
  if (row.key === null) return t("belongsToNone");
  if (by === "kind") return word("flag_", row.key);
  if (by === "counter") return counterName(row.key);
  return row.name && row.name !== row.key ? `${row.name}（${row.key}）` : row.key;
}

function sorted(rows: Row[], figure: Figure | undefined): Row[] {
  if (!figure) return rows;
  return [...rows].sort((a, b) => order(figure, cellOf(b, figure.key)) - order(figure, cellOf(a, figure.key)));
}

function Table({ by, report, period }: { by: Group; report: Report; period: string }) {
  const set = by === "kind" ? "clues" : query.value.show && query.value.show in SETS ? query.value.show : "cases";
  const figures = (SETS[set] as string[]).flatMap((key) => report.figures.filter((one) => one.key === key));
  const rows = sorted(report.groups[by] ?? [], report.figures.find((one) => one.key === query.value.sort));
  return (
    <>
      {by !== "kind" && (
        <div class="quick">
          {Object.keys(SETS).map((one) => (
            <button
              key={one}
              class={`chip ${one === set ? "is-on" : ""}`}
              aria-pressed={one === set}
              data-testid={`show-${one}`}
              onClick={() => setQuery({ show: one === "cases" ? "" : one, sort: "" })}
            >
              {t(`ms_${one}` as Key)}
            </button>
          ))}
        </div>
      )}
      {rows.length === 0 && <Empty icon="cases" title={t("monthlyEmpty")} />}
      {rows.length > 0 && (
        <section class="card ranking monthly-table">
          <table>
            <thead>
              <tr>
                <th>{t(`by_${by}` as Key)}</th>
                {figures.map((figure) => (
                  <th key={figure.key} title={language.value === "en" ? figure.means_en : figure.means_zh}>
                    <button
                      class={`link ${query.value.sort === figure.key ? "is-on" : ""}`}
                      data-testid={`sort-${figure.key}`}
                      onClick={() => setQuery({ sort: query.value.sort === figure.key ? "" : figure.key })}
                    >
                      {word("mf_", figure.key)}
                      {query.value.sort === figure.key && " ↓"}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key ?? ""} data-testid={`monthly-row-${row.key ?? "none"}`}>
                  <th scope="row">{nameOf(by, row)}</th>
                  {figures.map((figure) => (
                    <td key={figure.key}>
                      <Shown figure={figure} row={row} whose={{ period, by, of: row.key ?? "" }} />
                      <small class="muted monthly-before">
                        {t("monthlyBefore", { n: valueText(figure.form, cellOf(row.before, figure.key)) })}
                      </small>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p class="muted ranking-hint">{t("monthlyHint")}</p>
        </section>
      )}
    </>
  );
}

// Numbers and services have no list of their own: what is behind them is shown here.
function Things() {
  const here = query.value;
  const asked = Object.fromEntries(BEHIND.filter((name) => here[name]).map((name) => [name, here[name] as string]));
  const { data, error, reload } = useResource<{ items: Thing[]; total: number }>("/api/v1/monthly/things", asked, []);
  const isWait = here.figure === "wait" || here.figure === "wait_most" || here.figure === "wait_over";
  if (error) return <Problem error={error} reload={reload} />;
  if (!data) return <Loading />;
  return (
    <section class="card ranking" data-testid="monthly-things">
      <header class="card-head">
        <h2>
          {word("mf_", here.figure)} {here.of && `· ${here.of}`}
        </h2>
        <span class="muted" data-testid="list-total">
          {groups(data.total)}
        </span>
        <button class="link" onClick={() => setQuery({ figure: "", of: "", part: "" })}>
          {t("close")}
        </button>
      </header>
      <table>
        <tbody>
          {data.items.slice(0, 1000).map((thing) => (
            <tr key={thing.id} data-testid={`thing-${thing.id}`}>
              <td>{wallText(Date.parse(thing.at)).slice(0, 16).replace("T", " ")}</td>
              <td>{thing.counter ? counterName(thing.counter) : "—"}</td>
              <td>{thing.item ?? "—"}</td>
              <td>
                {thing.case_number ? (
                  <a href={formatAddress("cases", { number: thing.case_number })}>{thing.case_number}</a>
                ) : (
                  "—"
                )}
              </td>
              <td>{thing.person_name ?? "—"}</td>
              {isWait && here.figure !== "wait_over" && <td>{t("monthlyMinutes", { n: thing.n })}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const MONTHS = 36; // that can be chosen at once; earlier ones by ‹

interface KeptReport {
  id: number;
  period: string;
  version: number;
  state: "wanted" | "made" | "failed" | "removed";
  by: string;
  made_at: string | null;
  pdf_sha256: string | null;
  changes: { figure: string; was: Cell; is: Cell }[];
}

const countOf = (cell: Cell) => (typeof cell === "number" ? groups(cell) : `${groups(cell.n)}/${groups(cell.of)}`);

// Reports of the month that are kept as they were made; a new version says what changed.
function Kept({ period }: { period: string }) {
  const { data, reload } = useResource<{ items: KeptReport[] }>("/api/v1/monthly/reports", { period }, []);
  const isWaiting = !!data?.items.some((one) => one.state === "wanted");
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(reload, 1500);
    return () => clearInterval(timer);
  }, [isWaiting]);
  const make = async () => {
    try {
      await send("POST", "/api/v1/monthly/reports", { period });
      reload();
    } catch (error) {
      notify(error instanceof ApiError ? errorText(error) : String(error), true);
    }
  };
  return (
    <section class="card monthly-kept" data-testid="monthly-kept">
      <header class="card-head">
        <h2>{t("keptTitle")}</h2>
        {mayAct() && (
          <button class="button" data-testid="monthly-make" disabled={isWaiting} onClick={() => void make()}>
            {isWaiting ? t("keptMaking") : t("keptMake")}
          </button>
        )}
      </header>
      {data?.items.length === 0 && <p class="muted">{t("keptNone")}</p>}
      <ul>
        {data?.items.map((one) => (
          <li key={one.id} data-testid={`kept-${one.version}`} data-state={one.state}>
            <span>
              <b>{t("keptVersion", { n: one.version })}</b>{" "}
              {one.made_at
                ? t("keptMade", { at: wallText(Date.parse(one.made_at)).slice(0, 16).replace("T", " "), by: one.by === "system" ? t("keptSystem") : one.by })
                : word("kept_", one.state)}
              {one.pdf_sha256 && <small class="muted"> SHA-256 {one.pdf_sha256.slice(0, 12)}…</small>}
              {one.changes.length > 0 && (
                <small class="monthly-before">
                  {t("keptChanges")}
                  {one.changes.map((change) => `${word("mf_", change.figure)} ${countOf(change.was)} → ${countOf(change.is)}`).join("；")}
                </small>
              )}
            </span>
            {one.state === "made" && (
              <span class="sheet-links">
                <SaveLink path={`/api/v1/monthly/reports/${one.id}/file`} query={{ format: "pdf" }} icon="press" label="keptPdf" testId={`kept-pdf-${one.version}`} />
                <SaveLink path={`/api/v1/monthly/reports/${one.id}/file`} query={{ format: "xlsx" }} icon="press" label="keptXlsx" testId={`kept-xlsx-${one.version}`} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function monthsFrom(period: string, by: number): string {
  const months = whole(period.slice(0, 4)) * 12 + whole(period.slice(5, 7)) - 1 + by;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
}
const whole = (text: string) => parseInt(text, 10);

function MonthChoice({ period, now }: { period: string; now: string }) {
  const choose = (to: string) => setQuery({ period: to, figure: "", of: "", part: "" });
  return (
    <span class="monthly-choice">
      <button class="icon-button" aria-label={t("previousMonth")} data-testid="monthly-before" onClick={() => choose(monthsFrom(period, -1))}>
        ‹
      </button>
      <select aria-label={t("monthly")} value={period} data-testid="monthly-month" onChange={(event) => choose(event.currentTarget.value)}>
        {[...new Set([period, ...Array.from({ length: MONTHS }, (_, i) => monthsFrom(now, -i))])].map((month) => (
          <option key={month} value={month}>
            {t("monthlyOf", { year: month.slice(0, 4), month: whole(month.slice(5, 7)) })}
          </option>
        ))}
      </select>
      <button
        class="icon-button"
        aria-label={t("nextMonth")}
        data-testid="monthly-next"
        disabled={period >= now}
        onClick={() => choose(monthsFrom(period, 1))}
      >
        ›
      </button>
    </span>
  );
}

export function MonthlyPage() {
  const now = wallText(nowMs.value).slice(0, 7);
  const period = query.value.period ?? now;
  const by = GROUPS.find((one) => one === query.value.by) ?? "unit";
  const { data, error, reload } = useResource<Report>("/api/v1/monthly", { period, by }, []);
  return (
    <main class="page ranking-page monthly-page">
      <header class="list-head">
        <h1>{t("monthly")}</h1>
        <span class="sheet-links">
          <SaveLink path="/api/v1/monthly/report" query={{ period, format: "pdf" }} icon="press" label="reportPdf" testId="monthly-pdf" />
          <SaveLink path="/api/v1/monthly/report" query={{ period, format: "xlsx" }} icon="press" label="reportXlsx" testId="monthly-xlsx" />
        </span>
        <MonthChoice period={period} now={now} />
      </header>
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          {query.value.figure && <Things />}
          {data.is_running && <p class="muted monthly-running">{t("monthlyRunning")}</p>}
          <section class="card monthly-words" data-testid="monthly-words">
            <header class="card-head">
              <h2>{t("monthlyWords")}</h2>
            </header>
            <p>{data.text[language.value === "en" ? "en" : "zh"].join(language.value === "en" ? " " : "")}</p>
          </section>
          <div class="figures figures-all">
            {TILES.flatMap((key) => data.figures.filter((one) => one.key === key)).map((figure) => (
              <Tile key={figure.key} figure={figure} report={data} period={period} />
            ))}
          </div>
          <div class="quick">
            {GROUPS.map((one) => (
              <button
                key={one}
                class={`chip ${one === by ? "is-on" : ""}`}
                aria-pressed={one === by}
                data-testid={`by-${one}`}
                onClick={() => setQuery({ by: one === "unit" ? "" : one, sort: "", figure: "", of: "", part: "" })}
              >
                {t(`by_${one}` as Key)}
              </button>
            ))}
          </div>
          <Table by={by} report={data} period={period} />
          <Kept period={period} />
        </>
      )}
    </main>
  );
}
