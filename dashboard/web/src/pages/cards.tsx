// SPDX-License-Identifier: Apache-2.0
// Cards 评议卡录入: the form, what waits for a second person or a decision, and what was entered last.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { send } from "../api";
import { counterName } from "../hall";
import { notify } from "../notice";
import { CardForm } from "../parts/card_form";
import { Face, levelName } from "../parts/face";
import { Photo } from "../parts/photo";
import { SheetLinks } from "../parts/sheet_links";
import { Empty, Loading, Problem } from "../parts/states";
import { WhyForm } from "../parts/why_form";
import { type List, useList, useResource } from "../resource";
import { session } from "../session";
import type { Card, CardDetail, CardEntry } from "../shapes";
import { t, word } from "../text";
import { fullTime, shortTime } from "../time";
import { uuid } from "../uuid";

const cardPath = (card: Card, action = "") => `/api/v1/cards/${encodeURIComponent(card.id)}${action}`;

function CardFace({ card }: { card: { level: Card["level"] } }) {
  if (!card.level) return <span class="cd-blind">?</span>;
  return (
    <>
      <Face level={card.level} />
      <b>{levelName(card.level)}</b>
    </>
  );
}

const tagWords = (tags: CardEntry["tags"]) => tags.map((tag) => tag.text ?? tag.code).join("；");

function wordsOf(card: Card): string {
  const tags = tagWords(card.tags ?? []);
  return card.text ? (tags ? `“${card.text}” ${tags}` : `“${card.text}”`) : tags;
}

function VoidForm({ card, close }: { card: Card; close: () => void }) {
  return (
    <WhyForm
      title={t("cardVoidWhy")}
      button={t("cardVoid")}
      testId="card-void"
      close={close}
      act={async (why) => {
        await send("POST", cardPath(card, "/void"), { why });
        notify(t("cardVoided", { n: card.number }));
      }}
    />
  );
}

// --- two entries that differ

function EntryFacts({ entry }: { entry: CardEntry }) {
  return (
    <>
      <p class="row-level">
        <CardFace card={entry} />
      </p>
      <p>{tagWords(entry.tags) || t("noTags")}</p>
      {entry.text && <blockquote>{entry.text}</blockquote>}
      <p class="muted">
        {entry.day} · {counterName(entry.counter)}
        {entry.case_number ? ` · ${entry.case_number}` : ""} · {entry.user}
      </p>
    </>
  );
}

function Decision({ card, close }: { card: Card; close: () => void }) {
  const { data, error, reload } = useResource<CardDetail>(cardPath(card), {}, ["card"]);
  const [chosen, setChosen] = useState(-1);
  if (error) return <Problem error={error} reload={reload} />;
  if (!data) return <Loading />;
  const decide = async (why: string) => {
    const entry = data.entries[chosen] as CardEntry;
    await send("POST", cardPath(card, "/decide"), {
      id: uuid(),
      day: entry.day,
      counter: entry.counter,
      level: entry.level,
      tags: entry.tags.map((tag) => tag.code),
      text: entry.text,
      case: entry.case_number,
      staff: entry.staff_number,
      why,
    });
    notify(t("cardDecided", { n: card.number }));
  };
  return (
    <WhyForm
      title={t("cardDecideWhy")}
      button={t("cardDecide")}
      testId="card-decide"
      act={decide}
      close={close}
      problem={chosen < 0 ? "cardDecideWhich" : null}
    >
      {card.scan && <Photo id={card.scan} name={t("cardScan")} />}
      <div class="cd-two">
        {data.entries.map((entry, i) => (
          <button
            key={i}
            type="button"
            aria-pressed={i === chosen}
            class={`cd-entry ${i === chosen ? "is-on" : ""}`}
            data-testid={`card-entry-${i}`}
            onClick={() => setChosen(i)}
          >
            <EntryFacts entry={entry} />
          </button>
        ))}
      </div>
    </WhyForm>
  );
}

// --- rows

interface LineProps {
  card: Card;
  testId: string;
  enter: ((card: Card) => void) | null;
}

// Entered and confirmed, and yet not counted: its service had a rating already.
function isIdle(card: Card): boolean {
  return card.state === "counted" && card.is_counted === false;
}

function Line({ card, testId, enter }: LineProps) {
  const [open, setOpen] = useState("");
  const toggle = (name: string) => setOpen(open === name ? "" : name);
  const words = wordsOf(card);
  return (
    <div class="cd-line" data-testid={`${testId}-${card.number}`} data-state={card.state}>
      <span class="cd-number">{card.number}</span>
      <span class="row-level">
        <CardFace card={card} />
      </span>
      <span class={`pill cd-${isIdle(card) ? "void" : card.state}`}>{isIdle(card) ? t("cardRepeated") : word("cs_", card.state)}</span>
      <span class="cd-words">
        {words}
        <small>
          {card.day} · {card.counter.name}
          {card.case_number ? ` · ${card.case_number}` : ""} ·{" "}
          <time dateTime={card.entered_at} title={fullTime(card.entered_at)}>
            {card.entered_by} {shortTime(card.entered_at)}
          </time>
          {card.confirmed_by ? ` · ${t("cardConfirmedBy", { who: card.confirmed_by })}` : ""}
          {card.decided_by ? ` · ${t("cardDecidedBy", { who: card.decided_by })}` : ""}
        </small>
      </span>
      <span class="cd-buttons">
        {enter && card.actions.includes("enter") && (
          <button class="button is-primary" data-testid={`card-confirm-${card.number}`} onClick={() => enter(card)}>
            {t("cardConfirm")}
          </button>
        )}
        {card.actions.includes("decide") && (
          <button class="button is-primary" data-testid={`card-decide-${card.number}`} onClick={() => toggle("decide")}>
            {t("cardDecide")}
          </button>
        )}
        {card.actions.includes("void") && (
          <button class="button" data-testid={`card-void-${card.number}`} onClick={() => toggle("void")}>
            {t("cardVoid")}
          </button>
        )}
      </span>
      {open === "void" && <VoidForm card={card} close={() => setOpen("")} />}
      {open === "decide" && <Decision card={card} close={() => setOpen("")} />}
    </div>
  );
}

function Lines({ title, list, line, empty }: { title: string; list: List<Card>; line: (card: Card) => ComponentChildren; empty: string }) {
  const { data, error, more, reload } = list;
  return (
    <section>
      <header class="list-head">
        <h2>{title}</h2>
        {data && <span class="muted">{t("total", { n: data.total })}</span>}
      </header>
      {error && <Problem error={error} reload={reload} />}
      {data?.items.length === 0 && <Empty icon="info" title={empty} />}
      {data && data.items.length > 0 && <div class="card rows">{data.items.map(line)}</div>}
      {more && (
        <button class="button list-more" onClick={more}>
          {t("more")}
        </button>
      )}
    </section>
  );
}

export function CardsPage() {
  const [second, setSecond] = useState<Card | null>(null);
  const waiting = useList<Card>("/api/v1/cards", { waits: "1" }, ["card"]);
  const mine = useList<Card>("/api/v1/cards", { mine: "1" }, ["card"]);
  const saved = (card: Card) => {
    notify(t(card.state === "waiting" ? "cardWaits" : card.state === "differing" ? "cardDiffers" : "cardCounted", { n: card.number }));
    setSecond(null);
    waiting.reload();
    mine.reload();
  };
  return (
    <main class="page cards-page">
      <header class="list-head">
        <h1>{t("cards")}</h1>
        <span class="muted">{t("cardsHint", { who: session()?.user ?? "" })}</span>
        <SheetLinks path="/api/v1/cards" query={{}} testId="cards" />
      </header>
      <div class="cd-columns">
        <CardForm key={second?.id ?? ""} second={second} leave={() => setSecond(null)} saved={saved} />
        <div class="cd-lists">
          <Lines
            title={t("cardsWaiting")}
            list={waiting}
            empty={t("cardsNoneWaiting")}
            line={(card) => <Line key={card.id} card={card} testId="card-waits" enter={setSecond} />}
          />
          <Lines
            title={t("cardsMine")}
            list={mine}
            empty={t("cardsNone")}
            line={(card) => <Line key={card.id} card={card} testId="card-row" enter={null} />}
          />
        </div>
      </div>
    </main>
  );
}
