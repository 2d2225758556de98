// SPDX-License-Identifier: Apache-2.0
// One rating: what was pressed, the clip at the moment of the press, and what it was joined to.
import type { ComponentChildren } from "preact";
import { formatAddress } from "../address";
import { counterName } from "../hall";
import { GradeBadge, Marks, daysText } from "../parts/badge";
import { Clip } from "../parts/clip";
import { EvidenceActions } from "../parts/evidence_actions";
import { Face, levelName } from "../parts/face";
import { Facts, Panel } from "../parts/panel";
import { NamedPill, PersonLook } from "../parts/person_look";
import { Photo } from "../parts/photo";
import { RectificationBlock } from "../parts/rectification";
import { caseAddress, complaintAddress } from "../parts/rows";
import { Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import { mayRead } from "../session";
import type { CaseHead, Rating } from "../shapes";
import { t, word } from "../text";
import { fullTime } from "../time";

function Head({ rating }: { rating: Rating }) {
  return (
    <div class="rating-head">
      <Face level={rating.level} size={60} />
      <div>
        <p class="rating-level" data-testid="rating-level">
          {levelName(rating.level)}
        </p>
        <p>
          {rating.counter?.name ?? counterName(rating.counter?.id)} · {fullTime(rating.event_at)}
        </p>
        <p class="pills">
          <NamedPill isNamed={rating.is_named} />
          <Marks marks={rating.marks} isCounted={rating.is_counted} />
        </p>
      </div>
    </div>
  );
}

function Words({ rating }: { rating: Rating }) {
  return (
    <section class="block">
      <h3>{t("reasons")}</h3>
      {rating.tags.length > 0 ? (
        <ul class="tags">
          {rating.tags.map((tag) => (
            <li key={tag.code}>{tag.text ?? tag.code}</li>
          ))}
        </ul>
      ) : (
        <p class="muted">{t("noTags")}</p>
      )}
      <h3>{t("comment")}</h3>
      {rating.text ? <blockquote>{rating.text}</blockquote> : <p class="muted">{t("noComment")}</p>}
    </section>
  );
}

// The first rating and its follow-up, each beside the other.
function FollowUp({ rating }: { rating: Rating }) {
  const other = rating.follow_up ?? rating.follows;
  if (!other) return null;
  return (
    <section class="block" data-testid="rating-follow-up">
      <h3>{t(rating.follow_up ? "followUp" : "followUpOf")}</h3>
      <a class="case-card" href={formatAddress("ratings", { id: other.id })}>
        <span>
          <b>{levelName(other.level)}</b>
          <small>
            {fullTime(other.event_at)}
            {"text" in other && other.text && ` · “${other.text}”`}
          </small>
        </span>
        <Face level={other.level} />
      </a>
      <p class="muted">{t("followUpHint")}</p>
    </section>
  );
}

export function CaseCard({ item }: { item: CaseHead }) {
  return (
    <a class="case-card" href={caseAddress(item.number)} data-testid="rating-case">
      <span>
        <b>{item.item?.name ?? item.item?.code ?? "—"}</b>
        <small>
          {item.number} · {item.unit ?? "—"} · {item.applicant ?? "—"}
        </small>
      </span>
      <span class="case-card-end">
        <GradeBadge grade={item.grade} />
        <small>
          {word("st_", item.state)} · {daysText(item)}
        </small>
      </span>
    </a>
  );
}

function factsOf(rating: Rating): [string, ComponentChildren][] {
  const staff = rating.staff;
  const rows: [string, ComponentChildren][] = [
    [t("counter"), rating.counter?.name ?? counterName(rating.counter?.id)],
    [t("staff"), staff ? `${staff.name ?? ""} ${staff.number ?? ""}`.trim() : t("noStaff")],
    [t("pressedAt"), fullTime(rating.event_at)],
    [t("receivedAt"), fullTime(rating.received_at)],
    [t("channel"), word("channel_", rating.channel)],
    [t("pad"), rating.pad ?? "—"],
  ];
  if (rating.card) {
    const { number, entered_by, confirmed_by, decided_by } = rating.card;
    const people = [entered_by, confirmed_by, decided_by].filter(Boolean).join("、");
    rows.push([t("cardNumber"), `${number} · ${t("cardPeople", { who: people })}`]);
  }
  for (const one of rating.complaints) rows.push([t("complaints"), <a href={complaintAddress(one.id)}>{t("tcNumber", { n: one.number })}</a>]);
  if (rating.caller) rows.push([t("calledBy"), rating.caller]);
  const invitation = rating.invitation;
  rows.push([
    t("invitation"),
    invitation ? `${word("inv_", invitation.state)} · ${fullTime(invitation.created_at)}` : t("noInvitation"),
  ]);
  if (rating.ticket) rows.push([t("ticket"), rating.ticket.number ?? rating.ticket.id]);
  return rows;
}

function Body({ rating, reload }: { rating: Rating; reload: () => void }) {
  return (
    <>
      <Head rating={rating} />
      <section class="block">
        <h3>{t("clip")}</h3>
        {rating.clip ? <Clip clip={rating.clip} /> : <p class="muted">{t("noClip")}</p>}
        {rating.clip && <EvidenceActions clip={rating.clip} of={`rating:${rating.id}`} done={reload} />}
      </section>
      {rating.card?.scan && mayRead("cards") && (
        <section class="block">
          <h3>{t("cardScan")}</h3>
          <Photo id={rating.card.scan} name={t("cardScan")} />
        </section>
      )}
      {rating.rectification && <RectificationBlock of={rating.id} state={rating.rectification} isNamed={rating.is_named} done={reload} />}
      <FollowUp rating={rating} />
      <Words rating={rating} />
      {rating.rater && (
        <section class="block">
          <h3>{t("rater")}</h3>
          <PersonLook rater={rating.rater} path={`/api/v1/ratings/${encodeURIComponent(rating.id)}/person`} />
        </section>
      )}
      <section class="block">
        <h3>{t("cases")}</h3>
        {rating.case ? <CaseCard item={rating.case} /> : <p class="muted">{t("noCase")}</p>}
      </section>
      <section class="block">
        <Facts rows={factsOf(rating)} />
      </section>
    </>
  );
}

export function RatingPanel({ id, close }: { id: string; close: () => void }) {
  const path = `/api/v1/ratings/${encodeURIComponent(id)}`;
  const { data, error, reload } = useResource<Rating>(path, {}, ["rating", "case", "hold"]);
  return (
    <Panel title={t("ratingTitle")} testId="rating-panel" close={close}>
      {data ? <Body rating={data} reload={reload} /> : error ? <Problem error={error} reload={reload} /> : <Loading />}
    </Panel>
  );
}
