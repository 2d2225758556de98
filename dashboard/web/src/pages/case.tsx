// SPDX-License-Identifier: Apache-2.0
// One case: its clock, its line of time, its events, ratings and flags.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError, get, send } from "../api";
import { camerasOf, counterName } from "../hall";
import { notify } from "../notice";
import { GradeBadge, daysText } from "../parts/badge";
import { CaseLine } from "../parts/case_line";
import { HoldsOf } from "../parts/hold_card";
import { OrdersOf } from "../parts/orders_of";
import { Facts, Panel } from "../parts/panel";
import { PersonLook } from "../parts/person_look";
import { QrCode } from "../parts/qr_code";
import { FlagLine, RatingLine, flagAddress, ratingAddress } from "../parts/rows";
import { Loading, Problem, errorText } from "../parts/states";
import { useResource } from "../resource";
import { mayRead, session } from "../session";
import type { Case, CaseEvent, Code, Person } from "../shapes";
import { type Key, t, word } from "../text";
import { boxNow, fullTime, msOf, shortTime } from "../time";

export function personText(person: Person | null): string {
  return person ? `${person.name ?? ""} ${person.number ?? ""}`.trim() || "—" : "—";
}

function Head({ item }: { item: Case }) {
  return (
    <div class="case-head">
      <p class="case-item" data-testid="case-item">
        {item.item?.name ?? item.item?.code ?? "—"}
      </p>
      <p class="muted">{item.number}</p>
      <div class="case-clock">
        <GradeBadge grade={item.grade} />
        <b data-testid="case-days">{daysText(item)}</b>
        <span>{word("st_", item.state)}</span>
      </div>
    </div>
  );
}

function dueText(item: Case): string {
  if (item.due_at) return fullTime(item.due_at) + (item.is_provisional ? ` · ${t("provisional")}` : "");
  return t(item.limit_days === null ? "noLimit" : "fromAcceptance");
}

function Applicant({ item }: { item: Case }) {
  if (!item.applicant && !item.phone_tail) return <>—</>;
  const rater = { name: item.applicant, phone: item.phone_tail && `*******${item.phone_tail}`, erased_at: null };
  return <PersonLook rater={rater} path={`/api/v1/cases/${encodeURIComponent(item.number)}/person`} />;
}

function factsOf(item: Case): [string, ComponentChildren][] {
  const used =
    item.limit_days === null
      ? t("noLimit")
      : t("limitUsed", { limit: item.limit_days, used: item.days_used ?? 0 });
  return [
    [t("dueAt"), dueText(item)],
    [t("grade"), used],
    [t("acceptedAt"), fullTime(item.accepted_at)],
    [t("finishedAt"), fullTime(item.finished_at)],
    [t("unit"), item.unit ?? "—"],
    [t("counter"), counterName(item.counter)],
    [t("applicant"), <Applicant item={item} />],
    [t("person"), personText(item.person)],
    [t("kind"), word("kind_", item.kind)],
  ];
}

function eventName(event: CaseEvent): string {
  return event.kind === "node" && event.node ? event.node : word("ev_", event.kind);
}

function Events({ events }: { events: CaseEvent[] }) {
  if (events.length === 0) return <p class="muted">{t("noEvents")}</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th>{t("time")}</th>
          <th>{t("event")}</th>
          <th>{t("person")}</th>
          <th>{t("reason")}</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <td class="nowrap">{shortTime(event.at)}</td>
            <td>
              {eventName(event)}
              {event.days ? ` (${t("days", { n: event.days })})` : ""}
            </td>
            <td>
              {personText(event.person)}
              {event.unit && <small>{event.unit}</small>}
            </td>
            <td>{event.reason ?? ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// The hour around the acceptance; without one, the last.
function stretchOf(item: Case) {
  const atMs = item.accepted_at ? msOf(item.accepted_at) : Math.floor(boxNow() / 1000) * 1000;
  const beforeMs = (item.accepted_at ? 15 : 60) * 60_000;
  return { cameras: camerasOf(item.counter), fromMs: atMs - beforeMs, toMs: atMs - beforeMs + 3_600_000 };
}

function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return t("e_no_answer");
  return error.code === "off" ? t("queryOff") : errorText(error);
}

// A code of this case, shown on the screen or printed once it is asked for.
function CodeButton({ testId, word: label, ask, hint }: { testId: string; word: Key; ask: () => Promise<Code>; hint: (code: Code) => string }) {
  const [code, setCode] = useState<Code | null>(null);
  const show = () => ask().then(setCode, (error) => notify(problemText(error), true));
  if (!code)
    return (
      <button class="button" data-testid={testId} onClick={() => void show()}>
        {t(label)}
      </button>
    );
  return (
    <div class="code-card" data-testid={`${testId}-picture`}>
      <QrCode code={code} name={t(label)} />
      <p class="code-words">{hint(code)}</p>
    </div>
  );
}

// For the receipt, and for the citizen who has gone without rating.
function Codes({ item }: { item: Case }) {
  const path = `/api/v1/cases/${encodeURIComponent(item.number)}`;
  const isOver = item.state === "finished" || item.state === "picked_up";
  if (session()?.role === "viewer") return null;
  return (
    <section class="block case-codes">
      <CodeButton testId="case-query-code" word="caseQueryCode" ask={() => get<Code>(`${path}/query-code`)} hint={() => t("caseQueryHint")} />
      {isOver && item.ratings.length === 0 && (
        <CodeButton
          testId="case-code"
          word="caseCode"
          ask={() => send<Code>("POST", `${path}/code`, {})}
          hint={(code) => t("caseCodeHint", { time: fullTime(code.expires_at).slice(0, 10) })}
        />
      )}
    </section>
  );
}

function Body({ item }: { item: Case }) {
  return (
    <>
      <Head item={item} />
      <section class="block">
        <h3>{t("timeline")}</h3>
        {item.line ? <CaseLine item={item} /> : <p class="muted">{t("noEvents")}</p>}
      </section>
      <section class="block">
        <Facts rows={factsOf(item)} />
      </section>
      <section class="block">
        <h3>{t("events")}</h3>
        <Events events={item.events} />
      </section>
      <Codes item={item} />
      {mayRead("ratings") && (
        <section class="block">
          <h3>{t("ratings")}</h3>
          {item.ratings.length === 0 && <p class="muted">{t("noRatingsOfCase")}</p>}
          {item.ratings.map((row) => (
            <RatingLine key={row.id} row={row} to={ratingAddress(row.id)} />
          ))}
        </section>
      )}
      <section class="block">
        <h3>{t("flags")}</h3>
        {item.flags.length === 0 && <p class="muted">{t("noFlagsOfCase")}</p>}
        {item.flags.map((row) => (
          <FlagLine key={row.id} row={row} to={flagAddress(row.id)} />
        ))}
      </section>
      <OrdersOf
        by={{ case: item.number }}
        start={{ ref: `case:${item.number}`, unit: item.unit, facts: `${item.item?.name ?? ""} ${item.number}：${daysText(item)}` }}
      />
      {mayRead("ratings") && <HoldsOf of={`case:${item.number}`} start={stretchOf(item)} />}
    </>
  );
}

export function CasePanel({ number, close }: { number: string; close: () => void }) {
  const path = `/api/v1/cases/${encodeURIComponent(number)}`;
  const { data, error, reload } = useResource<Case>(path, {}, ["case", "flag", "rating"]);
  return (
    <Panel title={t("caseTitle")} testId="case-panel" close={close}>
      {data ? <Body item={data} /> : error ? <Problem error={error} reload={reload} /> : <Loading />}
    </Panel>
  );
}
