// SPDX-License-Identifier: Apache-2.0
// Ratings 好差评: the list with its filters in the address; a row opens with case, counter, staff and clip.
import { type Query, formatAddress, query, ratingsQuery, setQuery } from "../address";
import { nowMs } from "../clock";
import { counters } from "../hall";
import { levelName } from "../parts/face";
import { Behind } from "../parts/behind";
import { Choice, Filters, type Option, Search, Toggle } from "../parts/filters";
import { List } from "../parts/list";
import { RangeChips } from "../parts/range";
import { RatingLine, RectificationLine } from "../parts/rows";
import { Empty } from "../parts/states";
import { useList } from "../resource";
import type { Level, RatingRow, RectificationRow } from "../shapes";
import { t, word } from "../text";
import { Ranking } from "./ranking";
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
  "follow_up",
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
      <Behind />
      <Views />
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

const VIEWS = [
  ["", "viewAll"],
  ["open", "viewOpen"],
  ["ended", "viewEnded"],
  ["figures", "ranking"],
] as const;

// All ratings, or the bad ones as work: in hand by deadline, and ended.
function Views() {
  return (
    <div class="quick">
      {VIEWS.map(([view, name]) => (
        <a
          key={name}
          class={`chip ${(query.value.view ?? "") === view ? "is-on" : ""}`}
          href={formatAddress("ratings", { view })}
          data-testid={`view-${view || "all"}`}
        >
          {t(name)}
        </a>
      ))}
    </div>
  );
}

const STATES = ["verifying", "fixing", "telling", "calling", "judging"];

function Rectifications({ isOpen }: { isOpen: boolean }) {
  const here: Query = query.value;
  const asked: Query = { open: isOpen ? "1" : "" };
  for (const name of ["state", "owner", "late", "q"]) asked[name] = here[name] ?? "";
  const list = useList<RectificationRow>("/api/v1/rectifications", asked, ["rating"]);
  const filters = (
    <>
      <Views />
      <div class="quick">
        {isOpen && <Toggle name="owner" value="me" label={t("mineOnly")} />}
        {isOpen && <Toggle name="late" value="1" label={t("lateOnly")} />}
        {isOpen && STATES.map((state) => <Toggle key={state} name="state" value={state} label={word("rx_", state)} />)}
      </div>
      <Filters names={["q"]}>
        <Search label={t("searchRatings")} />
      </Filters>
    </>
  );
  return (
    <List
      title={t("ratings")}
      list={list}
      sheet={{ path: "/api/v1/rectifications", query: asked, testId: "rectifications" }}
      idOf={(row) => row.rating}
      param="id"
      filters={filters}
      line={(row, isShown) => (
        <RectificationLine key={row.rating} row={row} isOpen={isShown} to={formatAddress("ratings", { ...here, id: row.rating })} />
      )}
      empty={
        <Empty icon="ratings" title={t(isOpen ? "noRectifications" : "noEnded")}>
          {t("noRectificationsHint")}
        </Empty>
      }
      panel={here.id ? <RatingPanel key={here.id} id={here.id} close={() => setQuery({ id: "" })} /> : null}
    />
  );
}

export function RatingsPage() {
  const view = query.value.view;
  if (view === "figures") return <Ranking views={<Views />} />;
  return view === "open" || view === "ended" ? <Rectifications key={view} isOpen={view === "open"} /> : <AllRatings />;
}

function AllRatings() {
  const here: Query = query.value;
  const list = useList<RatingRow>("/api/v1/ratings", ratingsQuery(here, nowMs.value), ["rating"]);
  return (
    <List
      title={t("ratings")}
      list={list}
      sheet={{ path: "/api/v1/ratings", query: ratingsQuery(here, nowMs.value), testId: "ratings" }}
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
