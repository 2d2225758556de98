// SPDX-License-Identifier: Apache-2.0
// Hold card: one stretch that is kept: by whom, why, until when; and the steps that may follow.
import { useState } from "preact/hooks";
import { formatAddress, playbackAddress } from "../address";
import { send } from "../api";
import { cameraName } from "../hall";
import { notify } from "../notice";
import { useList } from "../resource";
import { mayRead } from "../session";
import type { Hold } from "../shapes";
import { t, word } from "../text";
import { fullTime, msOf, rfc3339 } from "../time";
import { HoldForm, type Stretch } from "./hold_form";
import { Icon } from "./icon";
import { caseAddress, complaintAddress, ratingAddress } from "./rows";
import { UntilField } from "./until_field";
import { WhyForm } from "./why_form";

// What a hold or an export belongs to, as a link.
export function Ref({ text }: { text: string | null }) {
  if (!text) return null;
  const [kind, name] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  const to = { rating: ratingAddress, case: caseAddress, flag: (id: string) => formatAddress("flags", { id }), complaint: complaintAddress }[kind];
  const words = { rating: t("ratingTitle"), case: `${t("caseOne")} ${name}`, flag: t("flagTitle"), complaint: t("complaints") }[kind] ?? text;
  return to ? <a href={to(name)}>{words}</a> : <span>{words}</span>;
}

export function Span({ camera, name, from, to }: { camera: string; name: string; from: string; to: string }) {
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  return (
    <li>
      <a href={playbackAddress(camera, msOf(from))}>{name}</a>{" "}
      <span class="ev-time">
        {fullTime(from)} – {isOneDay ? fullTime(to).slice(11) : fullTime(to)}
      </span>
    </li>
  );
}

const isLive = (item: Hold) => item.state === "wanted" || item.state === "held" || item.state === "failed";

function untilText(item: Hold): string {
  return item.until_at ? t("heldUntil", { time: fullTime(item.until_at).slice(0, 16) }) : t("heldUntilLifted");
}

function Steps({ item, reload }: { item: Hold; reload: () => void }) {
  const [step, setStep] = useState<"lift" | "until" | null>(null);
  const [untilMs, setUntil] = useState(item.until_at ? msOf(item.until_at) : null);
  const path = `/api/v1/holds/${item.id}`;
  const lift = async (why: string) => {
    await send("DELETE", path, { why });
    notify(t("holdLifted"));
    reload();
  };
  const prolong = async (why: string) => {
    await send("PUT", `${path}/until`, { until: untilMs === null ? null : rfc3339(untilMs), why });
    notify(t("holdProlonged"));
    reload();
  };
  const close = () => setStep(null);
  if (step === "lift")
    return <WhyForm title={t("liftWhy")} button={t("holdLift")} testId="hold" act={lift} close={close} />;
  if (step === "until")
    return (
      <WhyForm title={t("untilWhy")} button={t("untilChange")} testId="hold" act={prolong} close={close}>
        <UntilField value={untilMs} change={setUntil} testId="hold" />
      </WhyForm>
    );
  return (
    <div class="action-row ev-actions">
      <button class="button" data-testid="hold-prolong" onClick={() => setStep("until")}>
        {t("untilChange")}
      </button>
      <button class="button" data-testid="hold-lift" onClick={() => setStep("lift")}>
        {t("holdLift")}
      </button>
    </div>
  );
}

export function HoldCard({ item, reload }: { item: Hold; reload: () => void }) {
  return (
    <article class="card ev-card" data-testid={`hold-row-${item.id}`} data-state={item.state}>
      <header class="ev-head">
        <span class={`pill ev-hold-${item.state}`}>{word("ho_", item.state)}</span>
        <b>{item.reason === "bad rating" ? t("holdBadRating") : item.reason}</b>
      </header>
      <ul class="ev-spans">
        <Span camera={item.camera} name={cameraName(item.camera)} from={item.from_at} to={item.to_at} />
      </ul>
      <p class="ev-note">
        <span>{item.placed_by === "system" ? t("systemUser") : item.placed_by}</span>
        <time dateTime={item.placed_at}>{fullTime(item.placed_at)}</time>
        <Ref text={item.ref} />
      </p>
      {isLive(item) && (
        <p class="ev-until" data-testid="hold-until-text">
          <Icon name="lock" size={18} />
          {untilText(item)}
        </p>
      )}
      {item.lifted_by && (
        <p class="ev-note">
          <span>{t("liftedBy", { who: item.lifted_by === "system" ? t("systemUser") : item.lifted_by })}</span>
          <time>{fullTime(item.lift_at)}</time>
          <span>{item.lifted_by === "system" ? t("holdOver") : item.lift_why}</span>
        </p>
      )}
      {isLive(item) && mayRead("exports") && <Steps item={item} reload={reload} />}
    </article>
  );
}

// What of a case or flag is held, and how more is.
export function HoldsOf({ of, start }: { of: string; start: Stretch }) {
  const { data, reload } = useList<Hold>("/api/v1/holds", { ref: of }, ["hold"]);
  const [isPlacing, setPlacing] = useState(false);
  return (
    <section class="block holds-of">
      <h3>{t("holdsOf")}</h3>
      {data?.items.length === 0 && !isPlacing && <p class="muted">{t("noHolds")}</p>}
      {data?.items.map((item) => <HoldCard key={item.id} item={item} reload={reload} />)}
      {isPlacing && <HoldForm start={start} of={of} done={reload} close={() => setPlacing(false)} />}
      {!isPlacing && mayRead("exports") && (
        <button class="button" data-testid="place-hold" onClick={() => setPlacing(true)}>
          <Icon name="lock" size={18} />
          {t("holdPlace")}
        </button>
      )}
    </section>
  );
}
