// SPDX-License-Identifier: Apache-2.0
// Playback 回放: up to four cameras side by side on one clock, with a timeline of recordings, gaps and marks. Cameras,
// the moment and hidden kinds live in the address: /playback?camera=cam1&with=cam2,cam3&at=2026-11-24T09:12:03+08:00.
import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { query, setQuery } from "../address";
import { cameras as allCameras, cameraName, isHallKnown } from "../hall";
import { useKeys } from "../keys";
import { type Lane, playable, useLanes } from "../lanes";
import { notify } from "../notice";
import { BookmarkForm, MarkCard } from "../parts/bookmark";
import { CameraChips, DayChoice, LinkButtons, Transport } from "../parts/playback_bar";
import { Pane } from "../parts/pane";
import { Empty, Loading } from "../parts/states";
import { RangeActions } from "../parts/range_actions";
import { Timeline } from "../parts/timeline";
import { Legend } from "../parts/timeline_mark";
import {
  DAY,
  type Mark,
  type MarkGroup,
  type MarkKind,
  type Span,
  daysAround,
  markFrom,
  revealing,
  zoomed,
} from "../parts/timeline_view";
import { Clock, SPEEDS } from "../player/clock";
import type { RecordingPlayer } from "../player/recording";
import { t } from "../text";
import { boxNow, clockText, dayOf, dayStart, msOf, rfc3339, wallText, zone } from "../time";

export const MAX_CAMERAS = 4;
const STEP_MS = 10_000;
const BEFORE_NOW_MS = 30_000; // where one begins without a moment
const WRITE_MS = 700; // the address follows what is shown

// A plus sign in an address that a person typed is a space to URLSearchParams.
export function momentOf(text: string | undefined): number | null {
  if (!text) return null;
  const ms = /^\d{12,}$/.test(text) ? Number(text) : msOf(text.replace(" ", "+"));
  return isNaN(ms) ? null : ms;
}

function chosenCameras(): string[] {
  const known = allCameras.value.map((camera) => camera.id);
  const asked = [query.value.camera, ...(query.value.with ?? "").split(",")].filter((id): id is string => !!id);
  const shown = [...new Set(asked)].filter((id) => known.includes(id)).slice(0, MAX_CAMERAS);
  const first = allCameras.value.find((camera) => camera.record) ?? allCameras.value[0];
  return shown.length > 0 || !first ? shown : [first.id];
}

const dayView = (ms: number): Span => ({ fromMs: dayStart(dayOf(ms)), toMs: dayStart(dayOf(ms)) + DAY });

// The clock with what the page shows of it.
function useClock(startMs: number) {
  const clockMs = useSignal(startMs);
  const [shown, setShown] = useState({ isPlaying: false, isWaiting: false, isAtEdge: false, speed: 1 });
  const clock = useMemo(
    () =>
      new Clock(
        startMs,
        (one) => {
          clockMs.value = one.nowMs;
          setShown((old) => {
            const next = { ...one.state, speed: one.speed };
            return JSON.stringify(old) === JSON.stringify(next) ? old : next;
          });
        },
        (fromMs, toMs) => notify(t("jumpedGap", { length: clockText((toMs - fromMs) / 1000), time: wallText(toMs).slice(11) })),
      ),
    [],
  );
  useEffect(() => {
    clock.start();
    return () => clock.stop();
  }, []);
  return { clock, clockMs, shown };
}

// The address says the moment once things have come to rest; a moment that comes from elsewhere is gone to.
function useMoment(clock: Clock, clockMs: Signal<number>, isPlaying: boolean, goTo: (ms: number) => void) {
  const written = useRef(query.value.at ?? "");
  useEffect(() => {
    const at = query.value.at ?? "";
    const ms = momentOf(at);
    if (at !== written.current && ms !== null) goTo(ms);
    written.current = at;
  }, [query.value.at]);
  const write = () => {
    const at = rfc3339(clock.nowMs);
    if (at === written.current) return;
    written.current = at;
    setQuery({ at }, true);
  };
  useEffect(() => {
    let timer = 0;
    const stop = clockMs.subscribe(() => {
      clearTimeout(timer);
      if (!clock.state.isPlaying) timer = setTimeout(write, WRITE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  useEffect(() => {
    if (!isPlaying && clock.nowMs !== momentOf(written.current)) {
      const timer = setTimeout(write, WRITE_MS);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [isPlaying]);
}

function usePlayers(clock: Clock, ids: string[], lanes: Lane[]) {
  const players = useRef(new Map<string, RecordingPlayer>());
  const [turn, setTurn] = useState(0);
  const ready = useCallback((id: string, player: RecordingPlayer | null) => {
    if (player) players.current.set(id, player);
    else players.current.delete(id);
    setTurn((n) => n + 1);
  }, []);
  useEffect(() => {
    clock.follow(
      ids.flatMap((id, i) => {
        const player = players.current.get(id);
        const lane = lanes[i];
        return player && lane?.state === "ready" ? [{ player, spans: playable(lane) }] : [];
      }),
    );
  }, [turn, ids.join(), ...lanes.map((lane) => lane.spans), lanes.length]);
  return ready;
}

function Shown({ ids }: { ids: string[] }) {
  const startMs = useMemo(() => momentOf(query.value.at) ?? boxNow() - BEFORE_NOW_MS, []);
  const { clock, clockMs, shown } = useClock(startMs);
  const [view, setView] = useState(dayView(startMs));
  const read = daysAround(view, zone());
  const lanes = useLanes(ids, useMemo(() => read, [read.fromMs, read.toMs]));
  const ready = usePlayers(clock, ids, lanes);
  const [chosen, setChosen] = useState<{ fromMs: number | null; toMs: number | null }>({ fromMs: null, toMs: null });
  const [isMuted, setMuted] = useState(true);
  const [opened, setOpened] = useState<{ marks: Mark[]; camera: string } | null>(null);
  const [isMarking, setMarking] = useState(false);
  const hidden = (query.value.hide ?? "").split(",");
  const isShown = useCallback((mark: Mark) => !hidden.includes(mark.kind), [query.value.hide]);

  const seek = (ms: number, plays = clock.state.isPlaying) => {
    clock.seek(ms);
    setView((old) => revealing(old, clock.nowMs));
    if (plays) clock.play();
  };
  useMoment(clock, clockMs, shown.isPlaying, (ms) => seek(ms));
  const toggle = () => (clock.state.isPlaying ? clock.pause() : clock.play());
  const allMarks = useMemo(() => lanes.flatMap((lane) => lane.marks).filter(isShown), [...lanes.map((lane) => lane.marks), isShown]);
  const openMark = (mark: Mark, camera: string) => {
    seek(mark.atMs, true);
    setOpened({ marks: [mark], camera });
  };
  const jump = (direction: 1 | -1) => {
    const mark = markFrom(allMarks, clock.nowMs, direction);
    if (!mark) return notify(t(direction > 0 ? "noNextMark" : "noMarkBefore"));
    const lane = lanes.find((one) => one.marks.includes(mark));
    openMark(mark, lane?.camera ?? (ids[0] as string));
  };
  const choose = (change: Partial<typeof chosen>) =>
    setChosen((old) => {
      const next = { ...old, ...change };
      if (next.fromMs !== null && next.toMs !== null && next.toMs <= next.fromMs) {
        return "fromMs" in change ? { ...next, toMs: null } : { ...next, fromMs: null };
      }
      return next;
    });
  const zoom = (factor: number) => setView((old) => zoomed(old, factor, Math.min(Math.max(clock.nowMs, old.fromMs), old.toMs)));
  const speedBy = (n: number) => clock.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(clock.speed) + n))] ?? 1);
  const toDay = (day: string) => {
    const ms = dayStart(day) + (clock.nowMs - dayStart(dayOf(clock.nowMs)));
    const first = lanes[0]?.spans.find((span) => span.toMs > dayStart(day));
    setView(dayView(dayStart(day)));
    clock.seek(first && (first.fromMs > ms || !lanes[0]?.spans.some((span) => span.toMs > ms)) ? Math.max(first.fromMs, dayStart(day)) : ms);
  };

  useKeys((key) => {
    const actions: Record<string, () => void> = {
      " ": toggle,
      ArrowLeft: () => seek(clock.nowMs - STEP_MS),
      ArrowRight: () => seek(clock.nowMs + STEP_MS),
      j: () => jump(-1),
      k: () => jump(1),
      "[": () => choose({ fromMs: clock.nowMs }),
      "]": () => choose({ toMs: clock.nowMs }),
      "+": () => zoom(0.5),
      "=": () => zoom(0.5),
      "-": () => zoom(2),
      "<": () => speedBy(-1),
      ">": () => speedBy(1),
      b: () => setMarking(true),
      m: () => setMuted(!isMuted),
    };
    if (key === "Escape" && (isMarking || opened || chosen.fromMs !== null || chosen.toMs !== null)) {
      if (isMarking) setMarking(false);
      else if (opened) setOpened(null);
      else setChosen({ fromMs: null, toMs: null });
      return true;
    }
    const act = actions[key] ?? actions[key.toLowerCase()];
    act?.();
    return !!act;
  });

  const setIds = (next: string[]) => setQuery({ camera: next[0] ?? "", with: next.slice(1).join(",") });
  const open = (group: MarkGroup, lane: number) => {
    const first = group.marks.find((mark) => mark.kind === group.kind) ?? (group.marks[0] as Mark);
    seek(first.atMs, true);
    setOpened({ marks: group.marks, camera: ids[lane] as string });
  };
  const toggleKind = (kind: MarkKind) => {
    const next = hidden.includes(kind) ? hidden.filter((one) => one !== kind) : [...hidden, kind];
    setQuery({ hide: next.filter(Boolean).join(",") }, true);
  };
  return (
    <main class="page playback" data-testid="playback" data-playing={shown.isPlaying}>
      <h1 class="sr-only">{t("playback")}</h1>
      <div class="pb-bar">
        <CameraChips ids={ids} setIds={setIds} />
        <DayChoice ids={ids} clockMs={clockMs} choose={toDay} toNow={() => seek(boxNow() - 5_000)} />
        <LinkButtons camera={ids[0] as string} clock={clock} chosen={chosen} />
      </div>
      <div class={`pb-grid pb-grid-${ids.length}`}>
        {ids.map((id, i) => {
          const camera = allCameras.value.find((one) => one.id === id);
          const lane = lanes[i];
          return (
            camera && lane && (
              <Pane
                key={id}
                camera={camera}
                lane={lane}
                clockMs={clockMs}
                isWaiting={shown.isWaiting}
                isLead={i === 0 && ids.length > 1}
                isMuted={isMuted || i > 0}
                toggle={toggle}
                ready={(player) => ready(id, player)}
                close={ids.length > 1 ? () => setIds(ids.filter((one) => one !== id)) : null}
              />
            )
          );
        })}
        {opened && (
          <MarkCard {...opened} go={(mark) => openMark(mark, opened.camera)} close={() => setOpened(null)} />
        )}
        {isMarking && <BookmarkForm ids={ids} atMs={clock.nowMs} close={() => setMarking(false)} />}
      </div>
      <Transport
        clockMs={clockMs}
        shown={shown}
        toggle={toggle}
        step={(seconds) => seek(clock.nowMs + seconds * 1000)}
        jump={jump}
        setSpeed={(speed) => clock.setSpeed(speed)}
        isMuted={isMuted}
        setMuted={setMuted}
        chosen={chosen}
        choose={choose}
        zoom={zoom}
        wholeDay={() => setView(dayView(clock.nowMs))}
        mark={() => setMarking(true)}
      />
      <RangeActions ids={ids} chosen={chosen} clear={() => setChosen({ fromMs: null, toMs: null })} />
      <Timeline
        view={view}
        setView={setView}
        lanes={lanes}
        names={ids.map(cameraName)}
        shown={isShown}
        clockMs={clockMs}
        chosen={chosen}
        seek={(ms) => seek(ms, true)}
        open={open}
      >
        <Legend
          hidden={hidden}
          toggle={toggleKind}
          hasWrongClock={lanes.some((lane) => lane.clock.some((span) => span.toMs > view.fromMs && span.fromMs < view.toMs))}
          count={(kind) => {
            const inView = lanes.flatMap((lane) => lane.marks).filter((mark) => mark.kind === kind && mark.atMs >= view.fromMs && mark.atMs < view.toMs);
            return inView.reduce((sum, mark) => sum + mark.n, 0);
          }}
        />
        {lanes.some((lane) => lane.isThinned) && <p class="muted">{t("thinned")}</p>}
      </Timeline>
    </main>
  );
}

export function PlaybackPage() {
  if (!isHallKnown.value) return <Loading />;
  const ids = chosenCameras();
  if (ids.length === 0) return <Empty icon="live" title={t("noCameras")} />;
  return <Shown ids={ids} />;
}
