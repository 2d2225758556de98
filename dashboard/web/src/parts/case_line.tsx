// SPDX-License-Identifier: Apache-2.0
// Case line: a case's life on one line: its working days (worked, stood still), who had it how long, what happened when,
// and below it a row for each unit of a joint case. On a narrow place the same stands from top to bottom.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { nowMs } from "../clock";
import { counterName } from "../hall";
import { mayRead } from "../session";
import type { Case, CaseSegment, CaseUnit, Clip as ClipShape } from "../shapes";
import { type Key, t, word } from "../text";
import { msOf, rfc3339, shortTime, wallText } from "../time";
import { GradeBadge } from "./badge";
import { type Axis, caseAxis } from "./case_axis";
import { Clip } from "./clip";
import { Face, levelName } from "./face";
import { flagSentence } from "./flag_words";
import { flagAddress, ratingAddress } from "./rows";

const NARROW = 620; // px: from there on it lies
const ROOM = 62; // px between words beside each other
const LABEL = 74; // px that a segment needs to say who it is

// Words of a moment; kind decides how it is drawn.
interface Mark {
  key: string;
  at: number;
  kind: "event" | "ticket" | "rating" | "flag" | "due" | "now";
  text: string;
  more?: string;
  sign?: ComponentChildren;
  to?: string;
  clip?: ClipShape;
  isBad?: boolean;
}

function eventText({ kind, node }: { kind: string; node: string | null }): string {
  return node && (kind === "node" || kind === "sent") ? `${word("ev_", kind)} ${node}` : word("ev_", kind);
}

function marksOf(item: Case, now: number): Mark[] {
  const marks: Mark[] = item.events.map((event) => ({
    key: `e${event.id}`,
    at: msOf(event.at),
    kind: "event",
    text: eventText(event),
    more: [event.person?.name, event.unit, event.reason].filter(Boolean).join(" · "),
    isBad: event.ignored !== null,
  }));
  for (const ticket of item.tickets) {
    const time = ticket.served_at ?? ticket.called_at ?? ticket.issued_at;
    if (time) marks.push({ key: `t${ticket.id}`, at: msOf(time), kind: "ticket", text: `${t("lineTicket")} ${ticket.number}`, more: counterName(ticket.counter) });
  }
  if (mayRead("ratings"))
    for (const row of item.ratings)
      marks.push({
        key: `r${row.id}`,
        at: msOf(row.event_at),
        kind: "rating",
        text: levelName(row.level),
        sign: <Face level={row.level} size={24} />,
        to: ratingAddress(row.id),
        clip: row.clip ?? undefined,
      });
  for (const row of item.flags)
    marks.push({ key: `f${row.id}`, at: msOf(row.raised_at), kind: "flag", text: word("flag_", row.kind), more: flagSentence(row), to: flagAddress(row.id) });
  const end = item.events.find(({ kind, ignored }) => ENDS.includes(kind) && !ignored);
  // Of a case that ended in time the due day has no place any more; the facts below say it.
  if (item.due_at && (!end || msOf(item.due_at) < msOf(end.at))) marks.push({ key: "due", at: msOf(item.due_at), kind: "due", text: t("dueAt") });
  if (!end) marks.push({ key: "now", at: now, kind: "now", text: t("now") });
  return marks.sort((a, b) => a.at - b.at);
}

const ENDS = ["finished", "refused", "returned", "withdrawn"];

function holderText(segment: CaseSegment, item: Case): string {
  const person = segment.person?.name;
  const place = { counter: item.unit ?? counterName(item.counter), node: segment.node, unit: segment.unit, papers: t("lineCitizen"), procedure: t("lineProcedure") };
  return [place[segment.kind] ?? "—", person].filter(Boolean).join(" ");
}

function spanText(segment: CaseSegment): string {
  const days = t(segment.days === 1 ? "day1" : "days", { n: segment.days });
  return segment.used_days === segment.days ? days : `${days}，${t("lineUsed", { n: segment.used_days })}`;
}

// In short: days, or minutes where it was over before a day was.
function lengthText(segment: CaseSegment, now: number): string {
  if (segment.days > 0) return t("lineDays", { n: segment.days });
  return t("lineMinutes", { n: Math.round(((segment.to_at ? msOf(segment.to_at) : now) - msOf(segment.from_at)) / 60_000) });
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const watch = new ResizeObserver(() => setWidth(place.clientWidth));
    watch.observe(place);
    setWidth(place.clientWidth);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

export function CaseLine({ item }: { item: Case }) {
  const { box, width } = useWidth();
  const [clip, setClip] = useState<ClipShape | null>(null);
  // By the minute, so that the line does not twitch; never before what has happened.
  const now = Math.max(nowMs.value - (nowMs.value % 60_000), ...item.events.map((event) => msOf(event.at)));
  const marks = marksOf(item, now);
  return (
    <div class="life" ref={box} data-testid="case-line" data-lies={width >= NARROW ? "1" : "0"}>
      {width >= NARROW && <Lying item={item} marks={marks} now={now} width={width} play={setClip} />}
      {width > 0 && width < NARROW && <Standing item={item} marks={marks} now={now} play={setClip} />}
      {clip && (
        <div class="life-clip" data-testid="case-line-clip">
          <Clip key={clip.playback} clip={clip} />
        </div>
      )}
    </div>
  );
}

interface LineProps {
  item: Case;
  marks: Mark[];
  now: number;
  play: (clip: ClipShape | null) => void;
}

// --- lying

function Lying({ item, marks, now, width, play }: LineProps & { width: number }) {
  const first = Math.min(...marks.map(({ at }) => at));
  const last = Math.max(...marks.map(({ at }) => at));
  const line = item.line;
  if (!line) return null;
  const axis = caseAxis(line, first, last, (ms) => wallText(ms).slice(11, 16));
  return (
    <div class="life-lies">
      <Happenings axis={axis} marks={marks} width={width} play={play} />
      <Days axis={axis} />
      <Holders axis={axis} item={item} now={now} width={width} />
      <div class="life-ticks" aria-hidden="true">
        {axis.ticks.map(({ at, text }) => (
          <span key={at} style={{ left: percent(at) }}>
            {text}
          </span>
        ))}
      </div>
      <Units axis={axis} item={item} now={now} />
      {axis.days.length > 0 && <Legend days={item.line?.days ?? ""} />}
    </div>
  );
}

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

function Days({ axis }: { axis: Axis }) {
  if (axis.days.length === 0) return <div class="life-days is-plain" />;
  return (
    <div class="life-days" data-testid="case-line-days">
      {axis.days.map(({ day, kind, from, to }) => (
        <i key={day} class={`day-${kind}`} title={`${day} ${t(`day_${kind}` as Key)}`} style={{ left: percent(from), width: percent(to - from) }} />
      ))}
    </div>
  );
}

function Holders({ axis, item, now, width }: { axis: Axis; item: Case; now: number; width: number }) {
  const segments = item.line?.segments ?? [];
  return (
    <div class="life-holders">
      {segments.map((segment, i) => {
        const from = axis.place(msOf(segment.from_at));
        const to = axis.place(segment.to_at ? msOf(segment.to_at) : now);
        const text = holderText(segment, item);
        const span = `${shortTime(segment.from_at)} – ${segment.to_at ? shortTime(segment.to_at) : t("now")}`;
        return (
          <span
            key={i}
            class={`holder is-${segment.kind}`}
            data-testid={`case-segment-${i}`}
            title={`${text} ${span} ${spanText(segment)}`}
            style={{ left: percent(from), width: `max(3px, ${percent(to - from)})` }}
          >
            {(to - from) * width >= LABEL && (
              <>
                <b>{text}</b>
                <small>{lengthText(segment, now)}</small>
              </>
            )}
          </span>
        );
      })}
    </div>
  );
}

// In rows above each other, as far as words leave room; what finds none has its sign alone.
const ROWS = 3;
function Happenings({ axis, marks, width, play }: { axis: Axis; marks: Mark[]; width: number; play: LineProps["play"] }) {
  const ends = Array.from({ length: ROWS }, () => -Infinity);
  return (
    <div class="life-marks">
      {marks.map((mark) => {
        const x = axis.place(mark.at) * width;
        const need = Math.max(ROOM, mark.text.length * 15 + 26);
        const isRight = x + need > width;
        const start = isRight ? x - need : x;
        const row = ends.findIndex((end) => start >= end);
        if (row >= 0) ends[row] = start + need;
        return (
          <MarkSign key={mark.key} mark={mark} left={percent(axis.place(mark.at))} row={row} isRight={isRight} play={play} />
        );
      })}
    </div>
  );
}

function MarkSign({ mark, left, row, isRight, play }: { mark: Mark; left: string; row: number; isRight: boolean; play: LineProps["play"] }) {
  const title = [mark.text, shortTime(rfc3339(mark.at)), mark.more].filter(Boolean).join(" · ");
  return (
    <span
      class={`mark is-${mark.kind} ${mark.isBad ? "is-ignored" : ""} ${isRight ? "is-right" : ""} row-${row < 0 ? "none" : row}`}
      style={{ left }}
      title={title}
    >
      {row >= 0 && <MarkWords mark={mark} play={play} />}
    </span>
  );
}

function MarkWords({ mark, play }: { mark: Mark; play: LineProps["play"] }) {
  const words = (
    <>
      {mark.sign}
      {mark.text}
    </>
  );
  const clip = mark.clip;
  return (
    <span class="mark-words">
      {mark.to ? <a href={mark.to}>{words}</a> : words}
      {clip && (
        <button class="mark-play" data-testid={`case-play-${mark.key.slice(1)}`} aria-label={t("linePlay")} title={t("linePlay")} onClick={() => play(clip)}>
          ▶
        </button>
      )}
    </span>
  );
}

function Units({ axis, item, now }: { axis: Axis; item: Case; now: number }) {
  if (item.units.length === 0) return null;
  return (
    <div class="life-units">
      <h4>{t("lineUnits")}</h4>
      {item.units.map((unit) => (
        <div key={unit.unit} class="unit" data-testid={`case-unit-${unit.unit}`}>
          <UnitWords unit={unit} />
          <div class="unit-bar">
            {unit.from_at && <UnitBar axis={axis} unit={unit} item={item} now={now} />}
            {unit.due_at && <i class="unit-due" style={{ left: percent(axis.place(msOf(unit.due_at))) }} title={`${t("dueAt")} ${shortTime(unit.due_at)}`} />}
          </div>
        </div>
      ))}
    </div>
  );
}

function UnitBar({ axis, unit, item, now }: { axis: Axis; unit: CaseUnit; item: Case; now: number }) {
  const from = axis.place(msOf(unit.from_at as string));
  const to = axis.place(unit.to_at ? msOf(unit.to_at) : now);
  return (
    <>
      <i class={`unit-worked grade-${unit.grade}`} style={{ left: percent(from), width: `max(3px, ${percent(to - from)})` }} />
      {item.pauses
        .filter((pause) => pause.unit === unit.unit || pause.unit === null)
        .map((pause) => {
          const start = Math.max(from, axis.place(msOf(pause.from_at)));
          const end = Math.min(to, axis.place(pause.to_at ? msOf(pause.to_at) : now));
          return <i key={pause.from_at} class="unit-paused" style={{ left: percent(start), width: percent(Math.max(0, end - start)) }} />;
        })}
    </>
  );
}

function unitState(unit: CaseUnit): string {
  if (!unit.from_at) return t("lineNotYet");
  if (!unit.is_open) return t("lineUnitDone", { n: unit.days_used ?? 0 });
  const left = unit.days_left;
  if (left === null) return t("noLimit");
  return left < 0 ? t("daysOver", { n: -left }) : t("lineUnitLeft", { n: left });
}

function UnitWords({ unit }: { unit: CaseUnit }) {
  return (
    <p class="unit-words">
      <b>{unit.unit}</b>
      {unit.is_lead && <span class="pill">{t("lineLead")}</span>}
      {unit.grade !== "none" && <GradeBadge grade={unit.grade} />}
      <span>{unitState(unit)}</span>
    </p>
  );
}

function Legend({ days }: { days: string }) {
  return (
    <p class="life-legend">
      <i class="day-used" /> {t("day_used")}
      {days.includes("p") && (
        <>
          <i class="day-paused" /> {t("day_paused")}
        </>
      )}
      <i class="day-outside" /> {t("day_outside")}
      <i class="day-rest" /> {t("day_rest")}
    </p>
  );
}

// --- standing

// Marks that fall into each stretch; what lies before or after all of them goes to the first or the last.
function stretches(item: Case, marks: Mark[]): { segment: CaseSegment | null; marks: Mark[] }[] {
  const segments = item.line?.segments ?? [];
  if (segments.length === 0) return [{ segment: null, marks }];
  return segments.map((segment, i) => {
    const from = i === 0 ? -Infinity : msOf(segment.from_at);
    const next = segments[i + 1];
    const to = next ? msOf(next.from_at) : Infinity;
    return { segment, marks: marks.filter(({ at }) => at >= from && at < to) };
  });
}

function Standing({ item, marks, play }: LineProps) {
  return (
    <>
      <ol class="life-stands">
        {stretches(item, marks).map(({ segment, marks: inside }, i) => (
          <li key={i} class={segment ? `is-${segment.kind}` : ""} data-testid={`case-segment-${i}`}>
            {segment && (
              <p class="stretch">
                <b>{holderText(segment, item)}</b>
                <span>{spanText(segment)}</span>
              </p>
            )}
            {inside.map((mark) => (
              <p key={mark.key} class={`moment is-${mark.kind} ${mark.isBad ? "is-ignored" : ""}`}>
                <time>{shortTime(rfc3339(mark.at))}</time>
                <MarkWords mark={mark} play={play} />
                {mark.more && <small>{mark.more}</small>}
              </p>
            ))}
          </li>
        ))}
      </ol>
      {item.units.length > 0 && (
        <div class="life-units">
          <h4>{t("lineUnits")}</h4>
          {item.units.map((unit) => (
            <UnitWords key={unit.unit} unit={unit} />
          ))}
        </div>
      )}
    </>
  );
}
