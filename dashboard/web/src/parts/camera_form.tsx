// SPDX-License-Identifier: Apache-2.0
// Camera form: where a camera is, a test picture, and what it is for. A new one and one that is there alike.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { MAKERS, joinAddress, makerAddresses, makerOf, splitAddress } from "../camera_address";
import { counters } from "../hall";
import type { CameraSettings, Probe } from "../shapes";
import { type Key, t } from "../text";
import { FoundCameras } from "./found_cameras";
import { ProbeCard } from "./probe_card";
import { errorText } from "./states";

// What the page knows more of than the API's sentences, which are English.
const OWN_WORDS = ["changed", "conflict", "config", "busy"];

export function cameraErrorText(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (!OWN_WORDS.includes(error.code)) return errorText(error);
  return t(`ce_${error.code}` as Key) + (error.code === "config" ? error.message : "");
}

interface Draft {
  maker: string;
  host: string;
  user: string;
  password: string;
  isKept: boolean; // the box has a password
  url: string;
  subUrl: string;
  settings: CameraSettings;
}

function draftOf(settings: CameraSettings, isNew: boolean): Draft {
  const main = splitAddress(settings.url);
  return {
    maker: isNew ? "hikvision" : "other",
    host: "",
    user: isNew ? "admin" : main.user,
    password: "",
    isKept: main.isKept,
    url: main.address,
    subUrl: splitAddress(settings.sub_url ?? "").address,
    settings,
  };
}

const addressOf = (draft: Draft, address: string) =>
  joinAddress({ address, user: draft.user.trim(), isKept: draft.isKept }, draft.password);

interface FieldProps {
  name: string;
  value: string;
  testId: string;
  change: (value: string) => void;
  type?: string;
  hint?: string;
  readOnly?: boolean;
}

function Field({ name, value, testId, change, type = "text", hint, readOnly }: FieldProps) {
  return (
    <label class="field">
      <span>{name}</span>
      <input
        type={type}
        value={value}
        placeholder={hint}
        readOnly={readOnly}
        autocomplete={type === "password" ? "new-password" : "off"}
        autocapitalize="off"
        spellcheck={false}
        data-testid={testId}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
}

function Tick({ name, on, testId, change }: { name: string; on: boolean; testId: string; change: (on: boolean) => void }) {
  return (
    <label class={`chip ${on ? "is-on" : ""}`}>
      <input type="checkbox" checked={on} data-testid={testId} onChange={(event) => change(event.currentTarget.checked)} />
      {name}
    </label>
  );
}

interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function Connection({ draft, change, isNew, failed }: PartProps & { isNew: boolean; failed: (error: unknown) => void }) {
  const choose = (maker: string, host: string) => {
    const filled = makerAddresses(maker, host);
    change({ maker, host, ...(filled && { url: filled[0], subUrl: filled[1] }) });
  };
  const fields = (
    <div class="camera-fields">
      <label class="field">
        <span>{t("camMaker")}</span>
        <select value={draft.maker} data-testid="cam-maker" onChange={(event) => choose(event.currentTarget.value, draft.host)}>
          {[...Object.keys(MAKERS), "other"].map((maker) => (
            <option key={maker} value={maker}>
              {t(`mk_${maker}` as Key)}
            </option>
          ))}
        </select>
      </label>
      {draft.maker !== "other" && (
        <Field name={t("camHost")} value={draft.host} hint="192.168.1.64" testId="cam-host" change={(host) => choose(draft.maker, host)} />
      )}
      <Field name={t("camUser")} value={draft.user} testId="cam-user" change={(user) => change({ user })} />
      <Field
        name={t("camPassword")}
        type="password"
        value={draft.password}
        hint={draft.isKept ? t("camPasswordKept") : ""}
        testId="cam-password"
        change={(password) => change({ password })}
      />
      <Field name={t("camUrl")} value={draft.url} hint="rtsp://192.168.1.64/stream1" testId="cam-url" change={(url) => change({ url })} />
      <Field name={t("camSubUrl")} value={draft.subUrl} hint="rtsp://192.168.1.64/stream2" testId="cam-sub" change={(subUrl) => change({ subUrl })} />
    </div>
  );
  return (
    <>
      {isNew && (
        <FoundCameras
          failed={failed}
          choose={({ host, name, hardware }) =>
            choose(makerOf(`${name ?? ""} ${hardware ?? ""}`.trim()) ?? (draft.maker === "other" ? "hikvision" : draft.maker), host)
          }
        />
      )}
      {fields}
    </>
  );
}

function About({ settings, isNew, change }: { settings: CameraSettings; isNew: boolean; change: (part: Partial<CameraSettings>) => void }) {
  const { counters: seen } = settings;
  return (
    <>
      <div class="camera-fields">
        <Field name={t("camName")} value={settings.name} testId="cam-name" change={(name) => change({ name })} />
        <Field name={t("camId")} value={settings.id} testId="cam-id" readOnly={!isNew} change={(id) => change({ id })} />
      </div>
      {counters.value.length > 0 && (
        <fieldset class="field hold-cameras">
          <legend>{t("camCounters")}</legend>
          {counters.value.map(({ id, name }) => (
            <Tick
              key={id}
              name={name}
              on={seen.includes(id)}
              testId={`cam-counter-${id}`}
              change={(on) => change({ counters: on ? [...seen, id] : seen.filter((other) => other !== id) })}
            />
          ))}
        </fieldset>
      )}
      <div class="hold-cameras">
        <Tick name={t("camRecord")} on={settings.record} testId="cam-record" change={(record) => change({ record })} />
        <Tick name={t("camAudio")} on={settings.audio} testId="cam-audio" change={(audio) => change({ audio })} />
        <Tick name={t("camRelay")} on={settings.relay} testId="cam-relay" change={(relay) => change({ relay })} />
      </div>
    </>
  );
}

interface Tried {
  main: Probe;
  sub: Probe | null;
}

async function tryBoth(draft: Draft, camera: string | null): Promise<Tried> {
  const ask = (address: string) =>
    send<Probe>("POST", "/api/v1/cameras/probe", { url: addressOf(draft, address), transport: draft.settings.transport, camera });
  const main = await ask(draft.url);
  return { main, sub: main.ok && draft.subUrl.trim() ? await ask(draft.subUrl) : null };
}

function settingsOf(draft: Draft, tried: Tried | null): Partial<CameraSettings> {
  const { settings } = draft;
  return {
    ...settings,
    name: settings.name.trim(),
    url: addressOf(draft, draft.url),
    sub_url: draft.subUrl.trim() ? addressOf(draft, draft.subUrl) : null,
    reader: tried?.main.reader ?? settings.reader,
  };
}

interface FormProps {
  start: CameraSettings;
  isNew: boolean;
  saved: (id: string) => void;
}

export function CameraForm({ start, isNew, saved }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(start, isNew));
  const [tried, setTried] = useState<Tried | null>(null);
  const [busy, setBusy] = useState<"" | "test" | "save">("");
  const [problem, setProblem] = useState("");
  const { settings } = draft;
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    if (!("settings" in part)) setTried(null);
  };
  const act = async (kind: "test" | "save", work: () => Promise<void>) => {
    setBusy(kind);
    setProblem("");
    await work().catch((error: unknown) => setProblem(cameraErrorText(error)));
    setBusy("");
  };
  const test = () => act("test", async () => setTried(await tryBoth(draft, isNew ? null : start.id)));
  const save = () =>
    act("save", async () => {
      const { digest, id, ...rest } = settingsOf(draft, tried);
      if (isNew) await send("POST", "/api/v1/cameras", { id, ...rest });
      else await send("PUT", `/api/v1/cameras/${start.id}`, { digest, ...rest });
      saved(id as string);
    });
  const isComplete = draft.url.trim() && settings.name.trim();
  return (
    <form
      class="camera-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) void save();
        else setProblem(t("camWanted"));
      }}
    >
      <section class="card camera-part">
        <h2>{t("camConnect")}</h2>
        <Connection draft={draft} change={change} isNew={isNew} failed={(error) => setProblem(cameraErrorText(error))} />
        <button class="button" type="button" disabled={!draft.url.trim() || busy !== ""} data-testid="cam-test" onClick={() => void test()}>
          {busy === "test" ? t("camTesting") : t("camTest")}
        </button>
        {tried && (
          <div class="probes">
            <ProbeCard title={t("camMain")} probe={tried.main} testId="probe-main" />
            {tried.sub && <ProbeCard title={t("camSub")} probe={tried.sub} testId="probe-sub" />}
          </div>
        )}
      </section>
      <section class="card camera-part">
        <h2>{t("camAbout")}</h2>
        <About settings={settings} isNew={isNew} change={(part) => change({ settings: { ...settings, ...part } })} />
        {isNew && !tried?.main.ok && <p class="muted">{t("camUntested")}</p>}
        <button class="button is-primary" type="submit" disabled={busy !== ""} data-testid="cam-save">
          {t("camSave")}
        </button>
        {problem && (
          <p class="gate-problem" role="alert" data-testid="cam-problem">
            {problem}
          </p>
        )}
      </section>
    </form>
  );
}
