// SPDX-License-Identifier: Apache-2.0
// Rectification: where a bad rating stands between press and end, until when the next step is due, what was done, and
// the steps that may follow (parts/work.tsx).
import { formatAddress } from "../address";
import { nowMs } from "../clock";
import { mayAct } from "../session";
import type { Rectification, RectificationHead, RectificationState } from "../shapes";
import { type Key, t, word } from "../text";
import { msOf, wallText } from "../time";
import { DueText, Way, type Work, WorkActions, WorkSteps } from "./work";

const WAY: { name: Key; states: RectificationState[] }[] = [
  { name: "rs_verify", states: ["verifying"] },
  { name: "rs_fix", states: ["fixing"] },
  { name: "rs_tell", states: ["telling"] },
  { name: "rs_call", states: ["calling"] },
  { name: "rs_end", states: ["closed"] },
];

const WORK: Work = {
  path: "",
  testId: "rectification",
  actions: "ra_",
  choices: "rc_",
  whyName: () => "why",
  sideWays: ["void", "appeal", "assign"],
  notAllowed: "notAllowedHere",
  owners: ["admin", "director"],
};

export function RectificationBadge({ head }: { head: RectificationHead }) {
  return <span class={`pill rx-pill rx-${head.state}`}>{word("rx_", head.state)}</span>;
}

function hereOf(state: Rectification): number {
  const at = state.state === "judging" ? (state.steps[state.steps.length - 1]?.from ?? "verifying") : state.state;
  return WAY.findIndex((step) => step.states.includes(at as RectificationState));
}

interface BlockProps {
  of: string;
  state: Rectification;
  isNamed: boolean;
  done: () => void;
}

export function RectificationBlock({ of, state, isNamed, done }: BlockProps) {
  const work: Work = { ...WORK, path: `/api/v1/ratings/${encodeURIComponent(of)}/rectification/` };
  return (
    <section class="block rx-block" data-testid="rectification" data-state={state.state}>
      <h3>{t("rectification")}</h3>
      <Way names={WAY.map((step) => step.name)} here={hereOf(state)} isOver={state.state === "closed" || state.state === "void"} />
      <p class="rx-now">
        <RectificationBadge head={state} />
        {isNamed && state.state === "calling" && mayAct() && (
          <a href={formatAddress("callbacks", { id: `rating:${of}` })} data-testid="rectification-callback">
            {t("cbOnList")}
          </a>
        )}
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
        {state.appeal_until_at && msOf(state.appeal_until_at) > nowMs.value && (
          <span>{t("appealUntil", { day: wallText(msOf(state.appeal_until_at) - 1).slice(0, 10) })}</span>
        )}
        {state.round > 1 && <span>{t("rectifyRound", { n: state.round })}</span>}
        {state.tries > 0 && <span>{t("rectifyTries", { n: state.tries })}</span>}
      </p>
      {mayAct() && state.actions.length > 0 && <WorkActions key={state.state} work={work} actions={state.actions} done={done} />}
      {state.steps.length > 0 && <WorkSteps work={work} steps={state.steps} />}
    </section>
  );
}
