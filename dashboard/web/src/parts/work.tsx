// SPDX-License-Identifier: Apache-2.0
// Work: what people do step by step, whatever it is about: until when the next step is due, the way it goes, what was
// done, and the steps that may follow. What is possible is said by the box (rating/rectification.c, rating/complaint.c).
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { nowMs } from "../clock";
import { notify } from "../notice";
import { useResource } from "../resource";
import type { Page, Role, WorkAction, WorkStep } from "../shapes";
import { type Key, ago, t, word } from "../text";
import { addDays, dayOf, dayStart, fullTime, msOf, rfc3339 } from "../time";
import { RatingChoice, type RatingPlace } from "./rating_choice";
import { errorText } from "./states";

// Of what, and in which words.
export interface Work {
  path: string; // "/api/v1/.../": the action's name follows
  testId: string; // {testId}-{action}, -choice-{choice}, -why, -due, -owner, -rating-{id}, -public-text, -public-answer, -submit, -problem, -steps
  actions: string; // prefix of the words of an action ...
  choices: string; // ... and of what it decides
  whyName: (action: string) => Key; // what the words are that a step wants
  sideWays: string[]; // what leads on comes first and strong; these stand after it
  notAllowed: Key; // why a person may not
  owners: Role[]; // who may see to it
  about?: RatingPlace; // where a rating that it is linked to is looked for
  text?: string; // what a masked text begins with ...
  answer?: string; // ... and its answer
}

// "2026-11-25 17:30（剩 5 小时）"; of one that is late in red and in words.
export function DueText({ head }: { head: { due_at: string | null; is_provisional: boolean } }) {
  if (!head.due_at) return <span class="muted">—</span>;
  const left = msOf(head.due_at) - nowMs.value;
  return (
    <span class={left < 0 ? "rx-late" : ""}>
      {fullTime(head.due_at).slice(0, 16)}
      {head.is_provisional ? "*" : ""} <b>{t(left < 0 ? "overFor" : "leftFor", { n: ago(Math.abs(left)) })}</b>
    </span>
  );
}

// The stations of it; here: -1: none of them.
export function Way({ names, here, isOver }: { names: Key[]; here: number; isOver: boolean }) {
  return (
    <ol class="rx-way" style={{ gridTemplateColumns: `repeat(${names.length}, minmax(0, 1fr))` }}>
      {names.map((name, i) => (
        <li key={name} class={i < here || isOver ? "is-done" : i === here ? "is-here" : ""} aria-current={i === here && !isOver ? "step" : undefined}>
          {t(name)}
        </li>
      ))}
    </ol>
  );
}

export function WorkSteps({ work, steps }: { work: Work; steps: WorkStep[] }) {
  return (
    <ol class="history" data-testid={`${work.testId}-steps`}>
      {steps.map((step, i) => (
        <li key={i}>
          <b>
            {word(work.actions, step.action)}
            {step.choice ? `：${step.action === "assign" ? step.choice : word(work.choices, step.choice)}` : ""}
          </b>
          <span>{step.user === "system" ? t("systemUser") : step.user}</span>
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
  work: Work;
  action: WorkAction;
  done: () => void;
  close: () => void;
}

function Owners({ work, owner, choose }: { work: Work; owner: string; choose: (name: string) => void }) {
  const users = useResource<Page<{ name: string; role: Role }>>("/api/v1/users", {}, []);
  const able = users.data?.items.filter((user) => work.owners.includes(user.role)) ?? [];
  return (
    <label class="field">
      <span>{t("rectifyOwner")}</span>
      <select value={owner} data-testid={`${work.testId}-owner`} onChange={(event) => choose(event.currentTarget.value)}>
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

function Words(props: { name: Key; value: string; testId: string; change: (text: string) => void }) {
  return (
    <label class="field">
      <span>{t(props.name)}</span>
      <textarea
        rows={3}
        maxLength={WHY_MAX}
        value={props.value}
        data-testid={props.testId}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
    </label>
  );
}

function StepForm({ work, action, done, close }: FormProps) {
  const [choice, setChoice] = useState("");
  const [why, setWhy] = useState("");
  const [owner, setOwner] = useState("");
  const [rating, setRating] = useState("");
  const [text, setText] = useState(work.text ?? "");
  const [answer, setAnswer] = useState(work.answer ?? "");
  const [day, setDay] = useState(addDays(dayOf(nowMs.value), DAYS_AHEAD));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const chosen = action.choices.find((one) => one.choice === choice);
  const wantsDue = action.wants_due || chosen?.wants_due;
  const wantsWhy = chosen ? chosen.wants_why : action.wants_why;
  const missing = (): Key | null => {
    if (action.choices.length > 0 && !chosen) return "chooseOne";
    if (action.wants_owner && !owner) return "chooseOne";
    if (wantsDue && !day) return "dayWanted";
    if (action.wants_rating && !rating) return "workRatingWanted";
    if (action.wants_text && !(text.trim() && answer.trim())) return "whyWanted";
    return wantsWhy && !why.trim() ? "whyWanted" : null;
  };
  const submit = async () => {
    const lack = missing();
    if (lack) return setProblem(t(lack));
    setBusy(true);
    try {
      await send("POST", work.path + action.action, {
        ...(chosen ? { choice } : {}),
        ...(why.trim() ? { why: why.trim() } : {}),
        ...(action.wants_owner ? { owner } : {}),
        ...(action.wants_rating ? { rating } : {}),
        ...(action.wants_text ? { public_text: text.trim(), public_answer: answer.trim() } : {}),
        ...(wantsDue ? { due: rfc3339(dayStart(day)) } : {}),
      });
      notify(`${word(work.actions, action.action)} ✓`);
      close();
      done();
    } catch (error) {
      const isOurs = error instanceof ApiError && error.code === "not_allowed";
      setProblem(isOurs ? t(work.notAllowed) : error instanceof ApiError ? errorText(error) : String(error));
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
              data-testid={`${work.testId}-choice-${one.choice}`}
              onClick={() => setChoice(one.choice)}
            >
              {word(work.choices, one.choice)}
            </button>
          ))}
        </div>
      )}
      {wantsDue && (
        <label class="field">
          <span>{t("setDay")}</span>
          <input type="date" value={day} data-testid={`${work.testId}-due`} onChange={(event) => setDay(event.currentTarget.value)} />
        </label>
      )}
      {action.wants_owner && <Owners work={work} owner={owner} choose={setOwner} />}
      {action.wants_rating && work.about && (
        <RatingChoice about={work.about} value={rating} testId={`${work.testId}-rating`} choose={setRating} />
      )}
      {action.wants_text ? (
        <>
          <p class="muted">{t("maskHint")}</p>
          <Words name="publicText" value={text} testId={`${work.testId}-public-text`} change={setText} />
          <Words name="publicAnswer" value={answer} testId={`${work.testId}-public-answer`} change={setAnswer} />
        </>
      ) : (
        <Words name={work.whyName(action.action)} value={why} testId={`${work.testId}-why`} change={setWhy} />
      )}
      <div class="action-row">
        <button class="button is-primary" type="submit" disabled={busy} data-testid={`${work.testId}-submit`}>
          {t("act")}
        </button>
        <button class="button" type="button" onClick={close}>
          {t("cancel")}
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid={`${work.testId}-problem`}>
          {problem}
        </p>
      )}
    </form>
  );
}

export function WorkActions({ work, actions, done }: { work: Work; actions: WorkAction[]; done: () => void }) {
  const [name, setName] = useState("");
  const open = actions.find((one) => one.action === name);
  return (
    <div class="rx-actions">
      <div class="action-row">
        {actions.map(({ action }) => (
          <button
            key={action}
            class={`button ${!open && !work.sideWays.includes(action) ? "is-primary" : ""}`}
            aria-pressed={action === name}
            data-testid={`${work.testId}-${action}`}
            onClick={() => setName(action === name ? "" : action)}
          >
            {word(work.actions, action)}
          </button>
        ))}
      </div>
      {open && <StepForm key={name} work={work} action={open} done={done} close={() => setName("")} />}
    </div>
  );
}
