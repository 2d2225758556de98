// SPDX-License-Identifier: Apache-2.0
// 大厅屏幕: addresses of tablets and displays that work without a login. The token stands in the address once, when it is made.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { notify } from "../notice";
import { Empty, Loading, Problem, errorText } from "../parts/states";
import { VoiceState } from "../parts/voice_state";
import { useResource } from "../resource";
import type { HallScreen, Page } from "../shapes";
import { t, word } from "../text";
import { shortTime } from "../time";

const PLACES = { take: "/take", call: "/call-screen" } as const;

function Made({ address, close }: { address: string; close: () => void }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      notify(t("scCopied"));
    } catch {
      notify(t("scCopyByHand"), true);
    }
  };
  return (
    <div class="card screen-made">
      <p>{t("scMade")}</p>
      <p class="screen-address" data-testid="screen-address">
        {address}
      </p>
      <div class="action-row">
        <button class="button is-primary" onClick={() => void copy()}>
          {t("scCopy")}
        </button>
        <button class="button" onClick={close}>
          {t("scKept")}
        </button>
      </div>
    </div>
  );
}

function AddForm({ made }: { made: (address: string) => void }) {
  const [label, setLabel] = useState("");
  const [kind, setKind] = useState<keyof typeof PLACES>("call");
  const add = async () => {
    try {
      const { token } = await send<{ token: string }>("POST", "/api/v1/screens", { label: label.trim(), page: kind });
      setLabel("");
      made(`${location.origin}${PLACES[kind]}#${token}`);
    } catch (error) {
      notify(error instanceof ApiError ? errorText(error) : String(error), true);
    }
  };
  return (
    <form
      class="card screen-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <label class="field">
        <span>{t("scKind")}</span>
        <select value={kind} data-testid="screen-page" onChange={(event) => setKind(event.currentTarget.value as keyof typeof PLACES)}>
          <option value="call">{t("sc_call")}</option>
          <option value="take">{t("sc_take")}</option>
        </select>
      </label>
      <label class="field">
        <span>{t("scLabel")}</span>
        <input value={label} maxLength={30} placeholder={t("scLabelHint")} data-testid="screen-label" onInput={(event) => setLabel(event.currentTarget.value)} />
      </label>
      <button class="button is-primary" disabled={!label.trim()} data-testid="screen-add">
        {t("scAdd")}
      </button>
    </form>
  );
}

function Row({ screen, reload }: { screen: HallScreen; reload: () => void }) {
  const [sure, setSure] = useState(false);
  const revoke = async () => {
    try {
      await send("DELETE", `/api/v1/screens/${screen.id}`);
      reload();
    } catch (error) {
      notify(error instanceof ApiError ? errorText(error) : String(error), true);
    }
  };
  return (
    <li data-testid={`screen-row-${screen.id}`} data-revoked={!!screen.revoked_at}>
      <b>{screen.label}</b>
      <span>{word("sc_", screen.page)}</span>
      <span class="muted">
        {screen.revoked_at
          ? t("scRevoked", { at: shortTime(screen.revoked_at) })
          : screen.seen_at
            ? t("scSeen", { at: shortTime(screen.seen_at) })
            : t("scNever")}
      </span>
      {!screen.revoked_at && (
        <button class={`button ${sure ? "is-primary" : ""}`} data-testid={`screen-revoke-${screen.id}`} onClick={() => (sure ? void revoke() : setSure(true))}>
          {t(sure ? "scSure" : "scRevoke")}
        </button>
      )}
    </li>
  );
}

export function ScreensPage() {
  const { data, error, reload } = useResource<Page<HallScreen>>("/api/v1/screens", {}, []);
  const [address, setAddress] = useState("");
  return (
    <main class="page">
      <header class="list-head">
        <h1>{t("screens")}</h1>
      </header>
      <p class="muted">{t("scHint")}</p>
      <VoiceState />
      {address && <Made address={address} close={() => setAddress("")} />}
      <AddForm
        made={(made) => {
          setAddress(made);
          reload();
        }}
      />
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && data.items.length === 0 && <Empty icon="info" title={t("scNone")} />}
      <ul class="screen-rows card">
        {data?.items.map((screen) => <Row key={screen.id} screen={screen} reload={reload} />)}
      </ul>
    </main>
  );
}
