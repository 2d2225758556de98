// SPDX-License-Identifier: Apache-2.0
// Live 实时画面: 1, 4, 9 or 16 tiles of sub streams; one enlarged shows its main stream. Layout, screen and enlarged
// camera live in the address.
import { useState } from "preact/hooks";
import { cameraAddress, query, setQuery } from "../address";
import { cameras, isHallKnown } from "../hall";
import { useKeys } from "../keys";
import { Icon } from "../parts/icon";
import { Empty, Loading } from "../parts/states";
import { Tile, takeSnapshot } from "../parts/tile";
import type { Camera } from "../shapes";
import { t } from "../text";

const LAYOUTS = [1, 4, 9, 16];
const STEPS: Record<string, (columns: number) => number> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
};

function layoutOf(text: string | undefined, count: number): number {
  const asked = Number(text);
  return LAYOUTS.includes(asked) ? asked : (LAYOUTS.find((n) => n >= count) ?? 16);
}

function Bar(props: { layout: number; screen: number; screens: number; details: boolean; setDetails: () => void }) {
  const { layout, screen, screens } = props;
  return (
    <div class="live-bar">
      <div class="segments" role="group">
        {LAYOUTS.map((n) => (
          <button
            key={n}
            class={n === layout ? "is-on" : ""}
            aria-pressed={n === layout}
            data-testid={`layout-${n}`}
            onClick={() => setQuery({ layout: String(n), screen: "" })}
          >
            {t("layoutN", { n })}
          </button>
        ))}
      </div>
      {screens > 1 && (
        <div class="live-screens">
          <button class="icon-button" disabled={screen === 0} title={t("prev")} onClick={() => setQuery({ screen: String(screen) })}>
            <Icon name="back" />
          </button>
          <span>{t("pageOf", { n: screen + 1, of: screens })}</span>
          <button
            class="icon-button"
            disabled={screen === screens - 1}
            title={t("next")}
            onClick={() => setQuery({ screen: String(screen + 2) })}
          >
            <Icon name="next" />
          </button>
        </div>
      )}
      <button class={`chip ${props.details ? "is-on" : ""}`} aria-pressed={props.details} onClick={props.setDetails}>
        <Icon name="info" size={20} />
        {t("details")}
      </button>
    </div>
  );
}

function Large({ camera, close }: { camera: Camera; close: () => void }) {
  return (
    <main class="page live is-large">
      <div class="live-bar">
        <button class="chip" onClick={close} data-testid="live-back">
          <Icon name="back" size={20} />
          {t("shrink")}
        </button>
        <h1 class="live-name">{camera.name}</h1>
        <a class="chip live-state" href={cameraAddress(camera.id)} data-testid="live-state">
          <Icon name="info" size={20} />
          {t("cameraTitle")}
        </a>
      </div>
      <div class="live-grid grid-1">
        <Tile camera={camera} stream="main" isLarge isChosen={false} showDetails open={close} />
      </div>
    </main>
  );
}

export function LivePage() {
  const [chosen, setChosen] = useState(0);
  const [details, setDetails] = useState(true);
  const all = cameras.value;
  const layout = layoutOf(query.value.layout, all.length);
  const screens = Math.max(1, Math.ceil(all.length / layout));
  const screen = Math.min(screens - 1, Math.max(0, (Number(query.value.screen) || 1) - 1));
  const shown = all.slice(screen * layout, (screen + 1) * layout);
  const large = all.find((camera) => camera.id === query.value.camera);
  const open = (camera: string) => setQuery({ camera });
  useKeys((key) => onKey(key));

  function onKey(key: string): boolean {
    const current = large ?? shown[chosen];
    const step = STEPS[key];
    if (key === "Escape" && large) open("");
    else if (key === "Enter" && current) open(large ? "" : current.id);
    else if (key === "s" && current) void takeSnapshot(current);
    else if (step && large) open(all[all.indexOf(large) + Math.sign(step(1))]?.id ?? large.id);
    else if (step) setChosen(Math.min(shown.length - 1, Math.max(0, chosen + step(Math.sqrt(layout)))));
    else return false;
    return true;
  }

  if (!isHallKnown.value) return <Loading />;
  if (all.length === 0) return <Empty icon="live" title={t("noCameras")} />;
  if (large) return <Large key={large.id} camera={large} close={() => open("")} />;
  return (
    <main class="page live">
      <h1 class="sr-only">{t("live")}</h1>
      <Bar layout={layout} screen={screen} screens={screens} details={details} setDetails={() => setDetails(!details)} />
      <div class={`live-grid grid-${layout}`}>
        {shown.map((camera, i) => (
          <Tile
            key={camera.id}
            camera={camera}
            stream={layout === 1 ? "main" : "sub"}
            isLarge={layout === 1}
            isChosen={i === chosen && layout > 1}
            showDetails={details}
            open={() => open(camera.id)}
          />
        ))}
        {Array.from({ length: layout - shown.length }, (_, i) => (
          <div key={i} class="tile tile-empty">
            {t("emptyTile")}
          </div>
        ))}
      </div>
    </main>
  );
}
