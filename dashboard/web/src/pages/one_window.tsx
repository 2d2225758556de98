// SPDX-License-Identifier: Apache-2.0
// One-window 一窗受理: what the one-window system has sent last, what waits for its case, what was refused and why: so that
// whoever connects the two sees what is wrong.
import { useState } from "preact/hooks";
import { formatAddress, query, setQuery } from "../address";
import { get } from "../api";
import { Choice, Filters, Search } from "../parts/filters";
import { List } from "../parts/list";
import { Facts, Panel } from "../parts/panel";
import { Empty, Loading, Problem } from "../parts/states";
import { WhyForm } from "../parts/why_form";
import { useList, useResource } from "../resource";
import type { OneWindowMessage, OneWindowStanding } from "../shapes";
import { language, t, word } from "../text";
import { fullTime, shortTime } from "../time";

const STATES = ["taken", "waiting", "contradicted", "refused"] as const;
const CALLS = ["receiveBasicInfo", "receiveProc", "receiveSpecialnode", "receiveDone"];
const ASKED = ["state", "call", "q"];

function Senders({ senders }: { senders: OneWindowStanding["senders"] }) {
  return (
    <>
      {senders.map(({ sender, last_at, messages }) => (
        <p class="ev-note" key={sender}>
          {t("owSender", { sender: sender.replace(/^key:/, ""), time: fullTime(last_at), n: messages })}
        </p>
      ))}
    </>
  );
}

function Standing() {
  const { data, error, reload } = useResource<OneWindowStanding>("/api/v1/one-window", {}, ["one_window"]);
  if (error) return <Problem error={error} reload={reload} />;
  if (!data) return <Loading />;
  return (
    <article class="card ev-card ow-standing">
      <dl class="out-counts">
        {STATES.map((state) => (
          <div key={state}>
            <dt>{word("ow_", state)}</dt>
            <dd data-testid={`one-window-${state}`}>{data.counts[state]}</dd>
          </div>
        ))}
      </dl>
      {data.oldest_waiting_at && <p class="ev-note">{t("owOldest", { time: fullTime(data.oldest_waiting_at) })}</p>}
      <Senders senders={data.senders} />
    </article>
  );
}

// What the sender was told is in both languages.
function saidText(why: string): string {
  const [zh, en] = why.split(" / ");
  return (language.value === "en" && en) || (zh ?? why);
}

function MessageLine({ row, to, isOpen }: { row: OneWindowMessage; to: string; isOpen: boolean }) {
  return (
    <a
      class="row ow-row"
      href={to}
      aria-current={isOpen ? "true" : undefined}
      data-testid={`one-window-row-${row.id}`}
      data-state={row.state}
    >
      <time class="audit-time" dateTime={row.last_at}>
        {shortTime(row.last_at)}
      </time>
      <span>
        <span class={`pill ow-${row.state}`}>{word("ow_", row.state)}</span>
      </span>
      <span>{word("owc_", row.call)}</span>
      <span class="row-words">
        {row.case ?? "—"}
        {row.times > 1 && <span class="muted"> {t("owTimes", { n: row.times })}</span>}
        {row.why && <small class="muted">{saidText(row.why)}</small>}
      </span>
    </a>
  );
}

// The whole text names persons: asked for with a reason, which the box writes down.
function Raw({ id }: { id: string }) {
  const [isAsking, setAsking] = useState(false);
  const [text, setText] = useState<string | null>(null);
  const look = async (why: string) => setText((await get<{ text: string }>(`/api/v1/one-window/messages/${id}/raw`, { why })).text);
  if (text !== null)
    return (
      <pre class="ow-raw" data-testid="one-window-raw">
        {text}
      </pre>
    );
  return isAsking ? (
    <WhyForm title={t("owWhy")} button={t("owLook")} testId="one-window" act={look} close={() => setAsking(false)} />
  ) : (
    <button class="button" data-testid="one-window-look" onClick={() => setAsking(true)}>
      {t("owLook")}
    </button>
  );
}

function factsOf(row: OneWindowMessage): Parameters<typeof Facts>[0]["rows"] {
  return [
    [t("owCase"), row.case ? <a href={formatAddress("cases", { number: row.case })}>{row.case}</a> : "—"],
    [t("owSentBy"), row.sender.replace(/^key:/, "")],
    [t("owReceived"), fullTime(row.received_at)],
    [t("owLast"), row.times > 1 ? `${fullTime(row.last_at)} · ${t("owTimes", { n: row.times })}` : "—"],
  ];
}

function MessagePanel({ id }: { id: string }) {
  const { data: row, error, reload } = useResource<OneWindowMessage>(`/api/v1/one-window/messages/${id}`, {}, ["one_window"]);
  return (
    <Panel title={row ? word("owc_", row.call) : t("one-window")} testId="one-window-panel" close={() => setQuery({ id: "" })}>
      {error && <Problem error={error} reload={reload} />}
      {!row && !error && <Loading />}
      {row && (
        <>
          <p>
            <span class={`pill ow-${row.state}`}>{word("ow_", row.state)}</span>
          </p>
          {row.why && (
            <p class={row.state === "taken" || row.state === "waiting" ? "muted" : "gate-problem"} data-testid="one-window-said">
              {saidText(row.why)}
            </p>
          )}
          <section class="block">
            <Facts rows={factsOf(row)} />
          </section>
          <section class="block">
            <h3>{t("owFields")}</h3>
            <p class="muted">{t("owFieldsHint")}</p>
            <Facts rows={Object.entries(row.fields).map(([name, value]) => [name, String(value)])} />
          </section>
          <section class="block">
            <Raw key={id} id={id} />
          </section>
        </>
      )}
    </Panel>
  );
}

export function OneWindowPage() {
  const here = query.value;
  const asked = Object.fromEntries(ASKED.filter((name) => here[name]).map((name) => [name, here[name] as string]));
  const list = useList<OneWindowMessage>("/api/v1/one-window/messages", asked, ["one_window"]);
  return (
    <div class="ev-page out-page">
      <section class="page out-receivers">
        <h1>{t("one-window")}</h1>
        <p class="muted">{t("owHint")}</p>
        <Standing />
      </section>
      <List
        title={t("owMessages")}
        list={list}
        sheet={{ path: "/api/v1/one-window/messages", query: asked, testId: "one-window" }}
        idOf={(row) => row.id}
        param="id"
        filters={
          <Filters names={ASKED}>
            <Choice name="state" label={t("outState")} options={STATES.map((state) => [state, word("ow_", state)])} />
            <Choice name="call" label={t("owCall")} options={CALLS.map((call) => [call, word("owc_", call)])} />
            <Search label={t("owCaseWhole")} />
          </Filters>
        }
        line={(row, isOpen) => <MessageLine key={row.id} row={row} to={formatAddress("one-window", { ...here, id: row.id })} isOpen={isOpen} />}
        empty={
          <Empty icon="cases" title={t("outNoMessages")}>
            {t("owNoneHint")}
          </Empty>
        }
        panel={here.id ? <MessagePanel id={here.id} /> : null}
      />
    </div>
  );
}
