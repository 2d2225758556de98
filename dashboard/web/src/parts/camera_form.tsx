// SPDX-License-Identifier: Apache-2.0
// Camera form: where a camera is, a test picture, and what it is for. A new one and one that is there alike.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { MAKERS, hostOf, joinAddress, makerAddresses, shortAddress, splitAddress } from "../camera_address";
import { counters } from "../hall";
import type { CameraSettings, Inspection, Probe } from "../shapes";
import { chooseStreams } from "../streams";
import { type Key, t } from "../text";
import { FoundCameras } from "./found_cameras";
import { InspectionCard } from "./inspection_card";
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
  inspection: Inspection | null; // what the device at host told
  url: string;
  subUrl: string;
  settings: CameraSettings;
}

function draftOf(settings: CameraSettings, isNew: boolean): Draft {
  const main = splitAddress(settings.url);
  return {
    maker: isNew ? "onvif" : "other",
    host: isNew ? "" : hostOf(main.address),
    user: isNew ? "admin" : main.user,
    password: "",
    isKept: main.isKept,
    inspection: null,
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
  step?: number | "any"; // of a number
}

function Field({ name, value, testId, change, type = "text", hint, readOnly, step }: FieldProps) {
  return (
    <label class="field">
      <span>{name}</span>
      <input
        type={type}
        value={value}
        placeholder={hint}
        readOnly={readOnly}
        min={step && 0}
        step={step}
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

// Another device is to be asked: of a new camera nothing is known any more, one that is there keeps its addresses.
function toAsk({ settings }: Draft, host: string): Partial<Draft> {
  return { maker: "onvif", host, inspection: null, ...(settings.digest === "" && { url: "", subUrl: "" }) };
}

function chosenMaker(draft: Draft, maker: string, host: string): Partial<Draft> {
  if (maker === "onvif") return toAsk(draft, host);
  const filled = makerAddresses(maker, hostOf(host));
  return { maker, host, ...(filled && { url: filled[0], subUrl: filled[1] }) };
}

function Host({ draft, change }: PartProps) {
  return (
    <Field
      name={t("camHost")}
      value={draft.host}
      hint="192.168.1.64"
      testId="cam-host"
      change={(host) => change(chosenMaker(draft, draft.maker, host))}
    />
  );
}

function Login({ draft, change }: PartProps) {
  return (
    <>
      <Field name={t("camUser")} value={draft.user} testId="cam-user" change={(user) => change({ user })} />
      <Field
        name={t("camPassword")}
        type="password"
        value={draft.password}
        hint={draft.isKept ? t("camPasswordKept") : ""}
        testId="cam-password"
        change={(password) => change({ password })}
      />
    </>
  );
}

function Addresses({ draft, change }: PartProps) {
  return (
    <>
      <Field name={t("camUrl")} value={draft.url} hint="rtsp://192.168.1.64/stream1" testId="cam-url" change={(url) => change({ url })} />
      <Field name={t("camSubUrl")} value={draft.subUrl} hint="rtsp://192.168.1.64/stream2" testId="cam-sub" change={(subUrl) => change({ subUrl })} />
    </>
  );
}

interface ConnectionProps extends PartProps {
  isNew: boolean;
  busy: string;
  inspect: () => void;
  failed: (error: unknown) => void;
}

function Connection({ draft, change, isNew, busy, inspect, failed }: ConnectionProps) {
  const isAsked = draft.maker === "onvif";
  return (
    <>
      {isNew && (
        <FoundCameras
          chosen={hostOf(draft.host)}
          failed={failed}
          choose={({ address }) => change(toAsk(draft, shortAddress(address)))}
        />
      )}
      <div class="camera-fields">
        <label class="field">
          <span>{t("camMaker")}</span>
          <select value={draft.maker} data-testid="cam-maker" onChange={(event) => change(chosenMaker(draft, event.currentTarget.value, draft.host))}>
            {["onvif", ...Object.keys(MAKERS), "other"].map((maker) => (
              <option key={maker} value={maker}>
                {t(`mk_${maker}` as Key)}
              </option>
            ))}
          </select>
        </label>
        {draft.maker !== "other" && <Host draft={draft} change={change} />}
        <Login draft={draft} change={change} />
        {!isAsked && <Addresses draft={draft} change={change} />}
      </div>
      {isAsked && (
        <button
          class={`button ${draft.inspection?.ok ? "" : "is-primary"}`}
          type="button"
          disabled={!draft.host.trim() || busy !== ""}
          data-testid="cam-inspect"
          onClick={inspect}
        >
          {t(busy === "inspect" ? "camInspecting" : "camInspect")}
        </button>
      )}
      {isAsked && draft.inspection && (
        <InspectionCard
          found={draft.inspection}
          choice={{ main: draft.url, sub: draft.subUrl }}
          choose={({ main = draft.url, sub = draft.subUrl }) => change({ url: main, subUrl: sub })}
        />
      )}
    </>
  );
}

function About({ settings, isNew, change }: { settings: CameraSettings; isNew: boolean; change: (part: Partial<CameraSettings>) => void }) {
  const { counters: seen } = settings;
  return (
    <>
      <div class="camera-fields">
        <Field name={t("camName")} value={settings.name} testId="cam-name" change={(name) => change({ name })} />
        <Field name={t("camPlace")} value={settings.place ?? ""} testId="cam-place" change={(place) => change({ place })} />
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
      {settings.record && <Keeping settings={settings} change={change} />}
    </>
  );
}

interface NumberProps {
  name: string;
  value: number; // 0: left empty
  step: number | "any";
  hint: string;
  testId: string;
  change: (value: number) => void;
}

// What is typed stays as it is typed: "0.0" is on its way to 0.012.
function NumberField({ value, change, ...rest }: NumberProps) {
  const [text, setText] = useState(value ? String(value) : "");
  const typed = (given: string) => {
    setText(given);
    change(Number(given));
  };
  return <Field type="number" value={text} change={typed} {...rest} />;
}

// How long and how much of it is kept; left empty it is as of all cameras.
function Keeping({ settings, change }: { settings: CameraSettings; change: (part: Partial<CameraSettings>) => void }) {
  return (
    <div class="camera-fields">
      <NumberField name={t("camDays")} step={1} value={settings.days} hint={t("camAsHall")} testId="cam-days" change={(days) => change({ days })} />
      <NumberField
        name={t("camQuota")}
        step="any"
        value={settings.quota_gb}
        hint={t("camNoQuota")}
        testId="cam-quota"
        change={(quota_gb) => change({ quota_gb })}
      />
    </div>
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

// The streams that suit are chosen; the person may choose others.
async function askDevice(draft: Draft, camera: string | null): Promise<Partial<Draft>> {
  const inspection = await send<Inspection>("POST", "/api/v1/cameras/inspect", {
    address: draft.host.trim(),
    user: draft.user.trim() || null,
    password: draft.password || null,
    camera,
  });
  const { main, sub } = chooseStreams(inspection.profiles);
  return { inspection, ...(inspection.ok && { url: main?.url ?? "", subUrl: sub?.url ?? "" }) };
}

function settingsOf(draft: Draft, tried: Tried | null): Partial<CameraSettings> {
  const { settings } = draft;
  return {
    ...settings,
    name: settings.name.trim(),
    place: settings.place?.trim() || null,
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
  const [busy, setBusy] = useState<"" | "inspect" | "test" | "save">("");
  const [problem, setProblem] = useState("");
  const { settings } = draft;
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    if (!("settings" in part)) setTried(null);
  };
  const act = async (kind: "inspect" | "test" | "save", work: () => Promise<void>) => {
    setBusy(kind);
    setProblem("");
    await work().catch((error: unknown) => setProblem(cameraErrorText(error)));
    setBusy("");
  };
  const inspect = () => act("inspect", async () => change(await askDevice(draft, isNew ? null : start.id)));
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
        else setProblem(t(draft.maker === "onvif" && !draft.url.trim() ? "camNotChosen" : "camWanted"));
      }}
    >
      <section class="card camera-part">
        <h2>{t("camConnect")}</h2>
        <Connection
          draft={draft}
          change={change}
          isNew={isNew}
          busy={busy}
          inspect={() => void inspect()}
          failed={(error) => setProblem(cameraErrorText(error))}
        />
        <button class="button cam-test" type="button" disabled={!draft.url.trim() || busy !== ""} data-testid="cam-test" onClick={() => void test()}>
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
