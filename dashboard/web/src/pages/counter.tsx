// SPDX-License-Identifier: Apache-2.0
// The clerk's page 窗口叫号: the number in hand and what can be done with it, who waits for this counter, who missed the
// call. Each key is written on its button. Which counter this is, the browser remembers; who sits there signs on.
import { useState } from "preact/hooks";
import { query, setQuery } from "../address";
import { ApiError, send } from "../api";
import { nowMs } from "../clock";
import { counters } from "../hall";
import { useKeys } from "../keys";
import { notify } from "../notice";
import { Empty, Loading, Problem, errorText } from "../parts/states";
import { useResource } from "../resource";
import type { QueueCounter, QueueRow } from "../shapes";
import { type Key, t, word } from "../text";
import { msOf } from "../time";

const KEPT = "hallwatch.counter";

interface Action {
  action: string;
  key: string;
  from: QueueRow["state"][];
  isMain?: boolean;
}

// In the order of a visit.
const ACTIONS: Action[] = [
  { action: "recall", key: "R", from: ["called"] },
  { action: "start", key: "S", from: ["called"], isMain: true },
  { action: "finish", key: "F", from: ["served"], isMain: true },
  { action: "miss", key: "X", from: ["called"] },
  { action: "pass", key: "T", from: ["called", "served"] },
];

const minutes = (from: string | null | undefined, now: number) => (from ? Math.max(0, Math.floor((now - msOf(from)) / 60_000)) : 0);

function kept(): string {
  return query.value.counter ?? localStorage.getItem(KEPT) ?? "";
}

function choose(id: string): void {
  localStorage.setItem(KEPT, id);
  setQuery({ counter: id }, true);
}

function CounterChoice({ chosen }: { chosen: string }) {
  return (
    <label class="field counter-choice">
      <span>{t("qCounter")}</span>
      <select value={chosen} data-testid="counter-choice" onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{t("qChoose")}</option>
        {counters.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

async function tried(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    notify(error instanceof ApiError ? errorText(error) : String(error), true);
    return false;
  }
}

function SignOn({ counter, reload }: { counter: QueueCounter["counter"]; reload: () => void }) {
  const [number, setNumber] = useState(localStorage.getItem(`${KEPT}.number`) ?? "");
  const [name, setName] = useState(localStorage.getItem(`${KEPT}.name`) ?? "");
  const put = async (staff: { number: string; name: string } | null) => {
    if (!(await tried(() => send("PUT", `/api/v1/counters/${counter.id}/duty`, { staff })))) return;
    if (staff) {
      localStorage.setItem(`${KEPT}.number`, staff.number);
      localStorage.setItem(`${KEPT}.name`, staff.name);
    }
    reload();
  };
  if (counter.staff)
    return (
      <p class="counter-duty">
        {t("qOnDuty", { name: counter.staff.name })}
        <button class="button" data-testid="counter-off" onClick={() => void put(null)}>
          {t("qSignOff")}
        </button>
      </p>
    );
  return (
    <form
      class="counter-duty"
      onSubmit={(event) => {
        event.preventDefault();
        void put({ number: number.trim(), name: name.trim() });
      }}
    >
      <b>{t("qNobody")}</b>
      <input placeholder={t("qNumber")} value={number} data-testid="counter-number" onInput={(event) => setNumber(event.currentTarget.value)} />
      <input placeholder={t("qName")} value={name} data-testid="counter-name" onInput={(event) => setName(event.currentTarget.value)} />
      <button class="button is-primary" disabled={!number.trim() || !name.trim()} data-testid="counter-on">
        {t("qSignOn")}
      </button>
    </form>
  );
}

function PassForm({ data, act, close }: { data: QueueCounter; act: (to: { lane?: string; to_counter?: string }) => void; close: () => void }) {
  const lanes = useResource<{ lanes: { id: string; name: string }[] }>("/api/v1/queue", {}, []).data?.lanes ?? [];
  return (
    <div class="pass-form" data-testid="counter-pass-form">
      <h3>{t("qPassTo")}</h3>
      <div class="chips">
        {lanes
          .filter(({ id }) => id !== data.current?.lane)
          .map(({ id, name }) => (
            <button class="chip" key={id} data-testid={`pass-lane-${id}`} onClick={() => act({ lane: id })}>
              {name}
            </button>
          ))}
        {counters.value
          .filter(({ id }) => id !== data.counter.id)
          .map(({ id, name }) => (
            <button class="chip" key={id} data-testid={`pass-counter-${id}`} onClick={() => act({ to_counter: id })}>
              {name}
            </button>
          ))}
        <button class="button" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </div>
  );
}

function Priority({ row }: { row: QueueRow }) {
  return row.priority ? <span class="queue-priority">{word("pr_", row.priority)}</span> : null;
}

function Current({ data, put }: { data: QueueCounter; put: (data: QueueCounter) => void }) {
  const [passing, setPassing] = useState(false);
  const row = data.current;
  const at = { counter: data.counter.id };
  const next = () => void tried(async () => put(await send<QueueCounter>("POST", `/api/v1/queue/counters/${data.counter.id}/next`, {})));
  const act = (action: string, more: object = {}) => {
    if (!row) return;
    setPassing(false);
    void tried(async () => put(await send<QueueCounter>("POST", `/api/v1/queue/tickets/${row.id}/${action}`, { ...at, ...more })));
  };
  const may = row?.state === "called" ? null : next;
  const shown = ACTIONS.filter(({ from }) => row && from.includes(row.state));
  const can = ({ action }: Action) => action !== "miss" || (row?.calls ?? 0) > 1;
  const run = (one: Action) => (one.action === "pass" ? setPassing(!passing) : act(one.action));
  useKeys((key) => {
    if (key === "n" && may) may();
    else {
      const one = shown.find((each) => each.key.toLowerCase() === key && can(each));
      if (!one) return false;
      run(one);
    }
    return true;
  });
  return (
    <section class="card counter-current">
      {row ? (
        <>
          <p class="muted">{word("st_ticket_", row.state)}</p>
          <p class="counter-number" data-testid="counter-number-now" data-state={row.state}>
            {row.number}
          </p>
          <p>
            <Priority row={row} /> {t("qWaited", { n: Math.max(0, Math.round((msOf(row.called_at ?? row.issued_at) - msOf(row.issued_at)) / 60_000)) })}
            {row.state === "called" && ` · ${t("qCalls", { n: row.calls })}`}
            {row.state === "served" && ` · ${t("qServing", { n: minutes(row.served_at, nowMs.value) })}`}
          </p>
        </>
      ) : (
        <Empty icon="user" title={t("qNone")} />
      )}
      <div class="counter-actions">
        <button class={`button ${row?.state === "called" ? "" : "is-primary"}`} disabled={!may} data-testid="counter-next" onClick={next}>
          {t("qNext")} <kbd>N</kbd>
        </button>
        {shown.map((one) => (
          <button
            key={one.action}
            class={`button ${one.isMain ? "is-primary" : ""}`}
            disabled={!can(one)}
            title={can(one) ? undefined : t("qMissHint")}
            data-testid={`counter-${one.action}`}
            onClick={() => run(one)}
          >
            {t(`q_${one.action}` as Key)} <kbd>{one.key}</kbd>
          </button>
        ))}
      </div>
      {passing && row && <PassForm data={data} act={(to) => act("pass", to)} close={() => setPassing(false)} />}
    </section>
  );
}

function Waiting({ rows }: { rows: QueueRow[] }) {
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t("qWaiting", { n: rows.length })}</h2>
      </header>
      {rows.length === 0 && <p class="muted">{t("qNobodyWaits")}</p>}
      <ol class="queue-rows">
        {rows.map((row) => (
          <li key={row.id} data-testid={`waiting-${row.number}`}>
            <b>{row.number}</b>
            <span>
              <Priority row={row} />
              {row.only_counter && <span class="queue-priority">{t("qPassed")}</span>}
            </span>
            <span class="muted">{t("minutesN", { n: minutes(row.issued_at, nowMs.value) })}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Missed({ data, put }: { data: QueueCounter; put: (data: QueueCounter) => void }) {
  const back = (row: QueueRow) =>
    void tried(async () => put(await send<QueueCounter>("POST", `/api/v1/queue/tickets/${row.id}/return`, { counter: data.counter.id })));
  if (data.missed.length === 0) return null;
  return (
    <section class="card">
      <header class="card-head">
        <h2>{t("qMissed", { n: data.missed.length })}</h2>
        <span class="muted">{t("qMissedHint")}</span>
      </header>
      <ul class="queue-rows">
        {data.missed.map((row) => (
          <li key={row.id}>
            <b>{row.number}</b>
            <Priority row={row} />
            {row.returns === 0 ? (
              <button class="button" data-testid={`return-${row.number}`} onClick={() => back(row)}>
                {t("q_return")}
              </button>
            ) : (
              <span class="muted">{t("qOnce")}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AtCounter({ id }: { id: string }) {
  const { data, error, reload } = useResource<QueueCounter>(`/api/v1/queue/counters/${id}`, {}, ["ticket", "duty"]);
  if (!data) return error ? <Problem error={error} reload={reload} /> : <Loading />;
  const put = () => reload();
  if (data.lanes.length === 0)
    return <Empty icon="info" title={t("qNoLane")} />;
  return (
    <>
      <SignOn key={data.counter.staff?.number ?? ""} counter={data.counter} reload={reload} />
      <div class="counter-grid">
        <Current data={data} put={put} />
        <div>
          <Waiting rows={data.waiting} />
          <Missed data={data} put={put} />
        </div>
      </div>
    </>
  );
}

export function CounterPage() {
  const id = kept();
  return (
    <main class="page">
      <header class="list-head">
        <h1>{t("counterPage")}</h1>
        <CounterChoice chosen={id} />
      </header>
      {id ? <AtCounter key={id} id={id} /> : <Empty icon="user" title={t("qChooseHint")} />}
    </main>
  );
}
