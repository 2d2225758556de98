// SPDX-License-Identifier: Apache-2.0
// Range: today, yesterday, 7 days, this month, or days that are chosen; kept in the address.
import { RANGES, query, rangeDays, setQuery } from "../address";
import { nowMs } from "../clock";
import { type Key, t } from "../text";

export function RangeChips() {
  const range = query.value.range ?? "today";
  const days = rangeDays(query.value, nowMs.value);
  // Custom begins with the days that are shown, so that there is something to change.
  const choose = (to: string) =>
    setQuery(to === "custom" ? { range: to, ...days } : { range: to === "today" ? "" : to, from: "", to: "" });
  return (
    <div class="ranges">
      <div class="segments" role="group">
        {RANGES.map((name) => (
          <button
            key={name}
            class={range === name ? "is-on" : ""}
            aria-pressed={range === name}
            data-testid={`range-${name}`}
            onClick={() => choose(name)}
          >
            {t(`range_${name}` as Key)}
          </button>
        ))}
      </div>
      {range === "custom" && <CustomDays from={days.from} to={days.to} />}
    </div>
  );
}

function CustomDays(days: { from: string; to: string }) {
  return (
    <div class="custom-days">
      {(["from", "to"] as const).map((name) => (
        <label class="field" key={name}>
          <span>{t(name)}</span>
          <input
            type="date"
            value={days[name]}
            onChange={(event) => event.currentTarget.value && setQuery({ [name]: event.currentTarget.value })}
          />
        </label>
      ))}
    </div>
  );
}
