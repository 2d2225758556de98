// SPDX-License-Identifier: Apache-2.0
// The slip's page on a telephone: /ticket/ID, behind the code on the slip. Where the number stands, without a login and
// without anything of persons. It asks by itself, and says how old it is while it cannot.
//
// Hooks for browser tests (data-testid): ticket-number  ticket-state (data-state)  ticket-before  ticket-wait  ticket-counter
//   ticket-problem  large  language
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type QueueTicket, ScreenError, askBox } from "../screen";
import { type Language, type Word, say, waitText } from "../take/words";
import "./style.css";

const REFRESH_MS = 5_000;
const ID = decodeURIComponent(location.pathname.split("/")[2] ?? "");

type T = (word: Word, n?: number | string) => string;

interface Seen {
  ticket: QueueTicket | null;
  readAt: number;
  isAway: boolean;
  isUnknown: boolean;
}

function useTicket(): Seen {
  const [seen, setSeen] = useState<Seen>({ ticket: null, readAt: 0, isAway: false, isUnknown: false });
  useEffect(() => {
    let timer = 0;
    const read = async () => {
      let isOver = false;
      try {
        const ticket = (await (await askBox(`tickets/${encodeURIComponent(ID)}`, "")).json()) as QueueTicket;
        isOver = ticket.is_over || ticket.state === "finished";
        setSeen((old) => {
          if (ticket.state === "called" && old.ticket?.state === "issued") navigator.vibrate?.([400, 200, 400]);
          return { ticket, readAt: Date.now(), isAway: false, isUnknown: false };
        });
      } catch (error) {
        isOver = error instanceof ScreenError && error.status === 404;
        setSeen((old) => ({ ...old, isAway: !isOver, isUnknown: isOver }));
      }
      if (!isOver) timer = setTimeout(() => void read(), REFRESH_MS);
    };
    void read();
    return () => clearTimeout(timer);
  }, []);
  return seen;
}

function State({ ticket, t, language }: { ticket: QueueTicket; t: T; language: Language }) {
  return (
    <section class={`state is-${ticket.state}`}>
      <p class="word" data-testid="ticket-state" data-state={ticket.state}>
        {ticket.is_over && ticket.state === "issued" ? t("over") : t(`st_${ticket.state}` as Word)}
      </p>
      {ticket.state === "issued" && !ticket.is_over && (
        <>
          <p class="before" data-testid="ticket-before">
            {ticket.before === 0 ? t("next") : t("before", ticket.before ?? 0)}
          </p>
          <p data-testid="ticket-wait">{waitText(language, ticket.estimate)}</p>
          {ticket.counter && <p>{t("only", ticket.counter.name)}</p>}
        </>
      )}
      {ticket.counter && (ticket.state === "called" || ticket.state === "served") && (
        <p class="before" data-testid="ticket-counter">
          {t("goTo", ticket.counter.name)}
        </p>
      )}
      {ticket.state === "missed" && <p>{t("missedHint")}</p>}
      {ticket.state === "finished" && <p>{t("thanks")}</p>}
    </section>
  );
}

function Page() {
  const { ticket, readAt, isAway, isUnknown } = useTicket();
  const [language, setLanguage] = useState<Language>("zh");
  const [isLarge, setLarge] = useState(false);
  const t: T = (word, n) => say(language, word, n);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.classList.toggle("is-large", isLarge);
  }, [language, isLarge]);
  const old = readAt ? new Date(readAt).toTimeString().slice(0, 5) : "—";
  return (
    <main>
      <header>
        <button data-testid="large" onClick={() => setLarge(!isLarge)}>
          {t(isLarge ? "normal" : "large")}
        </button>
        <button data-testid="language" onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
          {t("language")}
        </button>
      </header>
      {isUnknown && (
        <p class="problem" data-testid="ticket-problem">
          {t("notKnown")}
        </p>
      )}
      {!ticket && !isUnknown && <p class="quiet">{t(isAway ? "away" : "reading")}</p>}
      {ticket && !isUnknown && (
        <>
          <p class="hall">{ticket.hall}</p>
          <p class="number" data-testid="ticket-number">
            {ticket.number}
          </p>
          <p class="lane">
            {ticket.lane.name}
            {ticket.priority && ` · ${t("priority")}`}
          </p>
          <State ticket={ticket} t={t} language={language} />
          <p class="quiet">
            {t("issued")} {ticket.issued_at.slice(11, 16)}
          </p>
          <p class="quiet">{t("today")}</p>
          {isAway && (
            <p class="problem" data-testid="ticket-problem">
              {t("old", old)}
            </p>
          )}
        </>
      )}
    </main>
  );
}

render(<Page />, document.getElementById("page") as HTMLElement);
