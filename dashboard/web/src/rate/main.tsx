// SPDX-License-Identifier: Apache-2.0
// The telephone's page behind a QR code: five faces, reasons of the level that was chosen, a few words, thank you.
// /r/COUNTER or /r/i/INVITATION. The rating's id is made once and kept, so that sending again is harmless.
//
// Hooks for browser tests (data-testid): rate-title  level-1 ... level-5  tag-{code}  rate-text  rate-send  rate-problem
//   rate-contact rate-name rate-phone  rate-done  rate-follow-up  large  language
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Face } from "../parts/drawn_face";
import { uuid } from "../uuid";
import "./style.css";
import { type Language, type Word, say } from "./words";

type Level = 1 | 2 | 3 | 4 | 5;
const LEVELS: Level[] = [5, 4, 3, 2, 1];

interface Form {
  hall: string;
  counter: { id: string; name: string };
  item: string | null;
  state: string;
  may_rate: boolean;
  person_days: number;
  follow_up: { follows: string; level: Level; at: string } | null; // what may be followed up
  tags: Record<string, { code: string; text: string }[]>;
}

type Shown =
  | { at: "loading" }
  | { at: "form"; form: Form }
  | { at: "end"; word: Word; more?: Word; isGood: boolean; form?: Form }
  | { at: "offline" };

// "/r/c1" is a counter, "/r/i/ID" an invitation.
function subject(): { counter: string } | { invitation: string } {
  const [, , first = "", second = ""] = location.pathname.split("/").map(decodeURIComponent);
  return second ? { invitation: second } : { counter: first };
}

// The last rating given at this code, by which the box knows this telephone again. Kept on the telephone alone.
const KEPT = `hw-rated ${location.pathname}`;

function kept(): { rating?: string; receipt?: string } {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as { rating?: string; receipt?: string };
  } catch {
    return {};
  }
}

function keep(rating: string, receipt: string): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ rating, receipt }));
  } catch {
    // A browser that keeps nothing cannot follow up from the wall's code.
  }
}

const ENDS: Record<string, Word> = { rated: "rated", expired: "expired", not_found: "unknown" };

function useForm(): [Shown, (shown: Shown) => void, () => void] {
  const [shown, setShown] = useState<Shown>({ at: "loading" });
  const open = async () => {
    setShown({ at: "loading" });
    try {
      const answer = await fetch(`/api/v1/public/rating-form?${new URLSearchParams({ ...subject(), ...kept() })}`);
      if (answer.status === 404) return setShown({ at: "end", word: "unknown", isGood: false });
      if (!answer.ok) return setShown({ at: "offline" });
      const form = (await answer.json()) as Form;
      setShown(form.may_rate ? { at: "form", form } : { at: "end", word: ENDS[form.state] ?? "expired", isGood: false, form });
    } catch {
      setShown({ at: "offline" });
    }
    return undefined;
  };
  useEffect(() => void open(), []);
  return [shown, setShown, () => void open()];
}

interface SendProps {
  form: Form;
  level: Level;
  isFollowUp: boolean;
  t: (word: Word, n?: number | string) => string;
  back: () => void;
  done: (shown: Shown) => void;
  contact: Contact;
  setContact: (contact: Contact) => void;
}

// null: anonymous.
type Contact = { name: string; phone: string } | null;

// As the box takes it (rating/person.c); what slips through is answered by it.
const PHONE = /^(\+|0|1[3-9]|[2-8])[0-9 ()-]{5,20}$/;

function personOf(contact: Contact): { person?: { name?: string; phone: string } } {
  const phone = contact?.phone.normalize("NFKC").trim();
  if (!contact || !phone) return {};
  const name = contact.name.trim();
  return { person: name ? { name, phone } : { phone } };
}

function ContactFields({ contact, setContact, t, days }: Pick<SendProps, "contact" | "setContact" | "t"> & { days: number }) {
  if (!contact)
    return (
      <button class="contact" data-testid="rate-contact" onClick={() => setContact({ name: "", phone: "" })}>
        {t("contact")}
      </button>
    );
  return (
    <fieldset>
      <p>{t("contactWhy", days)}</p>
      <label>
        {t("phone")}
        <input
          type="tel"
          autocomplete="tel"
          maxLength={20}
          value={contact.phone}
          data-testid="rate-phone"
          onInput={(event) => setContact({ ...contact, phone: event.currentTarget.value })}
        />
      </label>
      <label>
        {t("name")}
        <input
          autocomplete="name"
          maxLength={30}
          value={contact.name}
          data-testid="rate-name"
          onInput={(event) => setContact({ ...contact, name: event.currentTarget.value })}
        />
      </label>
      <button class="contact" onClick={() => setContact(null)}>
        {t("noContact")}
      </button>
    </fieldset>
  );
}

function Reasons({ form, level, isFollowUp, t, back, done, contact, setContact }: SendProps) {
  const [id] = useState(uuid);
  const [tags, setTags] = useState<string[]>([]);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const toggle = (code: string) => setTags(tags.includes(code) ? tags.filter((one) => one !== code) : [...tags, code]);
  const refused = async (answer: Response) => {
    const body = (await answer.json().catch(() => ({}))) as { error?: { code?: string } };
    const end = ENDS[body.error?.code ?? ""];
    if (end) done({ at: "end", word: end, isGood: false });
    else if (answer.status === 429) setProblem(t("wait", Number(answer.headers.get("Retry-After")) || 10));
    else setProblem(t(answer.status === 400 && contact ? "phoneWrong" : "offline"));
  };
  const send = async () => {
    const who = personOf(contact);
    if ((who.person && !PHONE.test(who.person.phone)) || (contact?.name.trim() && !who.person)) return setProblem(t("phoneWrong"));
    const { receipt } = kept();
    const first = isFollowUp ? { follows: form.follow_up?.follows, ...(receipt ? { receipt } : {}) } : {};
    setBusy(true);
    setProblem("");
    try {
      const answer = await fetch("/api/v1/public/ratings", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id, level, tags, ...(text.trim() ? { text: text.trim() } : {}), ...who, ...first, ...subject() }),
      });
      if (answer.ok) {
        const { receipt } = (await answer.json()) as { receipt: string | null };
        if (receipt) keep(id, receipt);
        return done({ at: "end", word: "thanks", more: level <= 2 ? "thanksBad" : undefined, isGood: true });
      }
      await refused(answer);
    } catch {
      setProblem(t("offline"));
    }
    setBusy(false);
    return undefined;
  };
  return (
    <section>
      <button class="chosen" onClick={back}>
        <Face level={level} size={56} />
        <b>{t(`level${level}` as Word)}</b>
        <span>{t("change")}</span>
      </button>
      <h2>{t("why")}</h2>
      <div class="tags">
        {(form.tags[level] ?? []).map(({ code, text: words }) => (
          <button key={code} aria-pressed={tags.includes(code)} data-testid={`tag-${code}`} onClick={() => toggle(code)}>
            {words}
          </button>
        ))}
      </div>
      <label>
        <h2>{t("text")}</h2>
        <textarea
          rows={4}
          maxLength={300}
          placeholder={t("textHint")}
          value={text}
          data-testid="rate-text"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <ContactFields contact={contact} setContact={setContact} t={t} days={form.person_days} />
      {problem && (
        <p class="problem" role="alert" data-testid="rate-problem">
          {problem}
        </p>
      )}
      <button class="send" disabled={busy} data-testid="rate-send" onClick={() => void send()}>
        {t(busy ? "sending" : "send")}
      </button>
    </section>
  );
}

function Faces({ choose, t }: { choose: (level: Level) => void; t: (word: Word) => string }) {
  return (
    <ul class="faces">
      {LEVELS.map((level) => (
        <li key={level}>
          <button data-testid={`level-${level}`} onClick={() => choose(level)}>
            <Face level={level} size={56} />
            <b>{t(`level${level}` as Word)}</b>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Rate() {
  const [language, setLanguage] = useState<Language>("zh");
  const [isLarge, setLarge] = useState(false);
  const [level, setLevel] = useState<Level | null>(null);
  const [contact, setContact] = useState<Contact>(null);
  const [shown, setShown, open] = useForm();
  const [isFollowUp, setFollowUp] = useState(false);
  const t = (word: Word, n?: number | string) => say(language, word, n);
  const lastText = ({ at, level: last }: NonNullable<Form["follow_up"]>) => `${at.slice(5, 16).replace("T", " ")} ${t(`level${last}` as Word)}`;
  const follow = (form: Form) => {
    setFollowUp(true);
    setShown({ at: "form", form });
  };
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.classList.toggle("is-large", isLarge);
  }, [language, isLarge]);
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
      {shown.at === "loading" && <p class="quiet">{t("loading")}</p>}
      {shown.at === "offline" && (
        <section class="end">
          <p data-testid="rate-problem">{t("offline")}</p>
          <button class="send" onClick={open}>
            {t("again")}
          </button>
        </section>
      )}
      {shown.at === "end" && (
        <section class={`end ${shown.isGood ? "is-good" : ""}`} data-testid="rate-done">
          {shown.isGood && <Face level={5} size={88} />}
          <h1>{t(shown.word)}</h1>
          {shown.more && <p>{t(shown.more)}</p>}
          {shown.form?.follow_up && (
            <button class="contact" data-testid="rate-follow-up" onClick={() => follow(shown.form as Form)}>
              {t("followUp")}
            </button>
          )}
        </section>
      )}
      {shown.at === "form" && (
        <>
          <h1 data-testid="rate-title">{t(isFollowUp ? "followUpTitle" : "title")}</h1>
          {isFollowUp && <p class="quiet">{t("followUpWhy")}</p>}
          <p class="place">
            {shown.form.hall} · <b>{shown.form.counter.name}</b>
            {shown.form.item && <span>{shown.form.item}</span>}
          </p>
          {level ? (
            <Reasons
              key={level}
              isFollowUp={isFollowUp}
              form={shown.form}
              level={level}
              t={t}
              back={() => setLevel(null)}
              done={setShown}
              contact={contact}
              setContact={setContact}
            />
          ) : (
            <Faces choose={setLevel} t={t} />
          )}
          {!isFollowUp && !level && shown.form.follow_up && (
            <button class="contact" data-testid="rate-follow-up" onClick={() => follow(shown.form)}>
              {t("followUpLast", lastText(shown.form.follow_up))}
            </button>
          )}
          <p class="quiet">{t(contact?.phone ? "named" : "anonymous")}</p>
        </>
      )}
    </main>
  );
}

render(<Rate />, document.getElementById("page") as HTMLElement);
