// SPDX-License-Identifier: Apache-2.0
// Callbacks 回访: whom to call today, one after another: the number (asked for with each call, and on record), the words to
// say, and how it went. By keyboard: J and K from one to the next, D dials, 1 to 4 say how it went, Enter saves. Beside
// it the pain points 堵点难点.
import { useState } from "preact/hooks";
import { formatAddress, query, setQuery } from "../address";
import { nowMs } from "../clock";
import { useKeys } from "../keys";
import { CallForm } from "../parts/call_form";
import { Face, levelName } from "../parts/face";
import { Painpoints } from "../parts/painpoints";
import { SheetLinks } from "../parts/sheet_links";
import { Empty, Loading, Problem } from "../parts/states";
import { useResource } from "../resource";
import type { Callback, Callbacks } from "../shapes";
import { t, word } from "../text";
import { msOf, shortTime } from "../time";

export function CallbackTabs() {
  const view = query.value.view ?? "";
  return (
    <div class="quick">
      {(["", "painpoints"] as const).map((one) => (
        <a
          key={one}
          class={`chip ${view === one ? "is-on" : ""}`}
          href={formatAddress("callbacks", { view: one })}
          data-testid={`callbacks-${one || "today"}`}
        >
          {t(one ? "painpoints" : "callbacksToday")}
        </a>
      ))}
    </div>
  );
}

const isLater = (row: Callback) => !!row.next_at && msOf(row.next_at) > nowMs.value;

function Line({ row, isOpen }: { row: Callback; isOpen: boolean }) {
  const left = row.due_at ? msOf(row.due_at) - nowMs.value : null;
  return (
    <a
      class="row cb-row"
      href={formatAddress("callbacks", { id: row.id })}
      aria-current={isOpen ? "true" : undefined}
      data-testid={`callback-row-${row.id}`}
    >
      <span class={`pill ${row.source === "rating" ? "cb-bad" : ""}`}>{t(row.source === "rating" ? "cbRating" : "cbCase")}</span>
      <span class="cb-who">
        <b>
          {row.name ?? "—"} {row.phone ?? ""}
        </b>
        <small>{row.item?.name ?? row.counter?.name ?? "—"}</small>
      </span>
      <small class={left !== null && left < 0 ? "rx-late" : "muted"}>
        {isLater(row)
          ? t("cbLater", { at: shortTime(row.next_at) })
          : row.tries > 0
            ? t("cbTried", { n: row.tries })
            : row.due_at
              ? t("cbDue", { at: row.due_at.slice(5, 10) })
              : ""}
      </small>
    </a>
  );
}

function About({ row }: { row: Callback }) {
  return (
    <>
      <h2 class="cb-title">
        {row.name ?? "—"} <span class="muted">{row.phone ?? t("cbNoNumber")}</span>
      </h2>
      <p>
        {row.item?.name ?? t("noCase")} · {row.counter?.name ?? "—"} · {shortTime(row.event_at)}
        {row.case_number && <small class="muted"> {row.case_number}</small>}
      </p>
      {row.level && (
        <p class="cb-said">
          <Face level={row.level} size={28} />
          <b>{levelName(row.level)}</b>
          {row.text && <q>{row.text}</q>}
        </p>
      )}
      {row.told && <p class="cb-told">{t("cbTold", { text: row.told })}</p>}
    </>
  );
}

function Done({ list }: { list: Callbacks }) {
  if (list.done.length === 0) return null;
  return (
    <section class="card cb-done" data-testid="callbacks-done">
      <h2>{t("cbDone", { n: list.done.length })}</h2>
      <ul>
        {list.done.map((one, i) => (
          <li key={i}>
            <time>{one.at.slice(11, 16)}</time>
            <b>{one.name ?? "—"}</b>
            <span>{one.item ?? ""}</span>
            <span class="pill">
              {word("co_", one.outcome)}
              {one.answer ? ` · ${word("rc_", one.answer)}` : ""}
              {one.level ? ` · ${levelName(one.level)}` : ""}
            </span>
            <small class="muted">{one.user}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Today() {
  const { data, error, reload } = useResource<Callbacks>("/api/v1/callbacks", {}, ["callback", "rating", "duty"]);
  const [dialled, setDialled] = useState("");
  const rows = data ? [...data.items.filter((row) => !isLater(row)), ...data.items.filter(isLater)] : [];
  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === query.value.id),
  );
  const open = rows[at];
  useKeys((key) => {
    const step = key === "j" ? 1 : key === "k" ? -1 : 0;
    const next = step ? rows[at + step] : null;
    if (next) setQuery({ id: next.id }, true);
    return !!step;
  });
  if (!data) return error ? <Problem error={error} reload={reload} /> : <Loading />;
  if (!data.may_call)
    return (
      <Empty icon="phone" title={t("cbNotYou")}>
        {t("cbNotYouHint")}
      </Empty>
    );
  return (
    <div class={open ? `cb-columns ${dialled ? "is-calling" : ""}` : ""}>
      <section class="cb-list">
        {open ? (
          <div class="card rows" data-testid="callbacks-list">
            {rows.map((row) => (
              <Line key={row.id} row={row} isOpen={row === open} />
            ))}
          </div>
        ) : (
          <Empty icon="phone" title={t("cbNobody")}>
            {t("cbNobodyHint")}
          </Empty>
        )}
        <Done list={data} />
        {rows.length > 0 && (
          <div class="cb-sheet">
            {t("cbSheetOpen")}
            <SheetLinks path="/api/v1/callbacks" query={{}} testId="callbacks" />
          </div>
        )}
        {data.done.length > 0 && (
          <div class="cb-sheet">
            {t("cbSheetDone")}
            <SheetLinks path="/api/v1/callbacks" query={{ part: "done" }} testId="calls" />
          </div>
        )}
      </section>
      {open && (
        <section class="card cb-card" key={`${open.id} ${open.tries}`} data-testid="callback-card" data-id={open.id}>
          <About row={open} />
          <CallForm
            row={open}
            script={open.source === "rating" ? data.script.rating : data.script.case}
            dialled={() => setDialled(open.id)}
            done={() => {
              setDialled("");
              setQuery({ id: rows[at + 1]?.id ?? "" }, true);
              reload();
            }}
          />
        </section>
      )}
    </div>
  );
}

export function CallbacksPage() {
  const isPain = query.value.view === "painpoints";
  return (
    <main class="page callbacks-page">
      <header class="list-head">
        <h1>{t("callbacks")}</h1>
      </header>
      <CallbackTabs />
      {isPain ? <Painpoints /> : <Today />}
    </main>
  );
}
