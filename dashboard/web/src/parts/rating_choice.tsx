// SPDX-License-Identifier: Apache-2.0
// Rating choice: which bad rating something is about, out of those of its counter and days; others are found by words,
// case number or staff.
import { useState } from "preact/hooks";
import type { Query } from "../address";
import { counterName } from "../hall";
import { useResource } from "../resource";
import type { Page, RatingRow } from "../shapes";
import { t } from "../text";
import { addDays, dayOf, dayStart, fullTime, msOf, rfc3339 } from "../time";
import { Face, levelName } from "./face";
import { ratingWords } from "./rows";
import { Loading, Problem } from "./states";

// What the rating may be about; the wanted time is before or after it.
export interface RatingPlace {
  counter: string | null;
  at: string;
}

const DAYS_AROUND = 3;
const SHOWN = "12";

interface ChoiceProps {
  about: RatingPlace;
  value: string;
  testId: string; // {testId}-{id}, -q, -all
  choose: (id: string) => void;
}

function Row({ row, isOn, testId, choose }: { row: RatingRow; isOn: boolean; testId: string; choose: (id: string) => void }) {
  return (
    <button type="button" role="radio" aria-checked={isOn} class={`choice-row ${isOn ? "is-on" : ""}`} data-testid={testId} onClick={() => choose(row.id)}>
      <Face level={row.level} size={28} />
      <span>
        <b>
          {levelName(row.level)} · {fullTime(row.event_at).slice(0, 16)}
        </b>
        <small>
          {[row.counter?.name ?? counterName(row.counter?.id), row.staff?.name, row.case_item, row.case_number].filter(Boolean).join(" · ")}
        </small>
        {ratingWords(row) && <small>{ratingWords(row)}</small>}
      </span>
    </button>
  );
}

export function RatingChoice({ about, value, testId, choose }: ChoiceProps) {
  const [isAll, setAll] = useState(!about.counter);
  const [q, setQ] = useState("");
  const day = dayOf(msOf(about.at));
  const asked: Query = q.trim()
    ? { level: "bad", q: q.trim(), limit: SHOWN }
    : {
        level: "bad",
        counter: isAll ? "" : (about.counter ?? ""),
        from: rfc3339(dayStart(addDays(day, -DAYS_AROUND))),
        to: rfc3339(dayStart(addDays(day, DAYS_AROUND + 1))),
        limit: SHOWN,
      };
  const { data, error, reload } = useResource<Page<RatingRow>>("/api/v1/ratings", asked, ["rating"]);
  return (
    <fieldset class="choice">
      <legend>{t("workRating")}</legend>
      <p class="muted">{q.trim() ? t("choiceFound") : t(isAll ? "choiceAround" : "choiceAtCounter", { counter: counterName(about.counter), day })}</p>
      <div class="quick">
        <label class="field choice-search">
          <input type="search" placeholder={t("searchRatings")} value={q} data-testid={`${testId}-q`} onInput={(event) => setQ(event.currentTarget.value)} />
        </label>
        {about.counter && !q.trim() && (
          <button type="button" class={`chip ${isAll ? "is-on" : ""}`} aria-pressed={isAll} data-testid={`${testId}-all`} onClick={() => setAll(!isAll)}>
            {t("choiceAll")}
          </button>
        )}
      </div>
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data?.items.length === 0 && <p>{t("choiceNone")}</p>}
      <div class="choice-rows" role="radiogroup">
        {data?.items.map((row) => (
          <Row key={row.id} row={row} isOn={row.id === value} testId={`${testId}-${row.id}`} choose={choose} />
        ))}
      </div>
    </fieldset>
  );
}
