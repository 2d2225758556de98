// SPDX-License-Identifier: Apache-2.0
// Timeline: a ruler and one track a camera, on which one moves with wheel, fingers and pointer: the ruler scrubs, a
// track is dragged, a click plays there.
import { type Signal, useSignal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Lane } from "../lanes";
import { t } from "../text";
import { boxNow, wallText, zone } from "../time";
import { TimelineCard } from "./timeline_card";
import { type TrackBar, momentAt, trackBars } from "./timeline_bars";
import { GroupShape } from "./timeline_mark";
import {
  type Mark,
  type MarkGroup,
  type Span,
  barsOf,
  groupAt,
  groupsOf,
  hasSeconds,
  msAt,
  panned,
  ticksOf,
  xOf,
  zoomed,
} from "./timeline_view";

const RULER_H = 36;
const TRACK_H = 54;
const MARK_Y = 13;
const BAR_Y = 28;
const BAR_H = 20;
const CLOCK_Y = 51;
const CLOCK_PX = 6; // a mark that is narrower is not seen
const ROOM_PX = 16; // for a shape
const WORD_HALF = 32;
const REACH_PX = 12;
const CLICK_PX = 6; // a finger or mouse that moved less has not dragged

export interface Hover {
  ms: number;
  x: number; // from the timeline's left edge
  lane: number; // -1: the ruler
  group: MarkGroup | null;
  isScrub: boolean;
}

export interface TimelineProps {
  view: Span;
  setView: (view: Span) => void;
  lanes: Lane[];
  names: string[];
  shown: (mark: Mark) => boolean;
  clockMs: Signal<number>;
  chosen: { fromMs: number | null; toMs: number | null }; // in and out
  seek: (ms: number) => void;
  open: (group: MarkGroup, lane: number) => void;
  children?: ComponentChildren; // below the tracks
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const look = () => setWidth(element.clientWidth);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

interface Press {
  mode: "press" | "pan" | "scrub" | "pinch";
  view: Span;
  x: number; // where it began; of a pinch: the middle
  apart: number; // of two fingers
}

// All pointers of the ruler and the tracks, which are as wide as one another.
function useGestures(props: TimelineProps, width: number, groups: MarkGroup[][], bars: TrackBar[][]) {
  const hover = useSignal<Hover | null>(null);
  const box = useRef({ pointers: new Map<number, number>(), press: null as Press | null });
  const latest = useRef(props);
  latest.current = props;
  const xIn = (event: PointerEvent) => event.clientX - (event.currentTarget as Element).getBoundingClientRect().left;

  const meantAt = (x: number, lane: number) => {
    const { view, lanes } = latest.current;
    return lane < 0 ? msAt(view, width, x) : momentAt(lanes[lane]?.spans ?? [], bars[lane] ?? [], view, width, x);
  };
  const hoverAt = (x: number, lane: number, isScrub: boolean) => {
    const group = lane >= 0 ? groupAt(groups[lane] ?? [], x, REACH_PX) : null;
    hover.value = { ms: meantAt(x, lane), x, lane, group, isScrub };
  };
  // left: of two fingers one was lifted; the other one drags, and is no click when it goes.
  const begin = (left: boolean) => {
    const xs = [...box.current.pointers.values()];
    const [a = 0, b = a] = xs;
    const mode = xs.length > 1 ? "pinch" : left ? "pan" : "press";
    box.current.press = { mode, view: latest.current.view, x: (a + b) / 2, apart: Math.max(20, Math.abs(a - b)) };
  };
  const down = (event: PointerEvent, lane: number) => {
    if (event.button) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    box.current.pointers.set(event.pointerId, xIn(event));
    begin(false);
    if (lane < 0 && box.current.press?.mode === "press") {
      box.current.press.mode = "scrub";
      hoverAt(xIn(event), lane, true);
    }
  };
  const drag = (press: Press, x: number, lane: number) => {
    const { view, setView } = latest.current;
    if (press.mode === "scrub") return hoverAt(Math.min(width, Math.max(0, x)), lane, true);
    if (press.mode === "press" && Math.abs(x - press.x) > CLICK_PX) press.mode = "pan";
    if (press.mode === "pan") {
      hover.value = null;
      setView(panned(press.view, msAt(press.view, width, press.x) - msAt(press.view, width, x)));
    } else if (press.mode === "pinch") {
      const [a = 0, b = a] = [...box.current.pointers.values()];
      const about = msAt(press.view, width, press.x);
      const near = zoomed(press.view, press.apart / Math.max(20, Math.abs(a - b)), about);
      setView(panned(near, about - msAt(near, width, (a + b) / 2)));
      hover.value = null;
    } else if (view) hoverAt(x, lane, false);
  };
  const move = (event: PointerEvent, lane: number) => {
    const { pointers, press } = box.current;
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, xIn(event));
    if (press) drag(press, xIn(event), lane);
    else if (event.pointerType !== "touch") hoverAt(xIn(event), lane, false);
  };
  const up = (event: PointerEvent, lane: number) => {
    const { pointers, press } = box.current;
    pointers.delete(event.pointerId);
    const x = xIn(event);
    if (pointers.size > 0) return begin(true);
    box.current.press = null;
    const isTouch = event.pointerType === "touch";
    if (press?.mode === "scrub" || press?.mode === "press") {
      const group = press.mode === "press" ? groupAt(groups[lane] ?? [], x, REACH_PX * (isTouch ? 1.8 : 1)) : null;
      if (group) latest.current.open(group, lane);
      else latest.current.seek(meantAt(Math.min(width, Math.max(0, x)), lane));
    }
    if (isTouch || press?.mode === "pan") hover.value = null;
  };
  const cancel = (event: PointerEvent) => {
    box.current.pointers.delete(event.pointerId);
    box.current.press = null;
    hover.value = null;
  };
  const on = (lane: number) => ({
    onPointerDown: (event: PointerEvent) => down(event, lane),
    onPointerMove: (event: PointerEvent) => move(event, lane),
    onPointerUp: (event: PointerEvent) => up(event, lane),
    onPointerCancel: cancel,
    onPointerLeave: (event: PointerEvent) => {
      if (!box.current.pointers.has(event.pointerId)) hover.value = null;
    },
  });
  return { hover, on };
}

// Not passive: the page must not scroll while the timeline is zoomed.
function useWheel(area: { current: HTMLElement | null }, props: TimelineProps) {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const wheel = (event: WheelEvent) => {
      const track = (event.target as Element).closest(".tl-track");
      if (!track) return;
      event.preventDefault();
      const { view, setView } = latest.current;
      const { left, width } = track.getBoundingClientRect();
      const step = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
      if (step) return setView(panned(view, (step / Math.max(1, width)) * (view.toMs - view.fromMs)));
      const factor = Math.pow(1.0018, Math.max(-240, Math.min(240, event.deltaY * (event.deltaMode ? 30 : 1))));
      setView(zoomed(view, factor, msAt(view, width, event.clientX - left)));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, []);
}

function Playhead({ view, width, height, clockMs }: { view: Span; width: number; height: number; clockMs: Signal<number> }) {
  const x = xOf(view, width, clockMs.value);
  if (x < -1 || x > width + 1) return null;
  return <line class="tl-head" x1={x} x2={x} y1={0} y2={height} />;
}

function Knob({ view, width, clockMs }: { view: Span; width: number; clockMs: Signal<number> }) {
  const x = xOf(view, width, clockMs.value);
  if (x < -8 || x > width + 8) return null;
  return <path class="tl-knob" d={`M${x - 7} ${RULER_H - 16}h14v8l-7 8-7-8z`} />;
}

// In and out, and what lies between.
function Chosen({ view, width, height, chosen }: { view: Span; width: number; height: number; chosen: TimelineProps["chosen"] }) {
  const from = chosen.fromMs === null ? null : xOf(view, width, chosen.fromMs);
  const to = chosen.toMs === null ? null : xOf(view, width, chosen.toMs);
  return (
    <g class="tl-chosen">
      {from !== null && to !== null && to > from && <rect x={from} width={to - from} y={0} height={height} />}
      {from !== null && <path d={`M${from + 5} 2H${from}V${height - 2}h5`} />}
      {to !== null && <path d={`M${to - 5} 2H${to}V${height - 2}h-5`} />}
    </g>
  );
}

function Ruler({ view, width }: { view: Span; width: number }) {
  const ticks = useMemo(() => ticksOf(view, width, zone()), [view, width]);
  const to = hasSeconds(view, width) ? 19 : 16;
  return (
    <>
      {ticks.map((tick) => {
        const x = xOf(view, width, tick.ms);
        const text = wallText(tick.ms);
        return (
          <g key={tick.ms} class={tick.isDay ? "tl-day" : ""}>
            <line class="tl-tick" x1={x} x2={x} y1={tick.hasWord ? RULER_H - 12 : RULER_H - 6} y2={RULER_H} />
            {tick.hasWord && (tick.isDay || (x > WORD_HALF && x < width - WORD_HALF)) && (
              <text class="tl-word" x={x} y={RULER_H - 17} text-anchor={x < WORD_HALF ? "start" : x > width - WORD_HALF ? "end" : "middle"}>
                {tick.isDay ? text.slice(5, 10) : text.slice(11, to)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

interface TrackProps {
  lane: Lane;
  view: Span;
  width: number;
  groups: MarkGroup[];
  bars: TrackBar[];
}

function Track({ lane, view, width, groups, bars }: TrackProps) {
  const gaps = useMemo(() => barsOf(lane.gaps, view, width), [lane.gaps, view, width]);
  const wrong = useMemo(() => barsOf(lane.clock, view, width, CLOCK_PX), [lane.clock, view, width]);
  const nowX = xOf(view, width, boxNow());
  return (
    <>
      <rect class="tl-none" x={0} width={Math.max(0, Math.min(width, nowX))} y={BAR_Y} height={BAR_H} />
      {gaps.map((bar) => (
        <rect key={`g${bar.x}`} class="tl-gap" x={bar.x} width={bar.width} y={BAR_Y} height={BAR_H} />
      ))}
      {bars.map((bar) => (
        <rect key={bar.x} class={bar.kind === "ragged" ? "tl-ragged" : "tl-rec"} x={bar.x} width={bar.width} y={BAR_Y} height={BAR_H} />
      ))}
      {wrong.map((bar) => (
        <line key={`c${bar.x}`} class="tl-clock" x1={bar.x} x2={bar.x + Math.max(CLOCK_PX, bar.width)} y1={CLOCK_Y} y2={CLOCK_Y} />
      ))}
      {nowX > 0 && nowX < width && <line class="tl-now" x1={nowX} x2={nowX} y1={BAR_Y - 4} y2={BAR_Y + BAR_H + 4} />}
      {[...groups].reverse().map((group) => (
        <GroupShape key={group.marks[0]?.id} group={group} y={MARK_Y} />
      ))}
    </>
  );
}

export function Timeline(props: TimelineProps) {
  const { view, lanes, names, clockMs, chosen } = props;
  const { ref, width } = useWidth();
  const area = useRef<HTMLDivElement>(null);
  const groups = useMemo(
    () => lanes.map((lane) => groupsOf(lane.marks.filter(props.shown), view, width, ROOM_PX)),
    [lanes.map((lane) => lane.marks), view, width, props.shown].flat(),
  );
  const bars = useMemo(
    () => lanes.map((lane) => trackBars(lane.spans, view, width)),
    [lanes.map((lane) => lane.spans), view, width].flat(),
  );
  const { hover, on } = useGestures(props, width, groups, bars);
  useWheel(area, props);
  return (
    <div class="tl" ref={area} data-testid="timeline" data-from={view.fromMs} data-to={view.toMs}>
      <svg class="tl-defs" width="0" height="0" aria-hidden="true">
        <pattern id="tl-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="tl-hatch-ground" width="7" height="7" />
          <rect class="tl-hatch-line" width="3" height="7" />
        </pattern>
        <pattern id="tl-ragged" width="5" height="20" patternUnits="userSpaceOnUse">
          <rect class="tl-hatch-ground" width="5" height="20" />
          <rect class="tl-ragged-line" width="3" height="20" />
        </pattern>
      </svg>
      <div class="tl-row">
        <span class="tl-name tl-date">{wallText((view.fromMs + view.toMs) / 2).slice(0, 10)}</span>
        <div class="tl-track tl-ruler" ref={ref} {...on(-1)} data-testid="ruler">
          <svg width={width} height={RULER_H}>
            <Ruler view={view} width={width} />
            <Chosen view={view} width={width} height={RULER_H} chosen={chosen} />
            <Knob view={view} width={width} clockMs={clockMs} />
          </svg>
        </div>
      </div>
      {lanes.map((lane, i) => (
        <div class="tl-row" key={lane.camera}>
          <span class="tl-name">{names[i]}</span>
          <div class="tl-track" {...on(i)} data-testid={`track-${lane.camera}`} data-state={lane.state}>
            <svg width={width} height={TRACK_H} role="img" aria-label={`${t("timeline")} ${names[i] ?? ""}`}>
              <Track lane={lane} view={view} width={width} groups={groups[i] ?? []} bars={bars[i] ?? []} />
              <Chosen view={view} width={width} height={TRACK_H} chosen={chosen} />
              <Playhead view={view} width={width} height={TRACK_H} clockMs={clockMs} />
            </svg>
          </div>
        </div>
      ))}
      {props.children}
      <TimelineCard hover={hover} lanes={lanes} names={names} area={area} />
    </div>
  );
}
