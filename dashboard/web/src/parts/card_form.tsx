// SPDX-License-Identifier: Apache-2.0
// Card form: one paper card after another, by keyboard alone. The faces hold the focus: 1 to 5 choose the level, A to H
// its reasons, Enter saves and goes on to the next; N, T, M and P lead to number, text, case and picture, and Escape back.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { nowMs } from "../clock";
import { counters } from "../hall";
import { sendPicture } from "../picture";
import { useResource } from "../resource";
import type { Card, Level } from "../shapes";
import { type Key, t } from "../text";
import { dayOf } from "../time";
import { uuid } from "../uuid";
import { Face, levelName } from "./face";
import { Photo, PhotoField } from "./photo";
import { errorText } from "./states";

const LEVELS: Level[] = [5, 4, 3, 2, 1];
const LETTERS = "abcdefgh";
const COUNTER_KEY = "hallwatch.cards.counter";
const TEXT_MAX = 300; // characters: the box takes 1000 bytes

type Tags = Record<string, { code: string; text: string }[]>;

// "0017" after "0016"; a number that does not end in digits has no next one.
export function nextNumber(number: string): string {
  const digits = /\d+$/.exec(number)?.[0];
  if (!digits) return "";
  return number.slice(0, -digits.length) + String(Number(digits) + 1).padStart(digits.length, "0");
}

interface Entry {
  day: string;
  counter: string;
  number: string;
  level: Level | 0;
  tags: string[];
  text: string;
  caseNumber: string;
}

function cardProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.code === "not_allowed") return t("cardNotAllowed");
  if (error.code === "conflict") return t("cardKnown");
  return errorText(error);
}

function missing(entry: Entry): Key | null {
  if (!entry.number.trim()) return "cardNumberWanted";
  if (!entry.counter) return "cardCounterWanted";
  return entry.level ? null : "cardLevelWanted";
}

function bodyOf(entry: Entry, scan: string | null) {
  return {
    id: uuid(),
    number: entry.number.trim(),
    day: entry.day,
    counter: entry.counter,
    level: entry.level,
    tags: entry.tags,
    text: entry.text.trim() || null,
    case: entry.caseNumber.trim() || null,
    scan,
  };
}

function Levels({ level, choose }: { level: Level | 0; choose: (level: Level) => void }) {
  return (
    <div class="cd-levels">
      {LEVELS.map((one) => (
        <button
          key={one}
          type="button"
          tabIndex={-1}
          role="radio"
          aria-checked={one === level}
          class={`cd-level ${one === level ? "is-on" : ""}`}
          data-testid={`card-level-${one}`}
          onClick={() => choose(one)}
        >
          <kbd>{one}</kbd>
          <Face level={one} size={44} />
          {levelName(one)}
        </button>
      ))}
    </div>
  );
}

function Reasons({ tags, chosen, toggle }: { tags: Tags[string]; chosen: string[]; toggle: (code: string) => void }) {
  return (
    <div class="cd-reasons">
      {tags.map((tag, i) => (
        <button
          key={tag.code}
          type="button"
          tabIndex={-1}
          aria-pressed={chosen.includes(tag.code)}
          class={`chip ${chosen.includes(tag.code) ? "is-on" : ""}`}
          data-testid={`card-tag-${tag.code}`}
          onClick={() => toggle(tag.code)}
        >
          <kbd>{(LETTERS[i] ?? "").toUpperCase()}</kbd> {tag.text}
        </button>
      ))}
    </div>
  );
}

interface FormProps {
  second: Card | null; // a card that waits for this second entry; null: a new one
  leave: () => void; // of the second entry
  saved: (card: Card) => void;
}

export function CardForm({ second, leave, saved }: FormProps) {
  const fresh: Entry = {
    day: second?.day ?? dayOf(nowMs.value),
    counter: second?.counter.id ?? localStorage.getItem(COUNTER_KEY) ?? "",
    number: second?.number ?? "",
    level: 0,
    tags: [],
    text: "",
    caseNumber: "",
  };
  const [entry, setEntry] = useState(fresh);
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const known = useResource<{ levels: Tags }>("/api/v1/rating-tags", {}, []);
  const faces = useRef<HTMLDivElement>(null);
  const number = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLInputElement>(null);
  const caseField = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  useEffect(() => (entry.number ? faces.current : number.current)?.focus(), []);
  const put = (change: Partial<Entry>) => setEntry((old) => ({ ...old, ...change }));
  const tags = known.data?.levels[String(entry.level)] ?? [];
  const choose = (level: Level) => {
    put({ level, tags: [] });
    faces.current?.focus();
  };
  const toggle = (code: string) => put({ tags: entry.tags.includes(code) ? entry.tags.filter((one) => one !== code) : [...entry.tags, code] });

  const save = async () => {
    const lack = missing(entry);
    if (lack || busy) return setProblem(lack ? t(lack) : "");
    setBusy(true);
    setProblem("");
    try {
      const scan = photo && !second ? await sendPicture(photo) : null;
      const card = await send<Card>("POST", "/api/v1/cards", bodyOf(entry, scan));
      if (!second) localStorage.setItem(COUNTER_KEY, entry.counter);
      put({ number: nextNumber(entry.number.trim()), level: 0, tags: [], text: "", caseNumber: "" });
      setPhoto(null);
      saved(card);
    } catch (error) {
      setProblem(cardProblem(error));
    }
    setBusy(false);
    faces.current?.focus();
    return undefined;
  };

  const onFaceKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const tag = tags[LETTERS.indexOf(key)];
    const fields: Record<string, HTMLInputElement | null> = { n: number.current, t: text.current, m: caseField.current };
    if (/^[1-5]$/.test(key)) choose(Number(key) as Level);
    else if (key.length === 1 && tag) toggle(tag.code);
    else if (fields[key]) fields[key]?.select();
    else if (key === "p") file.current?.click();
    else if (key === "enter") void save();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the letters lead to other pages elsewhere
  };
  const onFieldKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") faces.current?.focus();
    else if (event.key !== "Enter") return;
    else if (event.currentTarget === number.current && !entry.level) faces.current?.focus();
    else void save();
    event.preventDefault();
    event.stopPropagation();
  };
  const field = (name: "number" | "text" | "caseNumber") => ({
    value: entry[name],
    onInput: (event: Event) => put({ [name]: (event.currentTarget as HTMLInputElement).value }),
    onKeyDown: onFieldKey,
  });

  return (
    <section class="card cd-form" data-testid="card-form" data-second={second ? "1" : "0"}>
      <h2>{second ? t("cardSecond", { n: second.number }) : t("cardNew")}</h2>
      {second && <p class="muted">{t("cardSecondHint")}</p>}
      {second?.scan && <Photo id={second.scan} name={t("cardScan")} />}
      <div class="cd-place">
        <label class="field">
          <span>{t("cardDay")}</span>
          <input
            type="date"
            value={entry.day}
            max={dayOf(nowMs.value)}
            data-testid="card-day"
            onChange={(event) => put({ day: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{t("counter")}</span>
          <select value={entry.counter} data-testid="card-counter" onChange={(event) => put({ counter: event.currentTarget.value })}>
            <option value="">—</option>
            {counters.value.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>
            {t("cardNumber")} <kbd>N</kbd>
          </span>
          <input ref={number} maxLength={32} autocomplete="off" readOnly={!!second} data-testid="card-number" {...field("number")} />
        </label>
      </div>
      <div ref={faces} class="cd-faces" tabIndex={0} role="radiogroup" aria-label={t("level")} data-testid="card-faces" onKeyDown={onFaceKey}>
        <Levels level={entry.level} choose={choose} />
        {tags.length > 0 ? <Reasons tags={tags} chosen={entry.tags} toggle={toggle} /> : <p class="muted cd-hint">{t("cardKeys")}</p>}
      </div>
      <div class="cd-more">
        <label class="field">
          <span>
            {t("comment")} <kbd>T</kbd>
          </span>
          <input ref={text} maxLength={TEXT_MAX} autocomplete="off" data-testid="card-text" {...field("text")} />
        </label>
        <label class="field">
          <span>
            {t("cardCase")} <kbd>M</kbd>
          </span>
          <input ref={caseField} maxLength={50} autocomplete="off" data-testid="card-case" {...field("caseNumber")} />
        </label>
      </div>
      <div class="action-row cd-actions">
        {!second && <PhotoField value={photo} change={setPhoto} label={t("cardScanAdd")} testId="card-scan" input={file} />}
        <button class="button is-primary" type="button" disabled={busy} data-testid="card-save" onClick={() => void save()}>
          {t("cardSave")} <kbd>Enter</kbd>
        </button>
        {second && (
          <button class="button" type="button" onClick={leave}>
            {t("cancel")}
          </button>
        )}
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="card-problem">
          {problem}
        </p>
      )}
    </section>
  );
}
