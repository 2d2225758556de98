// SPDX-License-Identifier: Apache-2.0
// Progress: what a citizen is told of the case, in plain words and with a line of steps.
import { type Language, type Word, dayText, say } from "./words";

export interface Progress {
  number: string;
  item: string;
  unit: string;
  applicant: string | null;
  state: string;
  due_at: string | null;
  is_provisional: boolean;
  days_left: number | null;
  finished_at: string | null;
  why: string | null;
  wants: { what: "papers" | "pick_up"; text: string | null; due_on: string | null; counter: string | null }[];
  steps: { step: string; at: string | null; state: "done" | "now" | "ahead" }[];
}

const ENDED = ["finished", "picked_up", "refused", "returned", "withdrawn"];

// What it comes to, in one sentence.
function sentence(language: Language, one: Progress): string {
  const t = (word: Word, values?: Record<string, string | number>) => say(language, word, values);
  if (one.state === "accepted" && one.due_at) {
    const left = one.days_left ?? 0;
    if (left < 0) return t("st_accepted_late", { n: -left });
    if (left === 0) return t("st_accepted_today");
    return t("st_accepted_due", { day: dayText(language, one.due_at) + (language === "zh" ? " " : "") });
  }
  if (one.state === "paused" && one.wants.length > 0) return t("st_paused_papers");
  if (one.state === "finished" && one.finished_at) return t("st_finished_day", { day: dayText(language, one.finished_at) + (language === "zh" ? " " : "") });
  return t(`st_${one.state}` as Word);
}

function Wants({ language, one }: { language: Language; one: Progress }) {
  const t = (word: Word, values?: Record<string, string | number>) => say(language, word, values);
  if (one.wants.length === 0) return ENDED.includes(one.state) ? null : <p class="nothing">{t("nothing")}</p>;
  return (
    <section class="wants" data-testid="query-wants">
      <h2>{t("wants")}</h2>
      {one.wants.map((want) => (
        <p key={want.what}>
          {want.what === "pick_up" && t("pick_up", { counter: want.counter ?? t("pickUpCounter") })}
          {want.what === "papers" && (want.text ? `${t("papers")}：${want.text}` : t("papersPlain"))}
          {want.due_on && <b> {t("papersDue", { day: dayText(language, want.due_on) })}</b>}
        </p>
      ))}
    </section>
  );
}

function Steps({ language, one }: { language: Language; one: Progress }) {
  return (
    <ol class="steps" aria-label={say(language, "steps")} data-testid="query-steps">
      {one.steps.map(({ step, at, state }) => (
        <li key={step} class={state} data-testid={`query-step-${step}`} data-state={state}>
          <i aria-hidden="true">{state === "done" ? "✓" : state === "now" ? "●" : ""}</i>
          <b>{say(language, `step_${step}` as Word)}</b>
          <span>{at ? dayText(language, at) : state === "now" ? say(language, "here") : ""}</span>
        </li>
      ))}
    </ol>
  );
}

function Due({ language, one }: { language: Language; one: Progress }) {
  const left = one.days_left;
  // While the clock is stopped the day moves on.
  if (!one.due_at || one.state === "paused" || ENDED.includes(one.state)) return null;
  return (
    <>
      <dt>{say(language, "due")}</dt>
      <dd data-testid="query-due">
        {dayText(language, one.due_at)}
        {left !== null && left > 0 && <span>{say(language, "left", { n: left })}</span>}
        {one.is_provisional && say(language, "provisional")}
      </dd>
    </>
  );
}

export function ProgressCard({ language, one }: { language: Language; one: Progress }) {
  const t = (word: Word) => say(language, word);
  const isBad = one.state === "refused" || one.state === "returned";
  return (
    <article data-testid="query-result" data-state={one.state}>
      <h1>{one.item}</h1>
      <p class={`sentence ${isBad ? "is-bad" : ""}`} data-testid="query-sentence">
        {sentence(language, one)}
      </p>
      {one.why && (
        <p class="because">
          {t("why")}：{one.why}
        </p>
      )}
      <Wants language={language} one={one} />
      <Steps language={language} one={one} />
      <dl>
        <dt>{t("number")}</dt>
        <dd>{one.number}</dd>
        {one.applicant && (
          <>
            <dt>{t("applicant")}</dt>
            <dd data-testid="query-applicant">{one.applicant}</dd>
          </>
        )}
        <dt>{t("unit")}</dt>
        <dd>{one.unit}</dd>
        <Due language={language} one={one} />
      </dl>
    </article>
  );
}
