// SPDX-License-Identifier: Apache-2.0
// Person look: a citizen's masked name and number, and the whole of them for who says what they are needed for. The box
// writes down each look before it answers (dashboard/api_person.c).
import { useState } from "preact/hooks";
import { get } from "../api";
import { mayAct } from "../session";
import type { PersonWhole, Rater } from "../shapes";
import { t } from "../text";
import { fullTime } from "../time";
import { WhyForm } from "./why_form";

const masked = (rater: Rater) => [rater.name, rater.phone].filter(Boolean).join(" · ") || "—";

function Whole({ person }: { person: PersonWhole }) {
  return (
    <p class="person-whole" data-testid="person-whole">
      <b>{person.name ?? "—"}</b>
      {person.phone ? <a href={`tel:${person.phone}`}>{person.phone}</a> : person.phone_tail && <span>…{person.phone_tail}</span>}
      {person.id_number && <span>{person.id_number}</span>}
    </p>
  );
}

// path: "/api/v1/ratings/ID/person" or that of a case.
export function PersonLook({ rater, path }: { rater: Rater; path: string }) {
  const [isAsking, setAsking] = useState(false);
  const [person, setPerson] = useState<PersonWhole | null>(null);
  const look = async (why: string) => setPerson(await get<PersonWhole>(path, { why }));
  if (rater.erased_at) return <p class="muted">{t("personErased", { at: fullTime(rater.erased_at).slice(0, 10) })}</p>;
  return (
    <div class="person-look">
      {person ? (
        <Whole person={person} />
      ) : (
        <p class="person-masked">
          <span data-testid="person-masked">{masked(rater)}</span>
          {mayAct() && !isAsking && (
            <button class="button" data-testid="person-look" onClick={() => setAsking(true)}>
              {t("personLook")}
            </button>
          )}
        </p>
      )}
      {isAsking && !person && (
        <>
          <p class="muted">{t("personLookHint")}</p>
          <WhyForm title={t("personWhy")} button={t("personLook")} testId="person" act={look} close={() => setAsking(false)} />
        </>
      )}
    </div>
  );
}

export function NamedPill({ isNamed }: { isNamed: boolean }) {
  return <span class={`pill ${isNamed ? "pill-named" : ""}`}>{t(isNamed ? "named" : "anonymous")}</span>;
}
