// SPDX-License-Identifier: Apache-2.0
// The ticket page 取号, for a tablet in the hall: what to do, 优先 or not, the number, a slip from the printer. Works with a
// screen's token (screen.ts). It goes back to the beginning by itself. /take?paper=80 for paper of 80 mm, else 58.
//
// Hooks for browser tests (data-testid): take-lane-{id}  take-{ordinary|elder|disabled|soldier|pregnant}  take-number  take-slip
//   take-done  take-print  take-problem  large  language
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Estimate, type QueueTicket, ScreenError, askBox, screenToken } from "../screen";
import { uuid } from "../uuid";
import "./style.css";
import { type Language, type Word, say, waitText } from "./words";

interface Lane {
  id: string;
  name: string;
  takes_priority: boolean;
  waiting: number;
  estimate: Estimate | null;
}

type Shown =
  | { at: "lanes" }
  | { at: "who"; lane: Lane }
  | { at: "getting" }
  | { at: "ticket"; ticket: QueueTicket };

type T = (word: Word, n?: number | string) => string;

const REFRESH_MS = 5_000;
const IDLE_MS = 30_000; // then whoever stood here has gone
const SHOWN_MS = 20_000; // the number
const REASONS = ["elder", "disabled", "soldier", "pregnant"] as const;

const token = screenToken("take");
const paper = new URLSearchParams(location.search).get("paper") === "80" ? 80 : 58;

function useOffer(): { hall: string; lanes: Lane[] | null; problem: Word | null } {
  const [offer, setOffer] = useState<{ hall: string; lanes: Lane[] | null; problem: Word | null }>({ hall: "", lanes: null, problem: null });
  useEffect(() => {
    const read = async () => {
      try {
        const answer = (await (await askBox("lanes", token)).json()) as { hall: string; lanes: Lane[] };
        setOffer({ ...answer, problem: answer.lanes.length === 0 ? "none" : null });
      } catch (error) {
        const isRefused = error instanceof ScreenError && error.status === 401;
        setOffer((old) => ({ ...old, problem: isRefused ? "unknownScreen" : "away" }));
      }
    };
    void read();
    const timer = setInterval(() => void read(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return offer;
}

// Calls back when nobody has touched anything for so long.
function useIdle(key: string, ms: number, then: () => void) {
  useEffect(() => {
    let timer = setTimeout(then, ms);
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(then, ms);
    };
    addEventListener("pointerdown", again);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointerdown", again);
    };
  }, [key]);
}

function Lanes({ lanes, choose, t, language }: { lanes: Lane[]; choose: (lane: Lane) => void; t: T; language: Language }) {
  return (
    <ul class={`lanes ${lanes.length > 4 ? "is-many" : ""}`}>
      {lanes.map((lane) => (
        <li key={lane.id}>
          <button data-testid={`take-lane-${lane.id}`} onClick={() => choose(lane)}>
            <b>{lane.name}</b>
            <span>{lane.waiting === 0 ? t("nobody") : t("waiting", lane.waiting)}</span>
            {lane.waiting > 0 && <span>{waitText(language, lane.estimate)}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Who({ lane, take, back, t }: { lane: Lane; take: (lane: Lane, priority: string | null) => void; back: () => void; t: T }) {
  return (
    <section class="who">
      <h1>
        {lane.name} · {t("who")}
      </h1>
      <p class="quiet">{t("whoHint")}</p>
      <div class="reasons">
        {REASONS.map((reason) => (
          <button key={reason} data-testid={`take-${reason}`} onClick={() => take(lane, reason)}>
            {t(reason)}
          </button>
        ))}
      </div>
      <button class="main" data-testid="take-ordinary" onClick={() => take(lane, null)}>
        {t("ordinary")}
      </button>
      <button class="back" onClick={back}>
        ‹ {t("back")}
      </button>
    </section>
  );
}

const clockText = (time: string) => `${time.slice(0, 10)} ${time.slice(11, 16)}`;

// The slip's picture is the box's own (dashboard/qr_code.h).
function Code({ svg }: { svg: string }) {
  return <div class="code" dangerouslySetInnerHTML={{ __html: svg }} />;
}

function Ahead({ ticket, t, language }: { ticket: QueueTicket; t: T; language: Language }) {
  return (
    <p class="ahead">
      <b>{ticket.before === 0 ? t("next") : t("before", ticket.before ?? 0)}</b>
      <span>{waitText(language, ticket.estimate)}</span>
    </p>
  );
}

function Slip({ ticket, t, language }: { ticket: QueueTicket; t: T; language: Language }) {
  return (
    <div class="slip" data-testid="take-slip">
      <p class="slip-hall">{ticket.hall}</p>
      <p class="slip-lane">
        {ticket.lane.name}
        {ticket.priority && ` · ${t("priority")}`}
      </p>
      <p class="slip-number">{ticket.number}</p>
      <Ahead ticket={ticket} t={t} language={language} />
      {ticket.svg && <Code svg={ticket.svg} />}
      <p>{t("scan")}</p>
      <p>
        {t("issued")} {clockText(ticket.issued_at)}
      </p>
      <p>{t("today")}</p>
    </div>
  );
}

function Ticket({ ticket, done, t, language }: { ticket: QueueTicket; done: () => void; t: T; language: Language }) {
  useIdle(ticket.id, SHOWN_MS, done);
  useEffect(() => {
    const timer = setTimeout(() => window.print(), 100); // the slip has been drawn
    return () => clearTimeout(timer);
  }, [ticket.id]);
  return (
    <>
      <section class="given">
        <div>
          <p>{t("yours")}</p>
          <p class="number" data-testid="take-number">
            {ticket.number}
          </p>
          <p class="given-lane">
            {ticket.lane.name}
            {ticket.priority && <em>{t("priority")}</em>}
          </p>
          <Ahead ticket={ticket} t={t} language={language} />
          <p>{t("takeSlip")}</p>
        </div>
        <div class="given-code">
          {ticket.svg && <Code svg={ticket.svg} />}
          <p>{t("scan")}</p>
        </div>
        <div class="given-buttons">
          <button class="main" data-testid="take-done" onClick={done}>
            {t("done")}
          </button>
          <button class="back" data-testid="take-print" onClick={() => window.print()}>
            {t("printAgain")}
          </button>
        </div>
      </section>
      <Slip ticket={ticket} t={t} language={language} />
    </>
  );
}

function Page() {
  const { hall, lanes, problem } = useOffer();
  const [shown, setShown] = useState<Shown>({ at: "lanes" });
  const [failed, setFailed] = useState(false);
  const [language, setLanguage] = useState<Language>("zh");
  const [isLarge, setLarge] = useState(false);
  const isBusy = useRef(false);
  const t: T = (word, n) => say(language, word, n);
  const home = () => {
    setShown({ at: "lanes" });
    setFailed(false);
  };
  const reset = () => {
    home();
    setLanguage("zh");
    setLarge(false);
  };
  useIdle(shown.at, IDLE_MS, reset);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.classList.toggle("is-large", isLarge);
  }, [language, isLarge]);
  // One press is one number, however often the finger comes down; the id makes a second try the same number.
  const take = async (lane: Lane, priority: string | null) => {
    if (isBusy.current) return;
    isBusy.current = true;
    setShown({ at: "getting" });
    setFailed(false);
    const body = { id: uuid(), lane: lane.id, priority };
    const once = async () => (await (await askBox("tickets", token, body)).json()) as QueueTicket;
    try {
      setShown({ at: "ticket", ticket: await once().catch(once) });
    } catch {
      setShown({ at: "lanes" });
      setFailed(true);
    }
    isBusy.current = false;
  };
  const choose = (lane: Lane) => (lane.takes_priority ? setShown({ at: "who", lane }) : void take(lane, null));
  return (
    <main>
      <style>{`@media print { @page { size: ${paper}mm auto; margin: 0 } .slip { width: ${paper}mm } }`}</style>
      <header>
        <b>{hall}</b>
        <span>
          <button data-testid="large" onClick={() => setLarge(!isLarge)}>
            {t(isLarge ? "normal" : "large")}
          </button>
          <button data-testid="language" onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
            {t("language")}
          </button>
        </span>
      </header>
      {(problem || failed) && (
        <p class="problem" role="alert" data-testid="take-problem">
          {t(problem ?? "failed")}
        </p>
      )}
      {shown.at === "lanes" && lanes && lanes.length > 0 && problem !== "unknownScreen" && (
        <section>
          <h1>{t("title")}</h1>
          <Lanes lanes={lanes} choose={choose} t={t} language={language} />
        </section>
      )}
      {shown.at === "who" && <Who lane={shown.lane} take={(lane, priority) => void take(lane, priority)} back={home} t={t} />}
      {shown.at === "getting" && <p class="wait">{t("getting")}</p>}
      {shown.at === "ticket" && <Ticket ticket={shown.ticket} done={reset} t={t} language={language} />}
    </main>
  );
}

render(<Page />, document.getElementById("page") as HTMLElement);
