// SPDX-License-Identifier: Apache-2.0
// Rectification: where a bad rating stands between press and end, until when the next step is due, what was done, and
// the steps that may follow. What is possible is said by the box (rating/rectification.c).
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { nowMs } from "../clock";
import { notify } from "../notice";
import { useResource } from "../resource";
import { mayAct } from "../session";
import type { Page, Rectification, RectificationAction, RectificationHead, RectificationState } from "../shapes";
import { type Key, ago, t, word } from "../text";
import { addDays, dayOf, dayStart, fullTime, msOf, rfc3339 } from "../time";
import { errorText } from "./states";

const WAY: { name: Key; states: RectificationState[] }[] = [
  { name: "rs_verify", states: ["verifying"] },
  { name: "rs_fix", states: ["fixing"] },
  { name: "rs_tell", states: ["telling"] },
  { name: "rs_call", states: ["calling"] },
  { name: "rs_end", states: ["closed"] },
];

export function RectificationBadge({ head }: { head: RectificationHead }) {
  return <span class={`pill rx-pill rx-${head.state}`}>{word("rx_", head.state)}</span>;
}

// "2026-11-25 17:30（剩 5 小时）"; of one that is late in red and in words.
export function DueText({ head }: { head: RectificationHead }) {
  if (!head.due_at) return <span class="muted">—</span>;
  const left = msOf(head.due_at) - nowMs.value;
  return (
    <span class={left < 0 ? "rx-late" : ""}>
      {fullTime(head.due_at).slice(0, 16)}
      {head.is_provisional ? "*" : ""} <b>{t(left < 0 ? "overFor" : "leftFor", { n: ago(Math.abs(left)) })}</b>
    </span>
  );
}

function Way({ state }: { state: Rectification }) {
  const at = state.state === "judging" ? (state.steps[state.steps.length - 1]?.from ?? "verifying") : state.state;
  const here = WAY.findIndex((step) => step.states.includes(at as RectificationState));
  const isOver = state.state === "closed" || state.state === "void";
  return (
    <ol class="rx-way">
      {WAY.map((step, i) => (
        <li
          key={step.name}
          class={i < here || isOver ? "is-done" : i === here ? "is-here" : ""}
          aria-current={i === here && !isOver ? "step" : undefined}
        >
          {t(step.name)}
        </li>
      ))}
    </ol>
  );
}

function Steps({ state }: { state: Rectification }) {
  return (
    <ol class="history" data-testid="rectification-steps">
      {state.steps.map((step, i) => (
        <li key={i}>
          <b>
            {word("ra_", step.action)}
            {step.choice ? `：${step.action === "assign" ? step.choice : word("rc_", step.choice)}` : ""}
          </b>
          <span>{step.user}</span>
          <time dateTime={step.at}>{fullTime(step.at)}</time>
          {step.is_late && <span class="rx-late">{t("wasLate")}</span>}
          {step.why && <p>{step.why}</p>}
        </li>
      ))}
    </ol>
  );
}

// --- one step

interface FormProps {
  rating: string;
  action: RectificationAction;
  done: () => void;
  close: () => void;
}

function Owners({ owner, choose }: { owner: string; choose: (name: string) => void }) {
  const users = useResource<Page<{ name: string; role: string }>>("/api/v1/users", {}, []);
  const able = users.data?.items.filter((user) => user.role === "admin" || user.role === "director") ?? [];
  return (
    <label class="field">
      <span>{t("rectifyOwner")}</span>
      <select value={owner} data-testid="rectification-owner" onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">—</option>
        {able.map((user) => (
          <option key={user.name} value={user.name}>
            {user.name}
          </option>
        ))}
      </select>
    </label>
  );
}

const WHY_MAX = 600;
const DAYS_AHEAD = 10;

function StepForm({ rating, action, done, close }: FormProps) {
  const [choice, setChoice] = useState("");
  const [why, setWhy] = useState("");
  const [owner, setOwner] = useState("");
  const [day, setDay] = useState(addDays(dayOf(nowMs.value), DAYS_AHEAD));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const chosen = action.choices.find((one) => one.choice === choice);
  const wantsWhy = chosen ? chosen.wants_why : action.wants_why;
  const missing = (): Key | null => {
    if (action.choices.length > 0 && !chosen) return "chooseOne";
    if (action.wants_owner && !owner) return "chooseOne";
    if (chosen?.wants_due && !day) return "dayWanted";
    return wantsWhy && !why.trim() ? "whyWanted" : null;
  };
  const submit = async () => {
    const lack = missing();
    if (lack) return setProblem(t(lack));
    setBusy(true);
    try {
      await send("POST", `/api/v1/ratings/${encodeURIComponent(rating)}/rectification/${action.action}`, {
        ...(chosen ? { choice } : {}),
        ...(why.trim() ? { why: why.trim() } : {}),
        ...(action.wants_owner ? { owner } : {}),
        ...(chosen?.wants_due ? { due: rfc3339(dayStart(day)) } : {}),
      });
      notify(`${word("ra_", action.action)} ✓`);
      close();
      done();
    } catch (error) {
      const isOurs = error instanceof ApiError && error.code === "not_allowed";
      setProblem(isOurs ? t("notAllowedHere") : error instanceof ApiError ? errorText(error) : String(error));
      setBusy(false);
    }
    return undefined;
  };
  return (
    <form
      class="why-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {action.wants_second && <p class="muted">{t("secondHint")}</p>}
      {action.choices.length > 0 && (
        <div class="quick" role="radiogroup">
          {action.choices.map((one) => (
            <button
              key={one.choice}
              type="button"
              role="radio"
              aria-checked={one.choice === choice}
              class={`chip ${one.choice === choice ? "is-on" : ""}`}
              data-testid={`rectification-choice-${one.choice}`}
              onClick={() => setChoice(one.choice)}
            >
              {word("rc_", one.choice)}
            </button>
          ))}
        </div>
      )}
      {chosen?.wants_due && (
        <label class="field">
          <span>{t("setDay")}</span>
          <input type="date" value={day} data-testid="rectification-due" onChange={(event) => setDay(event.currentTarget.value)} />
        </label>
      )}
      {action.wants_owner && <Owners owner={owner} choose={setOwner} />}
      <label class="field">
        <span>{t("why")}</span>
        <textarea
          rows={3}
          maxLength={WHY_MAX}
          value={why}
          data-testid="rectification-why"
          onInput={(event) => setWhy(event.currentTarget.value)}
        />
      </label>
      <div class="action-row">
        <button class="button is-primary" type="submit" disabled={busy} data-testid="rectification-submit">
          {t("act")}
        </button>
        <button class="button" type="button" onClick={close}>
          {t("cancel")}
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="rectification-problem">
          {problem}
        </p>
      )}
    </form>
  );
}

// What leads on comes first and strong; the side ways stand after it.
const SIDE_WAYS = ["void", "appeal", "assign"];

function Actions({ rating, state, done }: { rating: string; state: Rectification; done: () => void }) {
  const [name, setName] = useState("");
  const open = state.actions.find((one) => one.action === name);
  return (
    <div class="rx-actions">
      <div class="action-row">
        {state.actions.map(({ action }) => (
          <button
            key={action}
            class={`button ${!open && !SIDE_WAYS.includes(action) ? "is-primary" : ""}`}
            aria-pressed={action === name}
            data-testid={`rectification-${action}`}
            onClick={() => setName(action === name ? "" : action)}
          >
            {word("ra_", action)}
          </button>
        ))}
      </div>
      {open && <StepForm key={name} rating={rating} action={open} done={done} close={() => setName("")} />}
    </div>
  );
}

export function RectificationBlock({ of, state, done }: { of: string; state: Rectification; done: () => void }) {
  return (
    <section class="block rx-block" data-testid="rectification" data-state={state.state}>
      <h3>{t("rectification")}</h3>
      <Way state={state} />
      <p class="rx-now">
        <RectificationBadge head={state} />
        {state.state === "judging" && state.asked_by && <span>{t("askedBy", { who: state.asked_by })}</span>}
        {state.due_at && (
          <span>
            {t("rectifyDue")} <DueText head={state} />
          </span>
        )}
        {state.owner && (
          <span>
            {t("rectifyOwner")} <b>{state.owner}</b>
          </span>
        )}
        {state.outcome && (
          <span>
            {t("rectifyOutcome")} <b>{word("rc_", state.outcome)}</b>
          </span>
        )}
        {state.round > 1 && <span>{t("rectifyRound", { n: state.round })}</span>}
        {state.tries > 0 && <span>{t("rectifyTries", { n: state.tries })}</span>}
      </p>
      {mayAct() && state.actions.length > 0 && <Actions key={state.state} rating={of} state={state} done={done} />}
      {state.steps.length > 0 && <Steps state={state} />}
    </section>
  );
}
