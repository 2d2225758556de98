// SPDX-License-Identifier: Apache-2.0
// One complaint: what was said, where it stands and the next step, the clip of the counter, and what the public reads.
import type { ComponentChildren } from "preact";
import { counterName } from "../hall";
import { Clip } from "../parts/clip";
import { categoryName } from "../parts/complaint_form";
import { EvidenceActions } from "../parts/evidence_actions";
import { Facts, Panel } from "../parts/panel";
import { PersonLook } from "../parts/person_look";
import { Photo } from "../parts/photo";
import { ratingAddress } from "../parts/rows";
import { Loading, Problem } from "../parts/states";
import { DueText, Way, type Work, WorkActions, WorkSteps } from "../parts/work";
import { useResource } from "../resource";
import { mayRead } from "../session";
import type { Complaint, ComplaintHead } from "../shapes";
import { type Key, t, word } from "../text";
import { fullTime } from "../time";

const WAY: Key[] = ["tw_received", "tw_assigned", "tw_answered", "tw_closed"];
const STATES = ["received", "assigned", "answered", "closed"];

const WORK: Work = {
  path: "",
  testId: "complaint",
  actions: "ta_",
  choices: "td_",
  whyName: (action) => (action === "answer" ? "tcAnswer" : "why"),
  sideWays: ["refuse", "decline", "return", "link", "propose", "reject", "withdraw", "reopen"],
  notAllowed: "tcNotAllowed",
  owners: ["admin", "director", "staff"],
};

export function ComplaintBadge({ head }: { head: ComplaintHead }) {
  return <span class={`pill tc-${head.state}`}>{word("ts_", head.state)}</span>;
}

export function PublicationBadge({ head }: { head: ComplaintHead }) {
  if (head.publication === "none") return null;
  return <span class={`pill tc-${head.publication}`}>{word("tp_", head.publication)}</span>;
}

function Now({ complaint }: { complaint: Complaint }) {
  return (
    <p class="rx-now">
      <ComplaintBadge head={complaint} />
      <PublicationBadge head={complaint} />
      {complaint.due_at && (
        <span>
          {t("rectifyDue")} <DueText head={complaint} />
        </span>
      )}
      {complaint.owner && (
        <span>
          {t("rectifyOwner")} <b>{complaint.owner}</b>
        </span>
      )}
      {complaint.round > 1 && <span>{t("tcRound", { n: complaint.round })}</span>}
    </p>
  );
}

function Life({ complaint, done }: { complaint: Complaint; done: () => void }) {
  const work: Work = {
    ...WORK,
    path: `/api/v1/complaints/${encodeURIComponent(complaint.id)}/`,
    about: { counter: complaint.counter?.id ?? null, at: complaint.happened_at ?? complaint.created_at },
    text: complaint.public_text ?? complaint.text,
    answer: complaint.public_answer ?? complaint.answer ?? "",
  };
  return (
    <section class="block rx-block" data-testid="complaint-life" data-state={complaint.state} data-publication={complaint.publication}>
      <Way names={WAY} here={STATES.indexOf(complaint.state)} isOver={complaint.state === "closed"} />
      <Now complaint={complaint} />
      {complaint.actions.length > 0 && (
        <WorkActions key={complaint.state + complaint.publication} work={work} actions={complaint.actions} done={done} />
      )}
      {complaint.steps.length > 0 && <WorkSteps work={work} steps={complaint.steps} />}
    </section>
  );
}

function Public({ complaint }: { complaint: Complaint }) {
  if (complaint.publication === "none") return null;
  return (
    <section class="block tc-public" data-testid="complaint-public">
      <h3>{t(complaint.publication === "published" ? "tcPublicNow" : "tcPublicAsked")}</h3>
      <blockquote>{complaint.public_text}</blockquote>
      <blockquote>{complaint.public_answer}</blockquote>
      {complaint.proposed_by && <p class="muted">{t("tcProposedBy", { who: complaint.proposed_by })}</p>}
    </section>
  );
}

function factsOf(one: Complaint): [string, ComponentChildren][] {
  const staff = [one.staff?.name, one.staff?.number].filter(Boolean).join(" ");
  const rows: [string, ComponentChildren][] = [
    [t("tcCategory"), categoryName(one.category)],
    [t("channel"), word("tcc_", one.channel)],
    [t("tcCounter"), one.counter ? (one.counter.name ?? counterName(one.counter.id)) : "—"],
    [t("tcHappened"), fullTime(one.happened_at)],
    [t("tcUnit"), one.unit ?? "—"],
    [t("tcItem"), one.item ?? "—"],
    [t("tcStaff"), staff || "—"],
    [t("tcTakenBy"), `${one.taken_by} · ${fullTime(one.created_at)}`],
  ];
  if (one.rating) rows.push([t("ratingTitle"), <a href={ratingAddress(one.rating)}>{t("openIt")}</a>]);
  return rows;
}

function Body({ complaint, reload }: { complaint: Complaint; reload: () => void }) {
  return (
    <>
      <div>
        <p class="case-item">
          {categoryName(complaint.category)} <small>{t("tcNumber", { n: complaint.number })}</small>
        </p>
        <blockquote data-testid="complaint-words">{complaint.text}</blockquote>
      </div>
      <Life complaint={complaint} done={reload} />
      {complaint.answer && (
        <section class="block">
          <h3>{t("tcAnswer")}</h3>
          <blockquote>{complaint.answer}</blockquote>
        </section>
      )}
      <Public complaint={complaint} />
      {complaint.photo && mayRead("cards") && (
        <section class="block">
          <h3>{t("tcPhoto")}</h3>
          <Photo id={complaint.photo} name={t("tcPhoto")} />
        </section>
      )}
      {complaint.clip && mayRead("playback") && (
        <section class="block">
          <h3>{t("clip")}</h3>
          <Clip clip={complaint.clip} />
          <EvidenceActions clip={complaint.clip} of={`complaint:${complaint.id}`} done={reload} />
        </section>
      )}
      {complaint.rater && (
        <section class="block">
          <h3>{t("tcPerson")}</h3>
          <PersonLook rater={complaint.rater} path={`/api/v1/complaints/${encodeURIComponent(complaint.id)}/person`} />
        </section>
      )}
      <section class="block">
        <Facts rows={factsOf(complaint)} />
      </section>
    </>
  );
}

export function ComplaintPanel({ id, close }: { id: string; close: () => void }) {
  const { data, error, reload } = useResource<Complaint>(`/api/v1/complaints/${encodeURIComponent(id)}`, {}, ["complaint", "hold"]);
  return (
    <Panel title={t("complaints")} testId="complaint-panel" close={close}>
      {data ? <Body complaint={data} reload={reload} /> : error ? <Problem error={error} reload={reload} /> : <Loading />}
    </Panel>
  );
}
