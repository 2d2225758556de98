// SPDX-License-Identifier: Apache-2.0
// Clue: what a flag of rating fraud rests on: its numbers beside those elsewhere, how often that comes by chance, and
// the ratings (with their clips) or visits that were counted. It says what is odd, never who did wrong.
import { useState } from "preact/hooks";
import { playbackAddress } from "../address";
import { camerasOf, counterName } from "../hall";
import { useResource } from "../resource";
import { mayRead } from "../session";
import type { ClueEvidence, Flag, Rating } from "../shapes";
import { t } from "../text";
import { fullTime, msOf, shortTime } from "../time";
import { Clip } from "./clip";
import { Face, levelName } from "./face";
import { clueWords } from "./flag_words";
import { ratingAddress } from "./rows";

const SHOWN = 5; // ratings at first

function percent(n: number, of: number): string {
  return of > 0 ? `${Math.round((n / of) * 1000) / 10}%` : "—";
}

// Runs are told in words alone: their numbers are no share.
function Share(props: { name: string; odd: number; of: number; isHere?: boolean }) {
  const { odd, of } = props;
  return (
    <div class={`clue-share ${props.isHere ? "is-here" : ""}`}>
      <span>{props.name}</span>
      <span class="clue-track" aria-hidden="true">
        <span style={{ width: percent(odd, of) }} />
      </span>
      <b>
        {odd} / {of}
        <small>{percent(odd, of)}</small>
      </b>
    </div>
  );
}

function chanceText(months: number): string {
  if (months > 1200) return t("clueNever");
  if (months >= 24) return t("clueYears", { n: Math.round(months / 12) });
  return t("clueMonths", { n: Math.max(1, Math.round(months)) });
}

function Numbers({ flag, found }: { flag: Flag; found: ClueEvidence }) {
  const isShare = flag.kind !== "fraud_runs" && flag.kind !== "fraud_telephone";
  const elsewhere = flag.kind === "fraud_skipped" ? "clueOwnOthers" : flag.kind === "fraud_pace" ? "clueBefore" : "clueOthers";
  return (
    <section class="block clue" data-testid="clue-numbers">
      <p class="clue-words">{clueWords(flag.kind, found)}</p>
      {isShare && (
        <>
          <Share name={t("clueHere")} odd={found.odd} of={found.of} isHere />
          {found.other_of > 0 && <Share name={t(elsewhere)} odd={found.other_odd} of={found.other_of} />}
          <p>{t(found.other_of > 0 ? "clueExpected" : "clueUsual", { n: found.expected })}</p>
        </>
      )}
      <p class="clue-chance">{chanceText(found.months)}</p>
      <p class="muted">{t("clueDays", { from: found.from_day, to: found.to_day })}</p>
    </section>
  );
}

function RatingOf({ id, isSameCounter }: { id: string; isSameCounter: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const { data } = useResource<Rating>(`/api/v1/ratings/${encodeURIComponent(id)}`, {}, []);
  if (!data) return <li class="clue-row muted">…</li>;
  const place = isSameCounter ? null : counterName(data.counter?.id);
  const asked = data.invitation ? (msOf(data.event_at) - msOf(data.invitation.created_at)) / 1000 : null;
  return (
    <li>
      <div class="clue-row" data-testid={`clue-rating-${id}`}>
        <Face level={data.level} />
        <a href={ratingAddress(id)}>
          {levelName(data.level)} · {fullTime(data.event_at)}
          <small>
            {[place, data.staff?.name ?? data.staff?.number, asked !== null && t("clueWait", { n: Math.round(asked * 10) / 10 })]
              .filter(Boolean)
              .join(" · ")}
          </small>
        </a>
        {data.clip && (
          <button class="button" data-testid={`clue-clip-${id}`} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t(isOpen ? "clueHideClip" : "clueShowClip")}
          </button>
        )}
      </div>
      {isOpen && data.clip && <Clip clip={data.clip} />}
    </li>
  );
}

function Ratings({ ids, isSameCounter }: { ids: string[]; isSameCounter: boolean }) {
  const [isLong, setLong] = useState(false);
  return (
    <section class="block" data-testid="clue-ratings">
      <h3>{t("clueRatings", { n: ids.length })}</h3>
      <ul class="clue-rows">
        {(isLong ? ids : ids.slice(0, SHOWN)).map((id) => (
          <RatingOf key={id} id={id} isSameCounter={isSameCounter} />
        ))}
      </ul>
      {!isLong && ids.length > SHOWN && (
        <button class="button" onClick={() => setLong(true)}>
          {t("clueMore", { n: ids.length - SHOWN })}
        </button>
      )}
    </section>
  );
}

function Visits({ visits }: { visits: ClueEvidence["visits"] }) {
  return (
    <section class="block" data-testid="clue-visits">
      <h3>{t("clueVisits", { n: visits.length })}</h3>
      <ul class="clue-rows">
        {visits.map((visit) => {
          const [camera] = camerasOf(visit.counter);
          return (
            <li class="clue-row" key={visit.id}>
              <span>
                {counterName(visit.counter)} · {shortTime(visit.ended_at)}
                <small>
                  {visit.seconds >= 0 && t("clueMinutes", { n: Math.round(visit.seconds / 60) })}
                  {visit.is_disputed && ` · ${t("clueDisputed")}`}
                </small>
              </span>
              {camera && (
                <a class="button" href={playbackAddress(camera, msOf(visit.ended_at) - 60_000)}>
                  {t("clueShowClip")}
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export const isClue = (kind: string) => kind.startsWith("fraud_");

export function Clue({ flag }: { flag: Flag }) {
  const found = flag.evidence as unknown as ClueEvidence;
  return (
    <>
      <Numbers flag={flag} found={found} />
      {mayRead("ratings") && found.ratings.length > 0 && <Ratings ids={found.ratings} isSameCounter={flag.counter !== null} />}
      {found.visits.length > 0 && <Visits visits={found.visits} />}
    </>
  );
}
