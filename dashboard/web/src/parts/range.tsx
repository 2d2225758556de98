// SPDX-License-Identifier: Apache-2.0
// Range: today, yesterday, 7 days, this month, or days that are chosen; kept in the address.
import { type LONG_RANGES, RANGES, query, rangeDays, setQuery } from "../address";
import { nowMs } from "../clock";
import { type Key, t } from "../text";

type Names = typeof RANGES | typeof LONG_RANGES;

// fallback: what an address without a range shows.
export function RangeChips({ names = RANGES, fallback = "today" }: { names?: Names; fallback?: string }) {
  const range = query.value.range ?? fallback;
  const days = rangeDays({ ...query.value, range }, nowMs.value);
  // Custom begins with the days that are shown, so that there is something to change.
  const choose = (to: string) =>
    setQuery(to === "custom" ? { range: to, ...days } : { range: to === fallback ? "" : to, from: "", to: "" });
  return (
    <div class="ranges">
      <div class="segments" role="group">
        {names.map((name) => (
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
