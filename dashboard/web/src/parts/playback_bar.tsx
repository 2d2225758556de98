// SPDX-License-Identifier: Apache-2.0
// The bars of the playback page: which cameras, which day, links; and below the pictures what plays them.
import type { Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { ApiError, get } from "../api";
import { cameraName, cameras } from "../hall";
import { notify } from "../notice";
import { type Clock, type ClockState, SPEEDS } from "../player/clock";
import { isVeiled } from "../session";
import { type Key, t } from "../text";
import { boxNow, addDays, dayOf, rfc3339, wallText } from "../time";
import { Calendar } from "./calendar";
import { Icon, type IconName } from "./icon";
import { errorText } from "./states";

const MAX_CAMERAS = 4;
const LINK_BEFORE_MS = 60_000;
const LINK_AFTER_MS = 600_000;

export interface Chosen {
  fromMs: number | null;
  toMs: number | null;
}

export function CameraChips({ ids, setIds }: { ids: string[]; setIds: (ids: string[]) => void }) {
  const others = cameras.value.filter((camera) => !ids.includes(camera.id));
  return (
    <div class="pb-cameras">
      <select
        class="pb-select"
        aria-label={t("camera")}
        data-testid="camera-choice"
        value={ids[0]}
        onChange={(event) => {
          const id = event.currentTarget.value;
          setIds([id, ...ids.slice(1).filter((one) => one !== id)]);
        }}
      >
        {cameras.value.map((camera) => (
          <option key={camera.id} value={camera.id}>
            {camera.name}
          </option>
        ))}
      </select>
      {ids.length < MAX_CAMERAS && others.length > 0 && (
        <select
          class="pb-select"
          aria-label={t("addCamera")}
          data-testid="camera-add"
          value=""
          onChange={(event) => event.currentTarget.value && setIds([...ids, event.currentTarget.value])}
        >
          <option value="">＋ {t("addCamera")}</option>
          {others.map((camera) => (
            <option key={camera.id} value={camera.id}>
              {camera.name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

export function DayChoice(props: { ids: string[]; clockMs: Signal<number>; choose: (day: string) => void; toNow: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const day = dayOf(props.clockMs.value);
  const weekday = new Date(day + "T00:00:00Z").getUTCDay() || 7;
  const isToday = day >= dayOf(boxNow());
  return (
    <div class="pb-day">
      <button class="icon-button" aria-label={t("dayBefore")} title={t("dayBefore")} onClick={() => props.choose(addDays(day, -1))}>
        <Icon name="back" />
      </button>
      <button class="button" aria-expanded={isOpen} data-testid="calendar-open" onClick={() => setOpen(!isOpen)}>
        <Icon name="calendar" size={20} />
        {day}
        <span class="pb-weekday">{t(`weekday${weekday}` as Key)}</span>
      </button>
      <button class="icon-button" aria-label={t("dayAfter")} title={t("dayAfter")} disabled={isToday} onClick={() => props.choose(addDays(day, 1))}>
        <Icon name="next" />
      </button>
      <button class="button" data-testid="to-now" onClick={props.toNow}>
        {t("toNow")}
      </button>
      {isOpen && (
        <Calendar
          cameras={props.ids}
          day={day}
          choose={(one) => {
            setOpen(false);
            props.choose(one);
          }}
          close={() => setOpen(false)}
        />
      )}
    </div>
  );
}

async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(said);
  } catch {
    prompt(t("copyByHand"), text); // the browser keeps the clipboard to itself
  }
}

export function LinkButtons({ camera, clock, chosen }: { camera: string; clock: Clock; chosen: Chosen }) {
  const copyMoment = () => {
    const address = new URL(location.href);
    address.searchParams.set("camera", camera);
    address.searchParams.set("at", rfc3339(clock.nowMs));
    void copy(address.toString(), t("linkCopied", { time: wallText(clock.nowMs).replace("T", " ") }));
  };
  const copyPlayer = async () => {
    const from = chosen.fromMs ?? clock.nowMs - LINK_BEFORE_MS;
    const to = chosen.toMs !== null && chosen.toMs > from ? chosen.toMs : Math.max(from + 1000, clock.nowMs + LINK_AFTER_MS);
    try {
      const range = { camera, from: String(Math.round(from)), to: String(Math.round(Math.min(to, from + 86_400_000))) };
      const link = await get<{ url: string; expires_at: string }>("/api/v1/playback-link", range);
      await copy(location.origin + link.url, t("playerCopied", { time: link.expires_at.slice(11, 16), camera: cameraName(camera) }));
    } catch (error) {
      notify(error instanceof ApiError ? errorText(error) : t("e_no_answer"), true);
    }
  };
  const mayPlayElsewhere = !isVeiled(cameras.value.find((one) => one.id === camera));
  return (
    <div class="pb-links">
      <button class="button" data-testid="copy-link" aria-label={t("copyLink")} onClick={copyMoment}>
        <Icon name="link" size={20} />
        <span>{t("copyLink")}</span>
      </button>
      {mayPlayElsewhere && (
        <button class="button pb-wide" data-testid="copy-player" title={t("playerHint")} onClick={() => void copyPlayer()}>
          {t("playerLink")}
        </button>
      )}
    </div>
  );
}

function Tool(props: { icon: IconName; name: string; act: () => void; testId?: string; isStrong?: boolean; isOn?: boolean }) {
  return (
    <button
      class={`icon-button ${props.isStrong ? "is-strong" : ""} ${props.isOn ? "is-on" : ""}`}
      title={props.name}
      aria-label={props.name}
      data-testid={props.testId}
      onClick={props.act}
    >
      <Icon name={props.icon} />
    </button>
  );
}

function Now({ clockMs, shown }: { clockMs: Signal<number>; shown: ClockState }) {
  const text = wallText(clockMs.value);
  return (
    <time class="pb-now" dateTime={text} data-testid="moment" data-ms={Math.round(clockMs.value)}>
      <span class="pb-now-day">{text.slice(0, 10)} </span>
      {text.slice(11)}
      {shown.isAtEdge && <small> {t("atEdge")}</small>}
    </time>
  );
}

interface TransportProps {
  clockMs: Signal<number>;
  shown: ClockState & { speed: number };
  toggle: () => void;
  step: (seconds: number) => void;
  jump: (direction: 1 | -1) => void;
  setSpeed: (speed: number) => void;
  isMuted: boolean;
  setMuted: (isMuted: boolean) => void;
  chosen: Chosen;
  choose: (change: Partial<Chosen>) => void;
  zoom: (factor: number) => void;
  wholeDay: () => void;
  mark: () => void;
}

export function Transport(props: TransportProps) {
  const { shown, chosen } = props;
  return (
    <div class="pb-transport">
      <div class="pb-tools">
        <Tool icon="markBefore" name={t("markBefore")} act={() => props.jump(-1)} testId="mark-before" />
        <Tool icon="back10" name={t("back10")} act={() => props.step(-10)} />
        <Tool icon={shown.isPlaying ? "pause" : "play"} name={t(shown.isPlaying ? "pause" : "play")} act={props.toggle} testId="play" isStrong />
        <Tool icon="ahead10" name={t("ahead10")} act={() => props.step(10)} />
        <Tool icon="markNext" name={t("markNext")} act={() => props.jump(1)} testId="mark-next" />
      </div>
      <Now clockMs={props.clockMs} shown={shown} />
      <div class="pb-tools pb-tools-end">
        <label class="clip-speed">
          <span class="sr-only">{t("speed")}</span>
          <select data-testid="speed" value={shown.speed} onChange={(event) => props.setSpeed(Number(event.currentTarget.value))}>
            {SPEEDS.map((value) => (
              <option key={value} value={value}>
                {value}×
              </option>
            ))}
          </select>
        </label>
        <Tool icon={props.isMuted ? "mute" : "sound"} name={t(props.isMuted ? "sound" : "mute")} act={() => props.setMuted(!props.isMuted)} testId="sound" />
        <Tool icon="bookmark" name={t("addBookmark")} act={props.mark} testId="bookmark-add" />
        <Tool icon="inPoint" name={t("inPoint")} act={() => props.choose({ fromMs: props.clockMs.peek() })} testId="in" isOn={chosen.fromMs !== null} />
        <Tool icon="outPoint" name={t("outPoint")} act={() => props.choose({ toMs: props.clockMs.peek() })} testId="out" isOn={chosen.toMs !== null} />
        <div class="pb-tools">
          <Tool icon="zoomOut" name={t("zoomOut")} act={() => props.zoom(2)} testId="zoom-out" />
          <Tool icon="zoomIn" name={t("zoomIn")} act={() => props.zoom(0.5)} testId="zoom-in" />
          <button class="button" data-testid="zoom-day" onClick={props.wholeDay}>
            {t("wholeDay")}
          </button>
        </div>
      </div>
    </div>
  );
}
