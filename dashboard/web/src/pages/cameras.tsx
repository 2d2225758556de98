// SPDX-License-Identifier: Apache-2.0
// Cameras 摄像机管理: the hall's cameras; one is added, changed or removed.
import { useState } from "preact/hooks";
import { cameraAddress, camerasAddress, formatAddress, go, masksAddress, query } from "../address";
import { send } from "../api";
import { freeId } from "../camera_address";
import { awaitHall, cameras, counterName, isHallKnown } from "../hall";
import { notify } from "../notice";
import { CameraForm, cameraErrorText } from "../parts/camera_form";
import { Icon } from "../parts/icon";
import { Empty, Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import type { Camera, CameraSettings } from "../shapes";
import { type Key, t, word } from "../text";
import { MaskEditor } from "./masks";

const LIST = formatAddress("cameras");

function Row({ camera }: { camera: Camera }) {
  const isLive = camera.state === "live";
  return (
    <div class="row cameras-row" data-testid={`cameras-row-${camera.id}`} data-state={camera.state}>
      <span class="row-words">
        <b>{camera.name}</b>
        <small class="muted">
          {camera.place && `${camera.place} · `}
          {camera.id} {camera.counters.map(counterName).join("、")}
          {camera.masks.length > 0 && ` · ${t("masksN", { n: camera.masks.length })}`}
        </small>
      </span>
      <span>
        <span class={`pill ${isLive ? "is-good" : "is-bad"}`}>{t(`cs_${camera.state}` as Key)}</span>
        {!isLive && camera.reason && <small class="muted"> {word("why_", camera.reason)}</small>}
      </span>
      <span class="muted">{camera.main ? `${camera.main.width}×${camera.main.height}` : "—"}</span>
      <span class="muted">{t(camera.recording ? "recording" : "notRecording")}</span>
      <span class="cameras-links">
        <a class="button" href={cameraAddress(camera.id)}>
          {t("camStatus")}
        </a>
        <a class="button" href={camerasAddress(camera.id)} data-testid={`cameras-edit-${camera.id}`}>
          {t("camEdit")}
        </a>
      </span>
    </div>
  );
}

function CameraList() {
  return (
    <main class="page">
      <header class="list-head cameras-head">
        <h1>{t("cameras")}</h1>
        <a class="button is-primary" href={formatAddress("cameras", { add: "1" })} data-testid="cameras-add">
          {t("camAdd")}
        </a>
      </header>
      {cameras.value.length === 0 ? (
        <Empty icon="live" title={t("camNone")}>
          {t("camNoneHint")}
        </Empty>
      ) : (
        <div class="card rows">
          {cameras.value.map((camera) => (
            <Row key={camera.id} camera={camera} />
          ))}
        </div>
      )}
    </main>
  );
}

function Head({ title }: { title: string }) {
  return (
    <header class="list-head cameras-head">
      <h1>{title}</h1>
      <a class="button" href={LIST}>
        <Icon name="back" size={20} />
        {t("camBackToList")}
      </a>
    </header>
  );
}

function saved(id: string): void {
  notify(t("camSaved"));
  go(LIST);
  void awaitHall(() => cameras.value.some((camera) => camera.id === id));
}

function Add() {
  const [start] = useState<CameraSettings>(() => ({
    digest: "",
    id: freeId(cameras.value.map(({ id }) => id)),
    name: "",
    place: null,
    url: "",
    sub_url: null,
    transport: "tcp",
    reader: "rtsp",
    counters: [],
    record: true,
    relay: true,
    audio: true,
    days: 0,
    quota_gb: 0,
    masks: [],
  }));
  return (
    <main class="page">
      <Head title={t("camAdd")} />
      <CameraForm start={start} isNew saved={saved} />
    </main>
  );
}

function Remove({ settings }: { settings: CameraSettings }) {
  const [isAsked, setAsked] = useState(false);
  const remove = async () => {
    try {
      await send("DELETE", `/api/v1/cameras/${settings.id}`, { digest: settings.digest });
      notify(t("camRemoved"));
      go(LIST);
      void awaitHall(() => !cameras.value.some((camera) => camera.id === settings.id));
    } catch (error) {
      notify(cameraErrorText(error), true);
    }
  };
  if (!isAsked) {
    return (
      <button class="link" data-testid="cam-remove" onClick={() => setAsked(true)}>
        {t("camRemove")}
      </button>
    );
  }
  return (
    <section class="card camera-part">
      <p>{t("camRemoveAsk")}</p>
      <div class="action-row">
        <button class="button" data-testid="cam-remove-sure" onClick={() => void remove()}>
          {t("camRemove")}
        </button>
        <button class="button" onClick={() => setAsked(false)}>
          {t("cancel")}
        </button>
      </div>
    </section>
  );
}

function Edit({ id }: { id: string }) {
  const { data, error, reload } = useResource<CameraSettings>(`/api/v1/cameras/${encodeURIComponent(id)}`, {}, []);
  return (
    <main class="page">
      <Head title={data?.name ?? id} />
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && <CameraForm key={data.digest} start={data} isNew={false} saved={saved} />}
      {data && <MasksLink settings={data} />}
      {data && <Remove settings={data} />}
    </main>
  );
}

function MasksLink({ settings }: { settings: CameraSettings }) {
  const { id, masks } = settings;
  return (
    <section class="card camera-part masks-link">
      <h2>{t("masks")}</h2>
      <p class="muted">{masks.length ? t("masksN", { n: masks.length }) : t("masksHint")}</p>
      <a class="button" href={masksAddress(id)} data-testid="cam-masks">
        {t("masksOpen")}
      </a>
    </section>
  );
}

function Masks({ id }: { id: string }) {
  const { data, error, reload } = useResource<CameraSettings>(`/api/v1/cameras/${encodeURIComponent(id)}`, {}, []);
  const done = (camera: CameraSettings) => {
    notify(t("camSaved"));
    go(camerasAddress(camera.id));
    const stored = camera.masks.join();
    void awaitHall(() => cameras.value.find((other) => other.id === camera.id)?.masks.join() === stored);
  };
  return (
    <main class="page">
      <Head title={t("masksOf", { name: data?.name ?? id })} />
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && <MaskEditor settings={data} saved={done} reload={reload} />}
    </main>
  );
}

export function CamerasPage() {
  if (!isHallKnown.value) return <Loading />;
  const { add, edit, masks } = query.value;
  if (masks) return <Masks key={masks} id={masks} />;
  if (edit) return <Edit key={edit} id={edit} />;
  return add ? <Add /> : <CameraList />;
}
