// SPDX-License-Identifier: Apache-2.0
// The director's look at the queue 排队情况: by lane who waits and how long, which counters are open, and what each is at.
import { formatAddress } from "../address";
import { nowMs } from "../clock";
import { Empty, Loading, Problem } from "../parts/states";
import { VoiceState } from "../parts/voice_state";
import { useResource } from "../resource";
import { mayRead } from "../session";
import type { Lane, LaneCounter, Page, QueuePattern } from "../shapes";
import { type Key, t, word } from "../text";
import { msOf } from "../time";

const LONG_MIN = 30;

function Counter({ counter }: { counter: LaneCounter }) {
  return (
    <li class={counter.is_open ? "" : "is-shut"} data-testid={`queue-counter-${counter.id}`} data-open={counter.is_open}>
      <b>{counter.name}</b>
      <span>{counter.is_open ? counter.staff?.name : t("qShut")}</span>
      <span>{counter.ticket ? `${counter.ticket.number} ${word("st_ticket_", counter.ticket.state)}` : counter.is_open ? t("qFree") : ""}</span>
    </li>
  );
}

function LaneCard({ lane }: { lane: Lane }) {
  const longest = lane.longest_at ? Math.floor((nowMs.value - msOf(lane.longest_at)) / 60_000) : null;
  return (
    <section class="card lane-card" data-testid={`lane-${lane.id}`}>
      <header class="card-head">
        <h2>
          {lane.prefix} · {lane.name}
        </h2>
        <span class="muted">{t("qToday", { taken: lane.taken, served: lane.served, missed: lane.missed })}</span>
      </header>
      <dl class="lane-facts">
        <div>
          <dt>{t("qWaitingNow")}</dt>
          <dd data-testid={`lane-waiting-${lane.id}`}>
            {lane.waiting}
            {lane.priority_waiting > 0 && <small> {t("qOfPriority", { n: lane.priority_waiting })}</small>}
          </dd>
        </div>
        <div class={longest !== null && longest >= LONG_MIN ? "is-long" : ""}>
          <dt>{t("qLongest")}</dt>
          <dd>{longest === null ? "—" : t("minutesN", { n: longest })}</dd>
        </div>
        <div>
          <dt>{t("qEstimate")}</dt>
          <dd>{lane.estimate ? t("qSpan", lane.estimate as unknown as Record<string, number>) : "—"}</dd>
        </div>
        <div class={lane.counters_open === 0 && lane.waiting > 0 ? "is-long" : ""}>
          <dt>{t("qOpen")}</dt>
          <dd>{t("qOpenOf", { n: lane.counters_open, of: lane.counters.length })}</dd>
        </div>
      </dl>
      <ul class="lane-counters">
        {lane.counters.map((counter) => (
          <Counter key={counter.id} counter={counter} />
        ))}
      </ul>
    </section>
  );
}

function Pattern() {
  const { data } = useResource<Page<QueuePattern>>(mayRead("overview") ? "/api/v1/queue/pattern" : null, {}, []);
  if (!data) return null;
  const rows = data.items.filter((row) => row.is_suggested).sort((a, b) => b.over / b.n - a.over / a.n);
  return (
    <section class="card queue-pattern" data-testid="queue-pattern">
      <header class="card-head">
        <h2>{t("qPattern")}</h2>
      </header>
      {rows.length === 0 && <p class="muted">{t("qPatternNone")}</p>}
      <ul>
        {rows.slice(0, 12).map((row) => (
          <li key={`${row.lane} ${row.weekday} ${row.hour}`}>
            {t("qPatternRow", {
              lane: row.name,
              day: t(`wd${row.weekday}` as Key),
              from: row.hour,
              to: row.hour + 1,
              n: row.n,
              over: row.over,
              mean: row.mean_minutes,
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function QueuePage() {
  const { data, error, reload } = useResource<{ lanes: Lane[] }>("/api/v1/queue", {}, ["ticket", "duty"]);
  return (
    <main class="page">
      <header class="list-head">
        <h1>{t("queue")}</h1>
        <a class="button" href={formatAddress("counter")}>
          {t("counterPage")}
        </a>
      </header>
      <VoiceState />
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && data.lanes.length === 0 && (
        <Empty icon="info" title={t("qOff")}>
          {t("qOffHint")}
        </Empty>
      )}
      {data?.lanes.map((lane) => <LaneCard key={lane.id} lane={lane} />)}
      {data && data.lanes.length > 0 && <Pattern />}
    </main>
  );
}
