// SPDX-License-Identifier: Apache-2.0
// The query page 办件查询: a case's number and four digits, and where the case stands. For telephones, and with
// ?kiosk=1 for a touch screen in the hall: keys on the screen, and back to the beginning when nobody touches it.
// /query?number=N&sign=S, the code of a receipt, asks for the digits alone.
//
// Nothing stays behind: no field has a name or is completed, what was typed and answered is in memory only, and the
// address is made plain at once.
//
// Hooks for browser tests (data-testid): query-number query-tail query-next query-back query-send query-problem
//   pad key-{key}  query-result (data-state) query-sentence query-wants query-steps query-step-{step} query-due
//   query-applicant query-again query-idle (data-left) query-stay  query-off  query-code  large language
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useIdle } from "../idle";
import { Pad } from "./pad";
import { type Progress, ProgressCard } from "./progress";
import "./style.css";
import { type Language, type Word, say } from "./words";

const IDLE_S = 60;
const WARN_S = 20; // the countdown stands out from then on
const TAIL = 4;
const NUMBER_MAX = 50;
const SIZES = [18, 24, 30]; // px (适老化)

const asked = new URLSearchParams(location.search);
const isKiosk = asked.get("kiosk") === "1";
const receipt = { number: asked.get("number") ?? "", sign: asked.get("sign") ?? "" };
history.replaceState(null, "", isKiosk ? "/query?kiosk=1" : "/query");

type T = (word: Word, values?: Record<string, string | number>) => string;

interface Form {
  hall: string;
  code: { url: string; svg: string };
}

type Shown = "loading" | "off" | "offline" | Form;

function useForm(): Shown {
  const [shown, setShown] = useState<Shown>("loading");
  useEffect(() => {
    let timer = 0;
    const open = async () => {
      try {
        const answer = await fetch("/api/v1/public/query", { credentials: "omit" });
        if (answer.ok) return setShown((await answer.json()) as Form);
        setShown(answer.status === 404 ? "off" : "offline");
      } catch {
        setShown("offline");
      }
      timer = window.setTimeout(() => void open(), 10_000); // a kiosk that was on before the box
      return undefined;
    };
    void open();
    return () => clearTimeout(timer);
  }, []);
  return shown;
}

interface Answer {
  progress?: Progress;
  problem?: [Word, number?];
}

async function ask(number: string, tail: string): Promise<Answer> {
  const sign = number === receipt.number ? receipt.sign : "";
  try {
    const answer = await fetch("/api/v1/public/query", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ number, tail, ...(sign ? { sign } : {}) }),
    });
    if (answer.ok) return { progress: (await answer.json()) as Progress };
    if (answer.status === 429) return { problem: ["wait", Number(answer.headers.get("Retry-After")) || 10] };
    return { problem: [answer.status === 404 || answer.status === 400 ? "wrong" : "offline"] };
  } catch {
    return { problem: ["offline"] };
  }
}

// A scanner that types the code of a receipt into the field.
function scanned(text: string): string {
  const found = /\/query\?(.*)$/.exec(text);
  if (!found) return text;
  const parts = new URLSearchParams(found[1]);
  receipt.number = parts.get("number") ?? "";
  receipt.sign = parts.get("sign") ?? "";
  return receipt.number;
}

interface FieldProps {
  id: "number" | "tail";
  value: string;
  set: (value: string) => void;
  done: () => void;
  t: T;
}

function Field({ id, value, set, done, t }: FieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [id]);
  const change = (text: string) => set(id === "number" ? scanned(text).slice(0, NUMBER_MAX) : text.replace(/[^0-9xX]/g, "").slice(0, TAIL));
  return (
    <label class="field">
      <b>{t(id)}</b>
      <span>{t(id === "number" ? "numberHint" : "tailHint")}</span>
      <input
        ref={field}
        class={id}
        value={value}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        inputMode={isKiosk ? "none" : id === "tail" ? "numeric" : "text"}
        data-testid={`query-${id}`}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && done()}
      />
    </label>
  );
}

function Asking({ form, t, answered }: { form: Form; t: T; answered: (progress: Progress) => void }) {
  const [number, setNumber] = useState(receipt.number);
  const [tail, setTail] = useState("");
  const [isAtTail, setAtTail] = useState(receipt.number !== "");
  const [problem, setProblem] = useState<[Word, number?] | null>(null);
  const [busy, setBusy] = useState(false);
  const value = isAtTail ? tail : number;
  const set = (text: string) => {
    setProblem(null);
    if (isAtTail) setTail(text.slice(0, TAIL).toUpperCase());
    else setNumber(text.slice(0, NUMBER_MAX));
  };
  const isComplete = isAtTail ? tail.length === TAIL : number.trim() !== "";
  const send = async () => {
    setBusy(true);
    const answer = await ask(number.trim(), tail);
    setBusy(false);
    if (answer.progress) return answered(answer.progress);
    setTail("");
    setProblem(answer.problem ?? ["offline"]);
    return undefined;
  };
  const go = () => {
    if (!isComplete || busy) return;
    if (isAtTail) void send();
    else setAtTail(true);
  };
  return (
    <section class="asking">
      <h1>{t("title")}</h1>
      {isAtTail && (
        <p class="chosen">
          {t("number")} <b>{number}</b>
        </p>
      )}
      <Field key={isAtTail ? "tail" : "number"} id={isAtTail ? "tail" : "number"} value={value} set={set} done={go} t={t} />
      {problem && (
        <p class="problem" role="alert" data-testid="query-problem">
          {t(problem[0], { n: problem[1] ?? 0 })}
        </p>
      )}
      {isKiosk ? (
        <Pad
          hasLetters={!isAtTail}
          press={(key) => set(value + key)}
          erase={() => set(value.slice(0, -1))}
          clear={() => set("")}
          words={{ erase: t("erase"), clear: t("clear") }}
        />
      ) : (
        isAtTail && (
          <button class="plain" data-testid="key-X" onClick={() => set(tail + "X")}>
            X
          </button>
        )
      )}
      <div class="go">
        {isAtTail && (
          <button class="plain" data-testid="query-back" onClick={() => setAtTail(false)}>
            {t("back")}
          </button>
        )}
        <button class="send" disabled={!isComplete || busy} data-testid={isAtTail ? "query-send" : "query-next"} onClick={go}>
          {t(busy ? "asking" : isAtTail ? "ask" : "next")}
        </button>
      </div>
      {isKiosk && !isAtTail && (
        <figure class="code" data-testid="query-code">
          <img src={`data:image/svg+xml;utf8,${encodeURIComponent(form.code.svg)}`} alt={form.code.url} />
          <figcaption>{t("scan")}</figcaption>
        </figure>
      )}
    </section>
  );
}

function Header({ hall, size, setSize, language, setLanguage, t }: {
  hall: string;
  size: number;
  setSize: (size: number) => void;
  language: Language;
  setLanguage: (language: Language) => void;
  t: T;
}) {
  return (
    <header>
      <b>{hall}</b>
      <button data-testid="large" onClick={() => setSize((size + 1) % SIZES.length)}>
        {t(size === SIZES.length - 1 ? "normal" : "large")}
      </button>
      <button data-testid="language" onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
        {t("language")}
      </button>
    </header>
  );
}

const START_SIZE = isKiosk ? 1 : 0;

function Query() {
  const form = useForm();
  const [language, setLanguage] = useState<Language>("zh");
  const [size, setSize] = useState(START_SIZE);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [round, setRound] = useState(0); // another one has nothing of the one before
  const t: T = (word, values) => say(language, word, values);
  const reset = () => {
    receipt.number = receipt.sign = "";
    setProgress(null);
    setRound((n) => n + 1);
    scrollTo(0, 0);
  };
  const leave = () => {
    setLanguage("zh");
    setSize(START_SIZE);
    reset();
  };
  const left = useIdle(IDLE_S, isKiosk, leave);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.style.fontSize = `${SIZES[size] ?? 18}px`;
  }, [language, size]);
  // A page that the browser kept for its back button begins anew.
  useEffect(() => addEventListener("pageshow", (event) => event.persisted && location.reload()), []);
  if (typeof form === "string")
    return (
      <p class="off" data-testid={form === "off" ? "query-off" : undefined}>
        {t(form)}
      </p>
    );
  return (
    <main class={isKiosk ? "is-kiosk" : ""}>
      <Header hall={form.hall} size={size} setSize={setSize} language={language} setLanguage={setLanguage} t={t} />
      {progress ? (
        <section class="told">
          <ProgressCard language={language} one={progress} />
          <button class="send" data-testid="query-again" onClick={isKiosk ? leave : reset}>
            {t(isKiosk ? "leave" : "again")}
          </button>
        </section>
      ) : (
        <Asking key={round} form={form} t={t} answered={setProgress} />
      )}
      {isKiosk && (
        <p class={`idle ${left <= WARN_S ? "is-near" : ""}`} data-testid="query-idle" data-left={left}>
          {progress || left < IDLE_S ? t("idle", { n: left }) : ""}
          {left <= WARN_S && left > 0 && <button data-testid="query-stay">{t("stay")}</button>}
        </p>
      )}
      <footer>{t("quiet")}</footer>
    </main>
  );
}

if (isKiosk) addEventListener("contextmenu", (event) => event.preventDefault());
render(<Query />, document.getElementById("page") as HTMLElement);
