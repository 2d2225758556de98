// SPDX-License-Identifier: Apache-2.0
// One flag: its evidence, its history, and the steps that may follow. The states and steps are those of the box's
// table (rating/flag.c); the box refuses what is not in it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { playbackAddress } from "../address";
import { ApiError, send } from "../api";
import { camerasOf, counterName } from "../hall";
import { notify } from "../notice";
import { FlagKind, FlagStateBadge } from "../parts/badge";
import { Clue, isClue } from "../parts/clue";
import { clueClass, complaintOf, flagSentence, flagSubject } from "../parts/flag_words";
import { HoldsOf } from "../parts/hold_card";
import { Facts, Panel } from "../parts/panel";
import { caseAddress, complaintAddress, ratingAddress } from "../parts/rows";
import { Loading, Problem, errorText } from "../parts/states";
import { useResource } from "../resource";
import { mayAct, mayRead } from "../session";
import type { Flag, FlagState } from "../shapes";
import { bytesText } from "../size";
import { type Key, reasonText, t, word } from "../text";
import { clockText, fullTime, msOf } from "../time";

type Action = "acknowledge" | "explain" | "confirm" | "dismiss" | "close";
const STEPS: Record<FlagState, Action[]> = {
  raised: ["acknowledge", "explain", "confirm", "dismiss"],
  acknowledged: ["explain", "confirm", "dismiss"],
  explained: ["confirm", "dismiss"],
  confirmed: ["close"],
  dismissed: [],
  closed: [],
};
const wantsWhy = (action: Action) => action !== "acknowledge";
const WHY_MAX = 300;
const HALF_HOUR_MS = 1_800_000;

// What is kept as a code is shown in words.
const EVIDENCE: Record<string, (value: unknown, flag: Flag) => string> = {
  state: (value, flag) => word(complaintOf(flag) ? "ts_" : "rx_", String(value)),
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

// The ratings that a clue was drawn from.
function RatingLinks({ ids }: { ids: unknown }) {
  if (!Array.isArray(ids)) return null;
  return (
    <p class="action-row">
      {ids.map((id, i) => (
        <a key={id} class="button" href={ratingAddress(String(id))} data-testid={`flag-rating-${i}`}>
          {t("ratingTitle")} {i + 1}
        </a>
      ))}
    </p>
  );
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

function History({ flag }: { flag: Flag }) {
  return (
    <ol class="history">
      {flag.history.map((step, i) => (
        <li key={i}>
          <b>{word("fa_", step.action)}</b>
          <span>{step.user === "system" || !step.user ? t("systemUser") : step.user}</span>
          <time dateTime={step.at}>{fullTime(step.at)}</time>
          {step.why && <p>{step.why}</p>}
        </li>
      ))}
    </ol>
  );
}

function Actions({ flag, done }: { flag: Flag; done: () => void }) {
  const [action, setAction] = useState<Action | null>(null);
  const [why, setWhy] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const act = async (which: Action) => {
    if (wantsWhy(which) && !why.trim()) {
      setProblem(t("whyWanted"));
      return;
    }
    setBusy(true);
    try {
      const body = why.trim() ? { why: why.trim() } : {};
      await send("POST", `/api/v1/flags/${encodeURIComponent(flag.id)}/${which}`, body);
      setAction(null);
      setWhy("");
      setProblem("");
      notify(`${t(`fa_${which}` as Key)} ✓`);
      done();
    } catch (error) {
      if (error instanceof ApiError && error.status === 403 && isClue(flag.kind)) setProblem(t("clueSelf"));
      else setProblem(error instanceof ApiError ? errorText(error) : String(error));
    }
    setBusy(false);
  };
  const choose = (which: Action) => {
    setProblem("");
    if (wantsWhy(which)) setAction(which);
    else void act(which);
  };
  return (
    <section class="block flag-actions">
      <div class="action-row">
        {STEPS[flag.state].map((which) => (
          <button
            key={which}
            class={`button ${action === which ? "is-primary" : ""}`}
            data-testid={`flag-${which}`}
            disabled={busy}
            onClick={() => choose(which)}
          >
            {t(`fa_${which}` as Key)}
          </button>
        ))}
      </div>
      {action && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void act(action);
          }}
        >
          <label class="field">
            <span>
              {t(`fa_${action}` as Key)} · {t("why")}
            </span>
            <textarea
              rows={3}
              maxLength={WHY_MAX}
              data-testid="flag-why"
              value={why}
              autofocus
              onInput={(event) => setWhy(event.currentTarget.value)}
            />
          </label>
          <div class="action-row">
            <button class="button is-primary" type="submit" data-testid="flag-submit" disabled={busy}>
              {t("act")}
            </button>
            <button class="button" type="button" onClick={() => setAction(null)}>
              {t("cancel")}
            </button>
          </div>
        </form>
      )}
      {problem && (
        <p class="gate-problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function factsOf(flag: Flag): [string, ComponentChildren][] {
  const rows: [string, ComponentChildren][] = [
    [
      t("subject"),
      flag.case_number ? (
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
      {mayAct() && STEPS[flag.state].length > 0 && <Actions flag={flag} done={reload} />}
      <section class="block">
        <Facts rows={factsOf(flag)} />
      </section>
      {isClue(flag.kind) ? (
        <Clue flag={flag} />
      ) : (
        <section class="block">
          <h3>{t("evidence")}</h3>
          <Evidence flag={flag} />
          {mayRead("ratings") && <RatingLinks ids={flag.evidence?.ratings} />}
          {mayRead("ratings") && <VideoLink flag={flag} />}
          <CaseLinks numbers={flag.evidence?.cases} />
        </section>
      )}
      {mayRead("ratings") && (
        <HoldsOf
          of={`flag:${flag.id}`}
          start={{ cameras: camerasOf(flag.counter), fromMs: msOf(flag.raised_at) - HALF_HOUR_MS, toMs: msOf(flag.raised_at) }}
        />
      )}
      <section class="block">
        <h3>{t("history")}</h3>
        <History flag={flag} />
      </section>
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
