// SPDX-License-Identifier: Apache-2.0
// Ratings 好差评: the list with its filters in the address; a row opens with case, counter, staff and clip.
import { type Query, formatAddress, query, ratingsQuery, setQuery } from "../address";
import { nowMs } from "../clock";
import { counters } from "../hall";
import { levelName } from "../parts/face";
import { Choice, Filters, type Option, Search, Toggle } from "../parts/filters";
import { List } from "../parts/list";
import { RangeChips } from "../parts/range";
import { RatingLine } from "../parts/rows";
import { Empty } from "../parts/states";
import { useList } from "../resource";
import type { Level, RatingRow } from "../shapes";
import { t, word } from "../text";
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
