// SPDX-License-Identifier: Apache-2.0
// Outbox 外发: who gets what goes out, what waits and why, what was refused and with which words; and sends it again.
import { useState } from "preact/hooks";
import { query } from "../address";
import { ApiError, send } from "../api";
import { notify } from "../notice";
import { Choice, Filters } from "../parts/filters";
import { List } from "../parts/list";
import { Empty, Loading, Problem, errorText } from "../parts/states";
import { useList, useResource } from "../resource";
import type { OutboxRow, Page, Receiver } from "../shapes";
import { t, word } from "../text";
import { addDays, boxNow, dayOf, dayStart, fullTime, rfc3339, shortTime } from "../time";

const STATES = ["waiting", "refused", "given_up", "sent"];
const WAIT_MS = 500;

async function act<T>(path: string, done: (answer: T) => void, body?: unknown): Promise<void> {
  try {
    done(await send<T>("POST", path, body));
  } catch (error) {
    notify(error instanceof ApiError ? errorText(error) : t("e_no_answer"), true);
  }
}

function standingOf(receiver: Receiver): "gone" | "late" | "refused" | "waiting" | "good" {
  if (!receiver.is_configured) return "gone";
  if (receiver.is_late) return "late";
  if (receiver.refused + receiver.given_up > 0) return "refused";
  return receiver.waiting > 0 ? "waiting" : "good";
}

// What the province is told of again: whole days.
function Replay({ done }: { done: () => void }) {
  const [days, setDays] = useState({ from: dayOf(boxNow()), to: dayOf(boxNow()) });
  const ask = (event: Event) => {
    event.preventDefault();
    const body = { from: rfc3339(dayStart(days.from)), to: rfc3339(dayStart(addDays(days.to, 1)) - 1) };
    void act<{ messages: number }>("/api/v1/province/replay", ({ messages }) => (notify(t("outReplayed", { n: messages })), done()), body);
  };
  return (
    <form class="out-replay" onSubmit={ask}>
      {(["from", "to"] as const).map((name) => (
        <label class="field" key={name}>
          <span>{t(name)}</span>
          <input
            type="date"
            required
            value={days[name]}
            data-testid={`replay-${name}`}
            onInput={(event) => setDays({ ...days, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      <button class="button" data-testid="replay">
        {t("outReplay")}
      </button>
    </form>
  );
}

function Actions({ receiver, reload }: { receiver: Receiver; reload: () => void }) {
  const { receiver: name } = receiver;
  const ended = receiver.refused + receiver.given_up;
  const showTest = () =>
    act<OutboxRow>(`/api/v1/receivers/${name}/test`, () => {
      notify(t("outTesting"));
      setTimeout(reload, WAIT_MS);
    });
  const again = () =>
    act<{ messages: number }>(`/api/v1/receivers/${name}/resend`, ({ messages }) => {
      notify(t("outResent", { n: messages }));
      reload();
    });
  return (
    <div class="action-row ev-actions">
      {receiver.is_configured && receiver.kind !== "province" && (
        <button class="button" data-testid={`receiver-test-${name}`} onClick={() => void showTest()}>
          {t("outTest")}
        </button>
      )}
      {ended > 0 && (
        <button class="button is-primary" data-testid={`receiver-resend-${name}`} onClick={() => void again()}>
          {t("outResendAll", { n: ended })}
        </button>
      )}
      {receiver.kind === "province" && receiver.is_configured && <Replay done={reload} />}
    </div>
  );
}

const COUNTS = ["waiting", "refused", "given_up", "sent"] as const;

function ReceiverCard({ receiver, reload }: { receiver: Receiver; reload: () => void }) {
  const standing = standingOf(receiver);
  return (
    <article class="card ev-card" data-testid={`receiver-${receiver.receiver}`} data-standing={standing}>
      <header class="ev-head">
        <span class={`pill out-${standing}`}>{word("os_", standing)}</span>
        <b>
          {receiver.kind === "province" ? t("outProvince") : receiver.receiver}
          <span class="muted out-kind"> {word("ok_", receiver.kind)}</span>
        </b>
      </header>
      <p class="ev-note">
        {receiver.host && <span>{receiver.host}</span>}
        {receiver.events.length > 0 && <span>{receiver.events.map((event) => word("oe_", event)).join("、")}</span>}
      </p>
      <dl class="out-counts">
        {COUNTS.map((name) => (
          <div key={name}>
            <dt>{word("ob_", name)}</dt>
            <dd data-testid={`receiver-${name}-${receiver.receiver}`}>{receiver[name]}</dd>
          </div>
        ))}
      </dl>
      {receiver.oldest_at && <p class="ev-note">{t("outOldest", { time: fullTime(receiver.oldest_at) })}</p>}
      {receiver.error && receiver.waiting + receiver.refused > 0 && (
        <p class="gate-problem" data-testid={`receiver-error-${receiver.receiver}`}>
          {receiver.error}
        </p>
      )}
      {receiver.sent_at && <p class="ev-note">{t("outSentAt", { time: fullTime(receiver.sent_at) })}</p>}
      <Actions receiver={receiver} reload={reload} />
    </article>
  );
}

function Receivers() {
  const { data, error, reload } = useResource<Page<Receiver>>("/api/v1/receivers", {}, ["outbox"]);
  if (error) return <Problem error={error} reload={reload} />;
  if (!data) return <Loading />;
  if (data.items.length === 0)
    return (
      <Empty icon="exports" title={t("outNone")}>
        {t("outNoneHint")}
      </Empty>
    );
  return (
    <div class="ev-cards">
      {data.items.map((receiver) => (
        <ReceiverCard key={receiver.receiver} receiver={receiver} reload={reload} />
      ))}
    </div>
  );
}

function MessageLine({ row, reload }: { row: OutboxRow; reload: () => void }) {
  const isOver = row.state === "refused" || row.state === "given_up";
  return (
    <div class="row out-row" data-testid={`outbox-row-${row.id}`} data-state={row.state}>
      <time class="audit-time" dateTime={row.created_at}>
        {shortTime(row.created_at)}
      </time>
      <span>
        <span class={`pill out-${row.state}`}>{word("ob_", row.state)}</span>
      </span>
      <span>{row.receiver === "province" ? t("outProvince") : row.receiver}</span>
      <span class="row-words">
        {word("oe_", row.event)} <span class="muted">{row.error ?? (row.tries > 1 ? t("outTries", { n: row.tries }) : "")}</span>
      </span>
      {isOver ? (
        <button
          class="button"
          data-testid={`outbox-resend-${row.id}`}
          onClick={() => void act(`/api/v1/outbox/${row.id}/resend`, reload)}
        >
          {t("outResend")}
        </button>
      ) : (
        <span />
      )}
    </div>
  );
}

export function OutboxPage() {
  const here = query.value;
  const asked = Object.fromEntries(["state", "receiver"].filter((name) => here[name]).map((name) => [name, here[name] as string]));
  const list = useList<OutboxRow>("/api/v1/outbox", asked, ["outbox"]);
  return (
    <div class="ev-page out-page">
      <section class="page out-receivers">
        <h1>{t("outbox")}</h1>
        <p class="muted">{t("outHint")}</p>
        <Receivers />
      </section>
      <List
        title={t("outMessages")}
        list={list}
        sheet={{ path: "/api/v1/outbox", query: asked, testId: "outbox" }}
        idOf={(row) => row.id}
        param="id"
        filters={
          <Filters names={["state", "receiver"]}>
            <Choice name="state" label={t("outState")} options={STATES.map((state) => [state, word("ob_", state)])} />
          </Filters>
        }
        line={(row) => <MessageLine key={row.id} row={row} reload={list.reload} />}
        empty={<Empty icon="exports" title={t("outNoMessages")} />}
        panel={null}
      />
    </div>
  );
}
