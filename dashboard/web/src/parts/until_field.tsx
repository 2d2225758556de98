// SPDX-License-Identifier: Apache-2.0
// Until field: how long a hold lasts: until it is lifted, a usual number of days, or to the end of a day.
import { useState } from "preact/hooks";
import { t } from "../text";
import { boxNow, addDays, dayOf, dayStart } from "../time";

const DAYS = [30, 90, 180, 365];

// The day is held whole: until midnight after it.
const endOfDay = (day: string) => dayStart(addDays(day, 1));

interface UntilProps {
  value: number | null; // ms; null: until it is lifted
  change: (value: number | null) => void;
  testId: string; // {testId}-until, and {testId}-until-day for the day
}

export function UntilField({ value, change, testId }: UntilProps) {
  const [choice, setChoice] = useState(value === null ? "lifted" : "day");
  const today = dayOf(boxNow());
  const day = value === null ? "" : dayOf(value - 1);
  const choose = (name: string) => {
    setChoice(name);
    if (name === "lifted") change(null);
    else if (name !== "day") change(endOfDay(addDays(today, Number(name))));
    else if (value === null) change(endOfDay(addDays(today, DAYS[0] as number)));
  };
  return (
    <div class="until-field">
      <label class="field">
        <span>{t("holdUntil")}</span>
        <select value={choice} data-testid={`${testId}-until`} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="lifted">{t("untilLifted")}</option>
          {DAYS.map((n) => (
            <option key={n} value={n}>
              {t("untilDays", { n })}
            </option>
          ))}
          <option value="day">{t("untilDay")}</option>
        </select>
      </label>
      {choice === "day" && (
        <label class="field">
          <span>{t("untilDayLabel")}</span>
          <input
            type="date"
            min={today}
            value={day}
            data-testid={`${testId}-until-day`}
            onInput={(event) => {
              if (event.currentTarget.value) change(endOfDay(event.currentTarget.value));
            }}
          />
        </label>
      )}
    </div>
  );
}
