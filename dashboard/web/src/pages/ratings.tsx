// SPDX-License-Identifier: Apache-2.0
// Ratings 好差评: the list with its filters in the address; a row opens with case, counter, staff and clip.
import { type Query, RANGES, formatAddress, query, rangeDays, ratingsQuery, setQuery } from "../address";
import { nowMs } from "../clock";
import { counters } from "../hall";
import { levelName } from "../parts/face";
import { Choice, Filters, type Option, Search, Toggle } from "../parts/filters";
import { List } from "../parts/list";
import { RatingLine } from "../parts/rows";
import { Empty } from "../parts/states";
import { useList } from "../resource";
import type { Level, RatingRow } from "../shapes";
import { type Key, t, word } from "../text";
import { RatingPanel } from "./rating";

const MARKS = [
  "no_invitation",
  "unknown_invitation",
  "expired",
  "repeated",
  "other_pad",
  "unknown_case",
  "inferred",
  "clock_skew",
  "no_camera",
  "unknown_tag",
];

function RangeChips() {
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

const NAMES = ["range", "level", "counter", "mark", "q", "staff", "case"];

function RatingFilters() {
  const levels: Option[] = [
    ["good", t("good")],
    ["bad", t("bad")],
    ...[5, 4, 3, 2, 1].map((level): Option => [String(level), levelName(level as Level)]),
  ];
  return (
    <>
      <div class="quick">
        <RangeChips />
        <Toggle name="level" value="bad" label={t("badOnly")} />
      </div>
      <Filters names={NAMES}>
        <Choice name="level" label={t("level")} options={levels} />
        <Choice name="counter" label={t("counter")} options={counters.value.map((one) => [one.id, one.name])} />
        <Choice name="mark" label={t("marks")} options={MARKS.map((mark) => [mark, word("mark_", mark)])} />
        <Search label={t("searchRatings")} />
      </Filters>
    </>
  );
}

export function RatingsPage() {
  const here: Query = query.value;
  const list = useList<RatingRow>("/api/v1/ratings", ratingsQuery(here, nowMs.value), ["rating"]);
  return (
    <List
      title={t("ratings")}
      list={list}
      idOf={(row) => row.id}
      param="id"
      filters={<RatingFilters />}
      line={(row, isOpen) => (
        <RatingLine key={row.id} row={row} isOpen={isOpen} to={formatAddress("ratings", { ...here, id: row.id })} />
      )}
      empty={
        <Empty icon="ratings" title={t("noRatings")}>
          {t("noRatingsHint")}
        </Empty>
      }
      panel={here.id ? <RatingPanel key={here.id} id={here.id} close={() => setQuery({ id: "" })} /> : null}
    />
  );
}
