// SPDX-License-Identifier: Apache-2.0
// One flag on one screen: the next step, until when and whose it is; its evidence: the case's line, ratings, tickets and
// the clip; and what was done. What is possible is said by the box (rating/flag.c).
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { playbackAddress } from "../address";
import { camerasOf, counterName } from "../hall";
import { FlagKind, FlagStateBadge } from "../parts/badge";
import { CaseLine } from "../parts/case_line";
import { Clip } from "../parts/clip";
import { Clue, isClue } from "../parts/clue";
import { levelName } from "../parts/face";
import { clueClass, complaintOf, flagOf, flagSentence, flagSubject } from "../parts/flag_words";
import { OrdersOf } from "../parts/orders_of";
import { HoldsOf } from "../parts/hold_card";
import { Facts, Panel } from "../parts/panel";
import { caseAddress, complaintAddress, flagAddress, ratingAddress } from "../parts/rows";
import { Loading, Problem } from "../parts/states";
import { DueText, Way, type Work, WorkActions, WorkSteps } from "../parts/work";
import { useResource } from "../resource";
import { mayAct, mayRead } from "../session";
import type { Case, Flag, FlagState, Ticket } from "../shapes";
import { bytesText } from "../size";
import { type Key, reasonText, t, word } from "../text";
import { clockText, fullTime, msOf, shortTime } from "../time";

const HALF_HOUR_MS = 1_800_000;

// What is kept as a code is shown in words.
const EVIDENCE: Record<string, (value: unknown, flag: Flag) => string> = {
  state: (value, flag) => word(complaintOf(flag) ? "ts_" : flagOf(flag) ? "fn_" : "rx_", String(value)),
  reason: (value) => reasonText(word("why_", String(value))),
  seconds: (value) => clockText(Number(value)),
  event: (value) => word("ev_", String(value)),
  what: (value) => word("edit_", String(value)),
  zone: (value) => word("zone_", String(value)),
  held_bytes: (value) => bytesText(Number(value)),
  quota_bytes: (value) => bytesText(Number(value)),
};

function evidenceText(value: unknown): string {
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? fullTime(value) : value;
  if (value === null) return "—";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function Evidence({ flag }: { flag: Flag }) {
  const rows = Object.entries(flag.evidence ?? {}).filter(([, value]) => !Array.isArray(value));
  if (rows.length === 0) return <p class="muted">{t("noEvidence")}</p>;
  const text = (name: string, value: unknown) => (value !== null && EVIDENCE[name] ? EVIDENCE[name](value, flag) : evidenceText(value));
  return <Facts rows={rows.map(([name, value]) => [word("x_", name), text(name, value)])} />;
}

// The cases that a clue was drawn from.
function CaseLinks({ numbers }: { numbers: unknown }) {
  if (!Array.isArray(numbers)) return null;
  return (
    <p class="action-row">
      {numbers.map((number) => (
        <a key={number} class="button" href={caseAddress(String(number))} data-testid={`flag-case-${number}`}>
          {String(number)}
        </a>
      ))}
    </p>
  );
}

const MOMENTS = ["since_at", "event_at", "rated_at", "from_at", "accepted_at"];

// What the counter's camera showed at that moment.
function VideoLink({ flag }: { flag: Flag }) {
  const camera = flag.camera ?? camerasOf(flag.counter)[0];
  const moment = MOMENTS.map((name) => flag.evidence?.[name]).find((value) => typeof value === "string");
  if (!camera || !moment || !clueClass(flag.kind)) return null;
  return (
    <p class="action-row">
      <a class="button" href={playbackAddress(camera, msOf(String(moment)))} data-testid="flag-video">
        {t("seeVideo")}
      </a>
    </p>
  );
}

const WORK: Work = {
  path: "",
  testId: "flag",
  actions: "fa_",
  choices: "",
  whyName: (action) => (action === "explain" ? "fl_explanation" : "why"),
  sideWays: ["assign"],
  notAllowed: "clueSelf",
  owners: ["admin", "director", "staff"],
};
const WAY: Key[] = ["fw_raised", "fw_acknowledged", "fw_explained", "fw_confirmed", "fw_closed"];
const WAY_STATES: FlagState[] = ["raised", "acknowledged", "explained", "confirmed", "closed"];

// The next step, until when, and whose it is.
function Now({ flag }: { flag: Flag }) {
  return (
    <p class="rx-now" data-testid="flag-now">
      {flag.due_at && (
        <span>
          {word("fn_", flag.state)} <DueText head={flag} />
        </span>
      )}
      {flag.unit && (
        <span>
          {t("fl_unit")} <b>{flag.unit}</b>
        </span>
      )}
      {flag.owner && (
        <span>
          {t("rectifyOwner")} <b>{flag.owner}</b>
        </span>
      )}
      {flag.is_late && <span class="rx-late">{t("wasLate")}</span>}
    </p>
  );
}

function Life({ flag, done }: { flag: Flag; done: () => void }) {
  const work: Work = { ...WORK, path: `/api/v1/flags/${encodeURIComponent(flag.id)}/` };
  const isOver = flag.state === "closed" || flag.state === "dismissed";
  const isWork = flag.class === "conduct" || flag.class === "grade";
  return (
    <section class="block rx-block" data-testid="flag-life" data-state={flag.state}>
      {isWork && <Way names={WAY} here={WAY_STATES.indexOf(flag.state)} isOver={isOver} />}
      <Now flag={flag} />
      {isWork && !isOver && <p class="muted">{word("fwho_", flag.state)}</p>}
      {flag.actions.length > 0 && <WorkActions key={flag.state} work={work} actions={flag.actions} done={done} />}
      {flag.actions.length === 0 && !isOver && mayAct() && <p class="muted">{t("clueSelf")}</p>}
      <WorkSteps work={work} steps={flag.history} />
    </section>
  );
}

// --- what belongs to it

function CaseOf({ number }: { number: string }) {
  const { data } = useResource<Case>(`/api/v1/cases/${encodeURIComponent(number)}`, {}, ["case"]);
  if (!data) return null;
  return (
    <section class="block" data-testid="flag-case">
      <h3>{t("timeline")}</h3>
      <CaseLine item={data} />
      <p class="muted">
        {data.unit} · <a href={caseAddress(number)}>{number}</a>
      </p>
    </section>
  );
}

function Tickets({ tickets }: { tickets: Ticket[] }) {
  if (tickets.length === 0) return null;
  return (
    <section class="block" data-testid="flag-tickets">
      <h3>{t("fl_tickets")}</h3>
      <table class="table">
        <thead>
          <tr>
            <th>{t("fl_ticket")}</th>
            <th>{t("counter")}</th>
            <th>{t("fl_issued")}</th>
            <th>{t("fl_called")}</th>
            <th>{t("fl_finished")}</th>
          </tr>
        </thead>
        <tbody>
          {tickets.map((one) => (
            <tr key={one.id}>
              <td>{one.number}</td>
              <td>{one.counter ? counterName(one.counter) : "—"}</td>
              <td>{shortTime(one.issued_at)}</td>
              <td>{shortTime(one.called_at ?? one.served_at)}</td>
              <td>{shortTime(one.finished_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Ratings({ flag }: { flag: Flag }) {
  const rows = flag.related.ratings;
  if (rows.length === 0 || !mayRead("ratings")) return null;
  return (
    <section class="block" data-testid="flag-ratings">
      <h3>{t("ratings")}</h3>
      <p class="action-row">
        {rows.map((one, i) => (
          <a key={one.id} class="button" href={ratingAddress(one.id)} data-testid={`flag-rating-${i}`}>
            {levelName(one.level)} {shortTime(one.event_at)}
          </a>
        ))}
      </p>
    </section>
  );
}

function Clips({ flag }: { flag: Flag }) {
  const [shown, setShown] = useState(0);
  const clips = flag.related.clips;
  const clip = clips[shown];
  if (!clip || !mayRead("playback")) return null;
  return (
    <section class="block" data-testid="flag-clips">
      <h3>{t("clip")}</h3>
      {clips.length > 1 && (
        <div class="quick">
          {clips.map((one, i) => (
            <button key={one.from_at + one.camera} class={`chip ${i === shown ? "is-on" : ""}`} onClick={() => setShown(i)}>
              {shortTime(one.from_at)}
            </button>
          ))}
        </div>
      )}
      <Clip key={clip.playback} clip={clip} />
    </section>
  );
}

function factsOf(flag: Flag): [string, ComponentChildren][] {
  const rows: [string, ComponentChildren][] = [
    [
      t("subject"),
      flag.case_number && mayRead("cases") ? (
        <a href={caseAddress(flag.case_number)}>
          {flagSubject(flag)} {flag.case_number}
        </a>
      ) : (
        flagSubject(flag)
      ),
    ],
    ...(flag.counter ? [[t("counter"), counterName(flag.counter)] as [string, string]] : []),
    [t("raisedAt"), fullTime(flag.raised_at)],
    [t("closedAt"), fullTime(flag.closed_at)],
  ];
  if (flag.rating && mayRead("ratings")) {
    rows.push([t("ratings"), <a href={ratingAddress(flag.rating)}>{t("ratingTitle")}</a>]);
  }
  const other = flagOf(flag);
  if (other) rows.push([t("flagOne"), <a href={flagAddress(other)}>{t("openIt")}</a>]);
  const complaint = complaintOf(flag);
  if (complaint) rows.push([t("complaints"), <a href={complaintAddress(complaint)}>{t("openIt")}</a>]);
  return rows;
}

function Body({ flag, reload }: { flag: Flag; reload: () => void }) {
  const isUndecided = ["raised", "acknowledged", "explained"].includes(flag.state);
  return (
    <>
      <div class="case-clock">
        <FlagKind kind={flag.kind} />
        {clueClass(flag.kind) && <span class="pill">{word("class_", clueClass(flag.kind))}</span>}
        <FlagStateBadge state={flag.state} />
      </div>
      {!isClue(flag.kind) && flagSentence(flag) && <p class="flag-sentence">{flagSentence(flag)}</p>}
      {isUndecided && <p class="muted">{t(/_(due|late)$/.test(flag.kind) ? "flagIsDeadline" : "flagIsClue")}</p>}
      <Life flag={flag} done={reload} />
      <section class="block">
        <Facts rows={factsOf(flag)} />
      </section>
      {isClue(flag.kind) ? (
        <Clue flag={flag} />
      ) : (
        <section class="block">
          <h3>{t("evidence")}</h3>
          <Evidence flag={flag} />
          {mayRead("ratings") && <VideoLink flag={flag} />}
          <CaseLinks numbers={flag.evidence?.cases} />
        </section>
      )}
      {(flag.class === "conduct" || flag.class === "grade") && (
        <OrdersOf
          by={{ ref: `flag:${flag.id}` }}
          start={{ ref: `flag:${flag.id}`, unit: flag.unit, facts: `${flagSubject(flag)} ${flag.case_number ?? ""}：${word("flag_", flag.kind)}。${flagSentence(flag)}` }}
        />
      )}
      {flag.case_number && mayRead("cases") && <CaseOf number={flag.case_number} />}
      {!isClue(flag.kind) && <Ratings flag={flag} />}
      <Tickets tickets={flag.related.tickets} />
      <Clips flag={flag} />
      {mayRead("ratings") && (
        <HoldsOf
          of={`flag:${flag.id}`}
          start={{ cameras: camerasOf(flag.counter), fromMs: msOf(flag.raised_at) - HALF_HOUR_MS, toMs: msOf(flag.raised_at) }}
        />
      )}
    </>
  );
}

export function FlagPanel({ id, close }: { id: string; close: () => void }) {
  const { data, error, reload } = useResource<Flag>(`/api/v1/flags/${encodeURIComponent(id)}`, {}, ["flag"]);
  return (
    <Panel title={t("flagTitle")} testId="flag-panel" close={close}>
      {data ? <Body flag={data} reload={reload} /> : error ? <Problem error={error} reload={reload} /> : <Loading />}
    </Panel>
  );
}
