// SPDX-License-Identifier: Apache-2.0
// Camera 摄像机状态: how one camera is now, what it did over 24 hours or 7 days, and what was not recorded.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { camerasAddress, formatAddress, playbackAddress, query, setQuery } from "../address";
import { ApiError, get, send } from "../api";
import { hostOf } from "../camera_address";
import { nowMs } from "../clock";
import { groups, kbitText } from "../figures";
import { cameras, counterName, isHallKnown } from "../hall";
import { type Series, type Totals, lastOf, seriesOf, totalsOf } from "../history";
import { Chart } from "../parts/chart";
import { clockText } from "../parts/clock_offset";
import { Icon } from "../parts/icon";
import { ClockLine } from "../parts/inspection_card";
import { notify } from "../notice";
import { Empty, Loading, Problem, errorText } from "../parts/states";
import { type Resource, useResource } from "../resource";
import { mayRead } from "../session";
import type { Camera, CameraHistory, CameraSettings, Inspection, Timeline } from "../shapes";
import { type Key, ago, t, word } from "../text";
import { msOf, rfc3339, shortTime } from "../time";

const REFRESH_MS = 30_000;
const HOURS = ["24", "168"] as const;

function useRefresh(resource: Resource<unknown>): void {
  useEffect(() => {
    const timer = setInterval(resource.reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
}

function State({ camera }: { camera: Camera }) {
  const since = camera.since_at;
  const isLive = camera.state === "live";
  return (
    <p class="camera-state" data-testid="camera-state" data-state={camera.state}>
      <span class={`pill ${isLive ? "is-good" : "is-bad"}`}>{t(`cs_${camera.state}` as Key)}</span>
      {since && <span>{t("sinceAt", { time: shortTime(since), ago: ago(nowMs.value - msOf(since)) })}</span>}
      {!isLive && camera.reason && <b>{word("why_", camera.reason)}</b>}
    </p>
  );
}

// The newest picture, again every few seconds; of a camera that is away the box has none.
function Still({ camera }: { camera: Camera }) {
  if (camera.state !== "live") {
    return (
      <div class="camera-still is-empty" data-testid="camera-still">
        <Icon name="live" size={44} />
        <p>{word("why_", camera.reason ?? "no_answer")}</p>
      </div>
    );
  }
  const turn = Math.floor(nowMs.value / 5_000);
  return (
    <a class="camera-still" href={formatAddress("live", { camera: camera.id })} data-testid="camera-still" title={t("watchIt")}>
      <img src={`/media/snapshot/${encodeURIComponent(camera.id)}?width=640&turn=${turn}`} alt={camera.name} />
    </a>
  );
}

function Fact({ name, hint, children }: { name: string; hint?: string; children: ComponentChildren }) {
  return (
    <div class="fact" title={hint} data-testid={`camera-fact-${name}`}>
      <dt>{t(`f_${name}` as Key)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const CODECS: Record<string, string> = { h264: "H.264", h265: "H.265" };

// Asked by ONVIF at the host of its stream; whoever may see its address may ask.
function ClockNow({ camera }: { camera: Camera }) {
  const [offset, setOffset] = useState<number | null | "none" | "reading">(null);
  const read = async () => {
    setOffset("reading");
    try {
      const { url } = await get<CameraSettings>(`/api/v1/cameras/${encodeURIComponent(camera.id)}`);
      const told = await send<Inspection>("POST", "/api/v1/cameras/inspect", { address: hostOf(url.replace(/^([a-z]+:\/\/)[^/]*@/i, "$1")) });
      setOffset(told.clock_offset_ms ?? "none");
    } catch (error) {
      setOffset(null);
      notify(error instanceof ApiError ? errorText(error) : String(error), true);
    }
  };
  return (
    <div class="camera-clock">
      <button class="button" disabled={offset === "reading"} data-testid="camera-clock-read" onClick={() => void read()}>
        {t(offset === "reading" ? "camClockReading" : "camClockRead")}
      </button>
      {offset === "none" ? <p class="muted">{t("camClockNone")}</p> : typeof offset === "number" && <ClockLine offsetMs={offset} />}
    </div>
  );
}

function Facts({ camera, series, totals }: { camera: Camera; series: Series | null; totals: Totals | null }) {
  const main = camera.main;
  const gop = series && lastOf(series.gop);
  return (
    <dl class="camera-facts">
      <Fact name="codec">{main ? (CODECS[main.codec] ?? main.codec) : "—"}</Fact>
      <Fact name="size">{main ? `${main.width}×${main.height}` : "—"}</Fact>
      <Fact name="fps">{main ? t("fpsN", { n: main.fps }) : "—"}</Fact>
      <Fact name="kbit">{main ? kbitText(main.kbit) : "—"}</Fact>
      <Fact name="gop">{main && gop ? t("secondsN", { n: gop.toFixed(1) }) : "—"}</Fact>
      <Fact name="offset" hint={t("clockHint")}>
        {series ? clockText(lastOf(series.offset)) : "—"}
      </Fact>
      <Fact name="uptime">
        {totals ? t("ofMinutes", { n: groups(Math.round(totals.live_ms / 60_000)), of: groups(Math.round(totals.on_ms / 60_000)) }) : "—"}
      </Fact>
      <Fact name="reconnects">{totals ? t("timesN", { n: groups(totals.reconnects) }) : "—"}</Fact>
      <Fact name="lost">{totals ? t("packetsN", { n: groups(totals.lost) }) : "—"}</Fact>
      <Fact name="record">
        {t(!camera.recording ? "notRecording" : camera.disk === "spare" ? "recordingSpare" : "recording")}
        {!camera.recording && camera.last_recorded_at && <small> {t("lastRecordedAt", { time: shortTime(camera.last_recorded_at) })}</small>}
      </Fact>
      <Fact name="counters">{camera.counters.map(counterName).join("、") || "—"}</Fact>
    </dl>
  );
}

function Charts({ series, group }: { series: Series; group: string }) {
  const { at } = series;
  const one = (name: keyof Series & ("mbit" | "fps" | "gop"), title: Key, color: string, digits: number) => (
    <Chart testId={name} group={group} title={t(title)} at={at} digits={digits} lines={[{ name: t(title), values: series[name], color }]} />
  );
  return (
    <div class="charts">
      <Chart
        isWide
        testId="live"
        group={group}
        title={t("c_live")}
        at={at}
        max={1}
        digits={2}
        hasValues={false}
        lines={[{ name: t("c_live"), values: series.live, color: "--l5" }]}
      />
      {one("mbit", "c_kbit", "--accent", 2)}
      {one("fps", "c_fps", "--accent", 1)}
      {one("gop", "c_gop", "--accent", 1)}
      <Chart
        testId="trouble"
        group={group}
        title={t("c_trouble")}
        at={at}
        digits={0}
        lines={[
          { name: t("f_reconnects"), values: series.reconnects, color: "--l1", bars: true },
          { name: t("f_lost"), values: series.lost, color: "--l3", bars: true },
        ]}
      />
      {lastOf(series.offset) !== null && (
        <Chart testId="offset" group={group} title={t("c_offset")} at={at} digits={1} lines={[{ name: t("c_offset"), values: series.offset, color: "--accent" }]} />
      )}
    </div>
  );
}

const GAPS_SHOWN = 12;

function Gaps({ camera, gaps }: { camera: Camera; gaps: Timeline["gaps"] }) {
  const newest = gaps.slice(-GAPS_SHOWN).reverse();
  return (
    <section class="card camera-gaps" data-testid="camera-gaps">
      <header class="card-head">
        <h2>
          {t("recentGaps")} {gaps.length > 0 && <span class="count">{gaps.length}</span>}
        </h2>
      </header>
      {gaps.length === 0 && <p class="muted">{t("noGaps")}</p>}
      <ul>
        {newest.map((gap) => (
          <li key={gap.from}>
            <a href={playbackAddress(camera.id, msOf(gap.from))}>
              {t("gapLasted", { time: shortTime(gap.from), ago: ago(msOf(gap.to) - msOf(gap.from)) })}
            </a>{" "}
            <span class="muted">{word("gap_", gap.reason)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Hours({ hours }: { hours: string }) {
  return (
    <div class="segments" role="group">
      {HOURS.map((one) => (
        <button
          key={one}
          class={one === hours ? "is-on" : ""}
          aria-pressed={one === hours}
          data-testid={`hours-${one}`}
          onClick={() => setQuery({ hours: one === "24" ? "" : one }, true)}
        >
          {t(`hours${one}` as Key)}
        </button>
      ))}
    </div>
  );
}

function OneCamera({ camera }: { camera: Camera }) {
  const hours = query.value.hours === "168" ? "168" : "24";
  const name = encodeURIComponent(camera.id);
  const fromMs = Math.floor(nowMs.value / 60_000) * 60_000 - Number(hours) * 3_600_000;
  const history = useResource<CameraHistory>(`/media/history/${name}`, { hours }, []);
  const timeline = useResource<Timeline>(`/media/timeline/${name}`, { from: rfc3339(fromMs) }, []);
  useRefresh(history);
  const series = history.data && seriesOf(history.data);
  return (
    <main class="page camera-page">
      <header class="list-head">
        <h1>
          {camera.name} {camera.place && <small class="muted">{camera.place}</small>}
        </h1>
        <Hours hours={hours} />
      </header>
      <section class="card camera-now">
        <Still camera={camera} />
        <div>
          <State camera={camera} />
          <Facts camera={camera} series={series} totals={history.data && totalsOf(history.data)} />
          {mayRead("cameras") && <ClockNow camera={camera} />}
          <div class="action-row">
            <a class="button" href={formatAddress("live", { camera: camera.id })}>
              <Icon name="live" size={20} />
              {t("watchIt")}
            </a>
            <a class="button" href={playbackAddress(camera.id, nowMs.value - 60_000)}>
              <Icon name="playback" size={20} />
              {t("playback")}
            </a>
            {mayRead("cameras") && (
              <a class="button" href={camerasAddress(camera.id)}>
                {t("camEdit")}
              </a>
            )}
          </div>
        </div>
      </section>
      {history.error && history.error.status !== 503 && <Problem error={history.error} reload={history.reload} />}
      {series && history.data && history.data.at_ms.length > 0 ? (
        <Charts key={hours} series={series} group={`camera-${camera.id}`} />
      ) : (
        !history.busy && <Empty icon="info" title={t("noFigures")} />
      )}
      {timeline.data && <Gaps camera={camera} gaps={timeline.data.gaps} />}
    </main>
  );
}

export function CameraPage() {
  if (!isHallKnown.value) return <Loading />;
  const camera = cameras.value.find((one) => one.id === query.value.id);
  if (!camera) return <Empty icon="live" title={t("cameraUnknown")} />;
  return <OneCamera key={camera.id} camera={camera} />;
}
