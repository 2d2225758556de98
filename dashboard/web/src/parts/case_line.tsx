// SPDX-License-Identifier: Apache-2.0
// Case line: a case's life on one line: events, pauses, the due moment and now.
import { nowMs } from "../clock";
import type { Case } from "../shapes";
import { t, word } from "../text";
import { msOf, shortTime } from "../time";

const WIDTH = 720;
const LEFT = 14;
const RIGHT = WIDTH - 14;
const LINE_Y = 52;
// Words closer than this are written on the other side of the line, or left to the table below.
const ROOM = 84;

interface Mark {
  at: number;
  text: string;
  kind: "event" | "due" | "now";
}

function marksOf(item: Case, now: number): Mark[] {
  const marks: Mark[] = item.events.map((event) => ({
    at: msOf(event.at),
    text: event.kind === "node" && event.node ? event.node : word("ev_", event.kind),
    kind: "event",
  }));
  if (item.due_at) marks.push({ at: msOf(item.due_at), text: t("dueAt"), kind: "due" });
  if (!item.finished_at) marks.push({ at: now, text: t("now"), kind: "now" });
  return marks.sort((a, b) => a.at - b.at);
}

// Above or below, wherever the last word leaves room; null: no room.
function placed(marks: Mark[], x: (ms: number) => number): (Mark & { side: "up" | "down" | null })[] {
  const last = { up: -Infinity, down: -Infinity };
  return marks.map((mark) => {
    const at = x(mark.at);
    const side = at - last.up > ROOM ? "up" : at - last.down > ROOM ? "down" : null;
    if (side) last[side] = at;
    return { ...mark, side };
  });
}

export function CaseLine({ item }: { item: Case }) {
  // By the minute, so that the line does not twitch; never before what has happened.
  const now = Math.max(nowMs.value - (nowMs.value % 60_000), ...item.events.map((event) => msOf(event.at)));
  const marks = marksOf(item, now);
  const first = marks[0];
  const last = marks[marks.length - 1];
  if (!first || !last) return null;
  const span = Math.max(1, last.at - first.at);
  const x = (ms: number) => LEFT + ((Math.min(Math.max(ms, first.at), last.at) - first.at) / span) * (RIGHT - LEFT);
  return (
    <div class="case-line-scroll">
      <svg class="case-line" viewBox={`0 0 ${WIDTH} 104`} role="img" aria-label={t("timeline")}>
        <line class="base" x1={LEFT} x2={RIGHT} y1={LINE_Y} y2={LINE_Y} />
        {item.pauses.map((pause) => {
          const from = x(msOf(pause.from_at));
          const to = x(pause.to_at ? msOf(pause.to_at) : now);
          return (
            <rect key={pause.from_at} class="paused" x={from} y={LINE_Y - 6} width={Math.max(2, to - from)} height="12">
              <title>{`${t("pausedSpan")} ${shortTime(pause.from_at)} – ${shortTime(pause.to_at)}`}</title>
            </rect>
          );
        })}
        {placed(marks, x).map((mark, i) => (
          <g key={i} class={`mark-${mark.kind}`}>
            {mark.kind === "event" && <circle cx={x(mark.at)} cy={LINE_Y} r="6" />}
            {mark.kind !== "event" && <line x1={x(mark.at)} x2={x(mark.at)} y1={LINE_Y - 14} y2={LINE_Y + 14} />}
            {mark.side && <MarkWord mark={mark} x={x(mark.at)} isUp={mark.side === "up"} />}
          </g>
        ))}
      </svg>
    </div>
  );
}

function MarkWord({ mark, x, isUp }: { mark: Mark; x: number; isUp: boolean }) {
  const anchor = x < ROOM / 2 ? "start" : x > WIDTH - ROOM / 2 ? "end" : "middle";
  return (
    <text x={anchor === "start" ? 4 : anchor === "end" ? WIDTH - 4 : x} y={isUp ? 26 : 90} text-anchor={anchor}>
      {mark.text}
    </text>
  );
}
