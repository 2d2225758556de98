// SPDX-License-Identifier: Apache-2.0
// Verify 验证: whether an exported zip is what a box has signed, part by part. The file stays with the person: the box
// asks for the stretches that it wants to look at, and keeps none.
import { useEffect, useRef, useState } from "preact/hooks";
import { exportsAddress, query } from "../address";
import { ApiError, get, send, sendBytes } from "../api";
import { Facts } from "../parts/panel";
import { Icon } from "../parts/icon";
import { errorText } from "../parts/states";
import { Ref } from "../parts/hold_card";
import { mayRead } from "../session";
import type { EvidenceFinding, Verification } from "../shapes";
import { bytesText } from "../size";
import { t, word } from "../text";
import { fullTime } from "../time";

const POLL_MS = 500;
const KEY = /^[0-9a-fA-F]{64}$/;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

// Feeds or asks until the box has come to an end; show is called with each answer.
async function follow(
  start: object,
  file: File | null,
  stop: AbortSignal,
  show: (now: Verification) => void,
): Promise<void> {
  let now = await send<Verification>("POST", "/api/v1/verifications", start);
  const path = `/api/v1/verifications/${now.id}`;
  while (now.state === "running" && !stop.aborted) {
    show(now);
    if (now.want && file) {
      const part = file.slice(now.want.at, now.want.at + now.want.bytes);
      now = await sendBytes<Verification>(`${path}/bytes?at=${now.want.at}`, part);
    } else {
      await pause(POLL_MS);
      now = await get<Verification>(path);
    }
  }
  if (stop.aborted) await send("DELETE", path).catch(() => {});
  else show(now);
}

interface Check {
  name: string;
  run: (show: (now: Verification) => void, stop: AbortSignal) => Promise<void>;
}

function useCheck(check: Check | null) {
  const [now, setNow] = useState<Verification | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setNow(null);
    setProblem("");
    if (!check) return undefined;
    const stop = new AbortController();
    const show = (next: Verification) => {
      if (!stop.signal.aborted) setNow(next);
    };
    check.run(show, stop.signal).catch((error) => {
      if (!stop.signal.aborted) setProblem(error instanceof ApiError ? errorText(error) : t("fileUnreadable"));
    });
    return () => stop.abort();
  }, [check]);
  return { now, problem };
}

// --- what came out

function verdictOf(now: Verification): "whole" | "altered" | "not_export" | "failed" {
  if (now.error === "not_export") return "not_export";
  if (now.error || now.problems === null) return "failed";
  return now.problems === 0 ? "whole" : "altered";
}

function Verdict({ now }: { now: Verification }) {
  const verdict = verdictOf(now);
  return (
    <div class={`card vf-verdict is-${verdict}`} role="status" data-testid="verify-verdict" data-verdict={verdict}>
      <Icon name={verdict === "whole" ? "lock" : "info"} size={34} />
      <div>
        <b>{t(`vf_${verdict}`)}</b>
        <p>{t(`vf_${verdict}_hint`, { n: now.problems ?? 0 })}</p>
      </div>
    </div>
  );
}

function Signature({ now }: { now: Verification }) {
  const finding = now.findings.find(({ kind }) => kind === "signature_good" || kind === "signature_bad");
  const isOther = now.findings.some(({ kind }) => kind === "other_box");
  if (!finding) return null;
  const isGood = finding.kind === "signature_good";
  const isOwn = finding.key !== null && finding.key === now.box_key;
  return (
    <section class={`card ev-card vf-signature ${isGood && !isOther ? "is-good" : "is-bad"}`} data-testid="verify-signature">
      <h2>{t(isGood ? "vk_signature_good" : "vk_signature_bad")}</h2>
      {isGood && <p>{t(isOther ? "vk_other_box" : isOwn ? "signedHere" : "signedElsewhere")}</p>}
      <p class="vf-key">
        {t("boxKey")} <code>{finding.key}</code>
      </p>
    </section>
  );
}

function placeOf(finding: EvidenceFinding): string {
  if (finding.kind === "altered") return t("vf_bytes", { from: finding.from, to: finding.to - 1 });
  if (finding.kind === "size") return t("vf_size", { n: finding.from, wanted: finding.to });
  if (["cut", "disorder", "directory"].includes(finding.kind)) return t("vf_at", { at: finding.from });
  return ["chain", "segment"].includes(finding.kind) ? t("vf_segment", { n: finding.segment }) : "";
}

function Part({ finding }: { finding: EvidenceFinding }) {
  const place = placeOf(finding);
  return (
    <li class={finding.is_problem ? "is-bad" : "is-good"} data-testid="verify-part" data-kind={finding.kind}>
      <span class="vf-mark" aria-hidden="true">
        {finding.is_problem ? "✗" : "✓"}
      </span>
      <div>
        {finding.file ?? t("vf_zip")}
        {place && <small>{place}</small>}
        {finding.from_at && (
          <small>
            {t("vf_about", { from: fullTime(finding.from_at), to: fullTime(finding.to_at).slice(11) })}
          </small>
        )}
      </div>
      <b>{word("vk_", finding.kind)}</b>
    </li>
  );
}

function Manifest({ now }: { now: Verification }) {
  const says = now.manifest;
  if (!says) return null;
  return (
    <section class="card ev-card">
      <h2>{t("vf_says")}</h2>
      <Facts
        rows={[
          [t("vf_hall"), says.hall ?? "—"],
          [t("vf_made"), fullTime(says.made_at)],
          [t("vf_who"), says.who ?? "—"],
          [t("reason"), says.reason ?? "—"],
          ...(says.ref ? ([[t("vf_ref"), <Ref text={says.ref} />]] as [string, preact.JSX.Element][]) : []),
        ]}
      />
      <ul class="ev-spans">
        {says.clips.map((clip, i) => (
          <li key={i}>
            {clip.camera ?? "—"}{" "}
            <span class="ev-time">
              {fullTime(clip.from_at)} – {fullTime(clip.to_at).slice(11)}
              {clip.gaps > 0 && ` · ${t("vf_gaps", { n: clip.gaps })}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Result({ now, name }: { now: Verification; name: string }) {
  const parts = now.findings.filter(({ kind }) => !["signature_good", "signature_bad", "other_box"].includes(kind));
  return (
    <>
      <p class="vf-name">
        {name} · {bytesText(now.bytes)}
      </p>
      {now.state === "running" ? (
        <div class="card ev-card ev-progress" data-testid="verify-progress">
          <div class="ev-bar" role="progressbar" aria-valuenow={now.percent} aria-valuemin={0} aria-valuemax={100} aria-label={t("vf_running")}>
            <i style={{ width: `${now.percent}%` }} />
          </div>
          <b>{now.percent}%</b>
        </div>
      ) : (
        <Verdict now={now} />
      )}
      <Signature now={now} />
      {parts.length > 0 && (
        <section class="card ev-card">
          <h2>{t("vf_parts")}</h2>
          <ul class="vf-parts">
            {parts.map((finding, i) => (
              <Part key={i} finding={finding} />
            ))}
          </ul>
        </section>
      )}
      <Manifest now={now} />
    </>
  );
}

// --- the page

function Drop({ take }: { take: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <label
      class={`card vf-drop ${isOver ? "is-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file) take(file);
      }}
    >
      <Icon name="exports" size={40} />
      <b>{t("vf_drop")}</b>
      <span>{t("vf_drop_hint")}</span>
      <input
        ref={input}
        type="file"
        accept=".zip,application/zip"
        class="sr-only"
        data-testid="verify-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) take(file);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

export function VerifyPage() {
  const [check, setCheck] = useState<Check | null>(null);
  const [key, setKey] = useState("");
  const { now, problem } = useCheck(check);
  const exported = query.value.export;
  const isKeyGood = !key.trim() || KEY.test(key.trim());
  const withKey = key.trim() ? { key: key.trim() } : {};
  const takeFile = (file: File) => {
    if (!isKeyGood) return;
    setCheck({
      name: file.name,
      run: (show, stop) => follow({ bytes: file.size, name: file.name.slice(0, 60), ...withKey }, file, stop, show),
    });
  };
  useEffect(() => {
    if (exported) setCheck({ name: t("vf_on_box"), run: (show, stop) => follow({ export: exported }, null, stop, show) });
  }, [exported]);
  return (
    <main class="page ev-page vf-page">
      <header class="list-head">
        <h1>{t("verify")}</h1>
        {mayRead("exports") && (
          <a class="link" href={exportsAddress()}>
            {t("seeExports")}
          </a>
        )}
      </header>
      <div class="vf-columns">
        <div>
          <Drop take={takeFile} />
          <label class="field vf-key-field">
            <span>{t("vf_key")}</span>
            <input
              value={key}
              maxLength={64}
              spellcheck={false}
              autocomplete="off"
              placeholder={t("vf_key_hint")}
              data-testid="verify-key"
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          </label>
          {!isKeyGood && (
            <p class="gate-problem" role="alert">
              {t("vf_key_wrong")}
            </p>
          )}
          <p class="muted">{t("vf_private")}</p>
        </div>
        <div class="vf-result">
          {problem && (
            <p class="gate-problem" role="alert" data-testid="verify-problem">
              {problem}
            </p>
          )}
          {now && check && <Result now={now} name={check.name} />}
        </div>
      </div>
    </main>
  );
}
