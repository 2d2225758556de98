// SPDX-License-Identifier: Apache-2.0
// Exports 导出: the queue of exports and their files, and the holds that keep video from being deleted.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { formatAddress, query } from "../address";
import { ApiError, send } from "../api";
import { cameras } from "../hall";
import { notify } from "../notice";
import { HoldCard, Ref, Span } from "../parts/hold_card";
import { HoldForm } from "../parts/hold_form";
import { Icon } from "../parts/icon";
import { SheetLinks } from "../parts/sheet_links";
import { Empty, Loading, Problem, errorText } from "../parts/states";
import { type List, useList } from "../resource";
import type { Export, Hold } from "../shapes";
import { bytesText } from "../size";
import { reasonText, t, word } from "../text";
import { boxNow, fullTime } from "../time";

const SPANS_SHOWN = 4;

// The first few clips; all of them when it is asked for.
function Spans({ clips }: { clips: Export["clips"] }) {
  const [isWhole, setWhole] = useState(clips.length <= SPANS_SHOWN + 1);
  return (
    <ul class="ev-spans">
      {(isWhole ? clips : clips.slice(0, SPANS_SHOWN)).map((clip, i) => (
        <Span key={i} {...clip} />
      ))}
      {!isWhole && (
        <li>
          <button class="link" onClick={() => setWhole(true)}>
            {t("moreClips", { n: clips.length - SPANS_SHOWN })}
          </button>
        </li>
      )}
    </ul>
  );
}

async function act(method: "POST" | "DELETE", path: string, done: () => void): Promise<void> {
  try {
    await send(method, path);
    done();
  } catch (error) {
    notify(error instanceof ApiError ? errorText(error) : t("e_no_answer"), true);
  }
}

// --- exports

function Progress({ item }: { item: Export }) {
  return (
    <div class="ev-progress">
      <div
        class="ev-bar"
        role="progressbar"
        aria-valuenow={item.percent}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-label={t("exportProgress")}
      >
        <i style={{ width: `${item.percent}%` }} />
      </div>
      <b data-testid="export-percent">{item.percent}%</b>
    </div>
  );
}

function Hash({ item }: { item: Export }) {
  const sha256 = item.sha256 ?? "";
  const copy = () =>
    navigator.clipboard.writeText(sha256).then(
      () => notify(t("copied")),
      () => notify(sha256),
    );
  return (
    <p class="ev-hash">
      {item.bytes !== null && <span>{bytesText(item.bytes)}</span>}
      <button class="link" title={t("copyHash")} data-testid="export-hash" data-sha256={sha256} onClick={copy}>
        SHA-256 {sha256.slice(0, 16)}…
      </button>
    </p>
  );
}

function ExportActions({ item, reload }: { item: Export; reload: () => void }) {
  const path = `/api/v1/exports/${item.id}`;
  const button = (name: string, label: string, method: "POST" | "DELETE", to: string) => (
    <button class="button" data-testid={`export-${name}`} onClick={() => void act(method, to, reload)}>
      {label}
    </button>
  );
  return (
    <div class="action-row ev-actions">
      {item.url && (
        <a class="button is-primary" href={item.url} download data-testid="export-download">
          <Icon name="press" size={18} />
          {t("download")}
        </a>
      )}
      {(item.state === "queued" || item.state === "running") && button("cancel", t("exportCancel"), "DELETE", path)}
      {["failed", "cancelled", "removed"].includes(item.state) &&
        button("retry", t("exportRetry"), "POST", `${path}/retry`)}
      {item.state === "done" && (
        <a class="button" href={formatAddress("verify", { export: item.id })} data-testid="export-verify">
          {t("verifyOne")}
        </a>
      )}
      {item.state === "done" && button("remove", t("exportRemove"), "DELETE", path)}
    </div>
  );
}

function ExportCard({ item, reload }: { item: Export; reload: () => void }) {
  return (
    <article class="card ev-card" data-testid={`export-row-${item.id}`} data-state={item.state}>
      <header class="ev-head">
        <span class={`pill ev-${item.state}`}>{word("ex_", item.state)}</span>
        <b>{item.reason}</b>
      </header>
      <Spans clips={item.clips} />
      <p class="ev-note">
        <span>{item.who}</span>
        <time dateTime={item.created_at}>{fullTime(item.created_at)}</time>
        <Ref text={item.ref} />
        {item.is_overlaid && <span>{t("overlaid")}</span>}
      </p>
      {item.state === "running" && <Progress item={item} />}
      {item.state === "failed" && item.error && (
        <p class="gate-problem" role="alert" data-testid="export-error">
          {reasonText(item.error)}
        </p>
      )}
      {item.state === "done" && <Hash item={item} />}
      <ExportActions item={item} reload={reload} />
    </article>
  );
}

// --- the page

interface CardsProps<T> {
  list: List<T>;
  card: (item: T) => ComponentChildren;
  empty: ComponentChildren;
}

function Cards<T>({ list, card, empty }: CardsProps<T>) {
  const { data, error, busy, more, reload } = list;
  return (
    <>
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && data.items.length === 0 && empty}
      {data && data.items.length > 0 && <div class="ev-cards">{data.items.map(card)}</div>}
      {more && (
        <button class="button list-more" onClick={more} disabled={busy}>
          {t("more")}
        </button>
      )}
    </>
  );
}

function Exports() {
  const list = useList<Export>("/api/v1/exports", {}, ["export"]);
  return (
    <Cards
      list={list}
      card={(item) => <ExportCard key={item.id} item={item} reload={list.reload} />}
      empty={
        <Empty icon="exports" title={t("noExports")}>
          {t("noExportsHint")}
        </Empty>
      }
    />
  );
}

const HOUR_MS = 3_600_000;

function PlaceByHand({ done }: { done: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const now = Math.floor(boxNow() / 1000) * 1000;
  const start = { cameras: cameras.value.slice(0, 1).map(({ id }) => id), fromMs: now - HOUR_MS, toMs: now };
  return isOpen ? (
    <section class="card ev-card ev-place">
      <HoldForm start={start} of={null} done={done} close={() => setOpen(false)} />
    </section>
  ) : (
    <button class="button" data-testid="place-hold" onClick={() => setOpen(true)}>
      <Icon name="lock" size={18} />
      {t("holdByHand")}
    </button>
  );
}

function Holds({ state }: { state: string }) {
  const list = useList<Hold>("/api/v1/holds", state ? { state } : {}, ["hold"]);
  return (
    <>
      {!state && <PlaceByHand done={list.reload} />}
      <Cards
        list={list}
        card={(item) => <HoldCard key={item.id} item={item} reload={list.reload} />}
        empty={
          <Empty icon="lock" title={t("noHolds")}>
            {t("noHoldsHint")}
          </Empty>
        }
      />
    </>
  );
}

const TABS = [
  { name: "exports", query: {}, word: "exports" },
  { name: "holds", query: { tab: "holds" }, word: "holds" },
  { name: "lifted", query: { tab: "lifted" }, word: "holdsLifted" },
] as const;

export function ExportsPage() {
  const open = query.value.tab ?? "exports";
  return (
    <main class="page ev-page">
      <header class="list-head">
        <h1>{t("exportsTitle")}</h1>
        <a class="link" href={formatAddress("verify")} data-testid="open-verify">
          {t("verify")}
        </a>
        {open === "exports" ? (
          <SheetLinks path="/api/v1/exports" query={{}} testId="exports" />
        ) : (
          <SheetLinks path="/api/v1/holds" query={open === "lifted" ? { state: "lifted" } : {}} testId="holds" />
        )}
      </header>
      <div class="quick">
        {TABS.map((tab) => (
          <a
            key={tab.name}
            class={`chip ${open === tab.name ? "is-on" : ""}`}
            aria-current={open === tab.name ? "page" : undefined}
            href={formatAddress("exports", tab.query)}
            data-testid={`exports-tab-${tab.name}`}
          >
            {t(tab.word)}
          </a>
        ))}
      </div>
      {open === "exports" ? <Exports key={open} /> : <Holds key={open} state={open === "lifted" ? "lifted" : ""} />}
    </main>
  );
}
