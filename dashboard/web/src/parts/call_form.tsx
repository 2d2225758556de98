// SPDX-License-Identifier: Apache-2.0
// Call form: one call. The number is shown when it is asked for, large; the words to say stand beside; how it went is one
// press, and what follows from it below.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { nowMs } from "../clock";
import { useKeys } from "../keys";
import { notify } from "../notice";
import { session } from "../session";
import type { Callback, Level } from "../shapes";
import { type Key, t, word } from "../text";
import { addDays, dayOf, dayStart, rfc3339 } from "../time";
import { uuid } from "../uuid";
import { Face, levelName } from "./face";
import { Icon } from "./icon";
import { PainTags } from "./painpoints";
import { errorText } from "./states";

const OUTCOMES = ["reached", "not_reached", "wrong_number", "refused"] as const;
const ANSWERS = ["satisfied", "basically", "dissatisfied"] as const;
const LEVELS: Level[] = [5, 4, 3, 2, 1];
const TEXT_MAX = 600; // characters: the box takes 2000 bytes
const HOUR_MS = 3_600_000;

type Outcome = (typeof OUTCOMES)[number];

// When to try again: in an hour, this afternoon (or in three hours), tomorrow morning.
function agains(now: number): { name: Key; at: number }[] {
  const today = dayStart(dayOf(now));
  const afternoon = today + 15 * HOUR_MS;
  return [
    { name: "cbInHour", at: now + HOUR_MS },
    afternoon > now + HOUR_MS ? { name: "cbAfternoon", at: afternoon } : { name: "cbInThree", at: now + 3 * HOUR_MS },
    { name: "cbTomorrow", at: dayStart(addDays(dayOf(now), 1)) + 9 * HOUR_MS },
  ];
}

interface Choices<T> {
  options: readonly T[];
  chosen: T | null;
  choose: (one: T) => void;
  testId: string;
  children: (one: T, i: number) => preact.ComponentChildren;
  idOf?: (one: T) => string;
}

function Choose<T>({ options, chosen, choose, testId, children, idOf = String }: Choices<T>) {
  return (
    <div class="cb-choices" role="radiogroup">
      {options.map((one, i) => (
        <button
          key={i}
          type="button"
          role="radio"
          aria-checked={one === chosen}
          class={`chip ${one === chosen ? "is-on" : ""}`}
          data-testid={`${testId}-${idOf(one)}`}
          onClick={() => choose(one)}
        >
          {children(one, i)}
        </button>
      ))}
    </div>
  );
}

// The number, once it was asked for; each time is on record.
function Dial({ row, dialled }: { row: Callback; dialled: () => void }) {
  const [phone, setPhone] = useState("");
  const [problem, setProblem] = useState("");
  const dial = async () => {
    try {
      const person = await send<{ phone: string | null }>("POST", `/api/v1/callbacks/${encodeURIComponent(row.id)}/dial`);
      setPhone(person.phone ?? "—");
      dialled();
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : String(error));
    }
  };
  useKeys((key) => {
    if (key !== "d" || phone) return false;
    void dial();
    return true;
  });
  if (phone)
    return (
      <p class="cb-number">
        <a href={`tel:${phone}`} data-testid="callback-number">
          {phone.replace(/^(1\d\d)(\d{4})(\d{4})$/, "$1 $2 $3")}
        </a>
      </p>
    );
  return (
    <p class="cb-number">
      <button type="button" class="button is-primary cb-dial" data-testid="callback-dial" disabled={!row.is_callable} onClick={() => void dial()}>
        <Icon name="phone" />
        {t("cbDial")} <kbd>D</kbd>
      </button>
      <small class="muted">{problem || t("cbDialHint")}</small>
    </p>
  );
}

interface FormProps {
  row: Callback;
  script: string;
  dialled: () => void;
  done: () => void;
}

export function CallForm({ row, script, dialled, done }: FormProps) {
  const isRating = row.source === "rating";
  const [id] = useState(uuid);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [answer, setAnswer] = useState<(typeof ANSWERS)[number] | null>(null);
  const [level, setLevel] = useState<Level | null>(null);
  const [text, setText] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const [pain, setPain] = useState("");
  const [next, setNext] = useState(0);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const later = agains(nowMs.value);
  const isReached = outcome === "reached";

  const choose = (one: Outcome) => {
    setOutcome(one);
    setProblem("");
  };
  const missing = (): Key | null => {
    if (!outcome) return "cbOutcomeWanted";
    if (isReached && isRating && !answer) return "cbAnswerWanted";
    return answer === "dissatisfied" && isReached && !text.trim() ? "cbTextWanted" : null;
  };
  const body = () => ({
    id,
    outcome,
    ...(isReached && isRating ? { answer } : {}),
    ...(isReached && !isRating && level ? { level } : {}),
    ...(text.trim() ? { text: text.trim() } : {}),
    ...(outcome === "not_reached" ? { next: rfc3339(later[next]?.at ?? nowMs.value) } : {}),
    ...(isReached && (tags.length > 0 || pain.trim()) ? { painpoint: { tags, ...(pain.trim() ? { text: pain.trim() } : {}) } } : {}),
  });
  const save = async () => {
    const lack = missing();
    if (lack || busy) return setProblem(lack ? t(lack) : "");
    setBusy(true);
    try {
      await send("POST", `/api/v1/callbacks/${encodeURIComponent(row.id)}/tries`, body());
      notify(t("cbSaved", { name: row.name ?? "" }));
      done();
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : String(error));
      setBusy(false);
    }
    return undefined;
  };
  useKeys((key) => {
    const chosen = OUTCOMES[Number(key) - 1];
    if (chosen) choose(chosen);
    else if (key === "Enter" && outcome) void save();
    else return false;
    return true;
  });
  const words = script.replace("{hall}", session()?.hall.name ?? "").replace("{item}", row.item?.name ?? t("cbYourCase"));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Dial row={row} dialled={dialled} />
      <blockquote class="cb-script" data-testid="callback-script">
        {words}
      </blockquote>
      <Choose options={OUTCOMES} chosen={outcome} choose={choose} testId="callback">
        {(one, i) => (
          <>
            <kbd>{i + 1}</kbd> {word("co_", one)}
          </>
        )}
      </Choose>
      {isReached && isRating && (
        <>
          <h3>{t("cbAnswer")}</h3>
          <Choose options={ANSWERS} chosen={answer} choose={setAnswer} testId="callback-answer">
            {(one) => word("rc_", one)}
          </Choose>
        </>
      )}
      {isReached && !isRating && (
        <>
          <h3>{t("cbLevel")}</h3>
          <Choose options={LEVELS} chosen={level} choose={(one) => setLevel(one === level ? null : one)} testId="callback-level">
            {(one) => (
              <>
                <Face level={one} size={26} /> {levelName(one)}
              </>
            )}
          </Choose>
        </>
      )}
      {outcome === "not_reached" && (
        <>
          <h3>{t("cbAgain")}</h3>
          <Choose options={[0, 1, 2]} chosen={next} choose={setNext} testId="callback-again">
            {(one) => t(later[one]?.name ?? "cbInHour")}
          </Choose>
        </>
      )}
      {isReached && <PainTags chosen={tags} choose={setTags} text={pain} setText={setPain} />}
      {outcome && (
        <label class="field">
          <span>{t("cbText")}</span>
          <textarea rows={2} maxLength={TEXT_MAX} value={text} data-testid="callback-text" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      )}
      <div class="action-row">
        <button class="button is-primary" type="submit" disabled={busy || !outcome} data-testid="callback-save">
          {t("cbSave")} <kbd>Enter</kbd>
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="callback-problem">
          {problem}
        </p>
      )}
    </form>
  );
}
