// SPDX-License-Identifier: Apache-2.0
// Calendar: a month of days, those with video marked.
import { useEffect, useState } from "preact/hooks";
import { get } from "../api";
import { useKeys } from "../keys";
import { type Key, t } from "../text";
import { boxNow, dayOf } from "../time";
import { Icon } from "./icon";

interface DaysAnswer {
  month: string;
  days: string[];
  first_at: string | null;
}

// A month later or earlier.
export function monthBy(month: string, n: number): string {
  const [year = 0, one = 1] = month.split("-").map(Number);
  const index = year * 12 + one - 1 + n;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
}

// Weeks from Monday on; null where a week reaches out of the month.
export function weeksOf(month: string): (string | null)[][] {
  const first = new Date(`${month}-01T00:00:00Z`);
  const lead = (first.getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const cells: (string | null)[] = Array.from({ length: lead }, () => null);
  for (let day = 1; day <= length; day++) cells.push(`${month}-${String(day).padStart(2, "0")}`);
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7));
}

function useDays(cameras: string[], month: string) {
  const [answer, setAnswer] = useState<{ key: string; days: Set<string>; first: string | null } | null>(null);
  const key = `${cameras.join()} ${month}`;
  useEffect(() => {
    const stop = new AbortController();
    Promise.all(
      cameras.map((camera) => get<DaysAnswer>(`/media/days/${encodeURIComponent(camera)}`, { month }, stop.signal)),
    ).then(
      (all) => {
        const firsts = all.map((one) => one.first_at).filter((first): first is string => first !== null);
        setAnswer({ key, days: new Set(all.flatMap((one) => one.days)), first: firsts.sort()[0]?.slice(0, 10) ?? null });
      },
      () => {},
    );
    return () => stop.abort();
  }, [key]);
  return answer?.key === key ? answer : null;
}

export function Calendar(props: { cameras: string[]; day: string; choose: (day: string) => void; close: () => void }) {
  const [month, setMonth] = useState(props.day.slice(0, 7));
  const answer = useDays(props.cameras, month);
  const today = dayOf(boxNow());
  useKeys((key) => {
    if (key !== "Escape") return false;
    props.close();
    return true;
  });
  return (
    <>
      <div class="menu-shade" onClick={props.close} />
      <div class="calendar" role="dialog" aria-label={t("calendar")} data-testid="calendar">
        <div class="calendar-head">
          <button class="icon-button" aria-label={t("monthBefore")} onClick={() => setMonth(monthBy(month, -1))}>
            <Icon name="back" />
          </button>
          <b>{month}</b>
          <button class="icon-button" disabled={month >= today.slice(0, 7)} aria-label={t("monthAfter")} onClick={() => setMonth(monthBy(month, 1))}>
            <Icon name="next" />
          </button>
        </div>
        <div class="calendar-days">
          {[1, 2, 3, 4, 5, 6, 7].map((n) => (
            <span key={n} class="muted">
              {t(`weekday${n}` as Key)}
            </span>
          ))}
          {weeksOf(month)
            .flat()
            .map((day, i) =>
              day ? (
                <button
                  key={day}
                  class={`calendar-day ${answer?.days.has(day) ? "has-video" : ""} ${day === today ? "is-today" : ""}`}
                  aria-pressed={day === props.day}
                  aria-label={`${day} ${answer?.days.has(day) ? t("hasVideo") : t("noVideo")}`}
                  disabled={day > today}
                  data-testid={`day-${day}`}
                  onClick={() => props.choose(day)}
                >
                  {Number(day.slice(8))}
                </button>
              ) : (
                <span key={i} />
              ),
            )}
        </div>
        <p class="calendar-note">
          <i class="calendar-dot" /> {t("hasVideo")}
          {answer && <span class="muted">{answer.first ? t("firstVideo", { day: answer.first }) : t("noVideoAtAll")}</span>}
        </p>
      </div>
    </>
  );
}
