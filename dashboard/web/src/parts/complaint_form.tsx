// SPDX-License-Identifier: Apache-2.0
// Complaint form: what somebody says at the complaint counter, taken down while that person stands there. Its id is made
// once, so that sending it again after a lost answer is harmless.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { nowMs } from "../clock";
import { counters } from "../hall";
import { notify } from "../notice";
import { sendPicture } from "../picture";
import { useResource } from "../resource";
import type { Category, Complaint, Page } from "../shapes";
import { type Key, language, t, word } from "../text";
import { msOfWall, rfc3339, wallText } from "../time";
import { uuid } from "../uuid";
import { PhotoField } from "./photo";
import { errorText } from "./states";

const CHANNELS = ["counter", "telephone", "letter"];
const TEXT_MAX = 900; // characters: the box takes 3000 bytes

const EMPTY = {
  channel: "counter",
  category: "",
  text: "",
  counter: "",
  happened: "",
  unit: "",
  item: "",
  staffName: "",
  staffNumber: "",
  name: "",
  phone: "",
};
type Entry = typeof EMPTY;

export const categoryName = (category: Category) => (language.value === "zh" ? category.zh : category.en);

function missing(entry: Entry): Key | null {
  if (!entry.category) return "tcCategoryWanted";
  if (!entry.text.trim()) return "tcTextWanted";
  return entry.name.trim() && !entry.phone.trim() ? "tcPhoneWanted" : null;
}

function bodyOf(entry: Entry, id: string, photo: string | null) {
  const text = (value: string) => value.trim() || null;
  const happened = entry.happened ? msOfWall(entry.happened) : null;
  return {
    id,
    category: entry.category,
    channel: entry.channel,
    text: entry.text.trim(),
    counter: text(entry.counter),
    unit: text(entry.unit),
    item: text(entry.item),
    staff: text(entry.staffName) || text(entry.staffNumber) ? { name: text(entry.staffName), number: text(entry.staffNumber) } : null,
    happened: happened === null ? null : rfc3339(happened),
    photo,
    person: entry.phone.trim() ? { name: text(entry.name), phone: entry.phone.trim() } : null,
  };
}

function Categories({ value, choose }: { value: string; choose: (code: string) => void }) {
  const { data } = useResource<Page<Category>>("/api/v1/complaint-categories", {}, []);
  return (
    <div class="quick" role="radiogroup" aria-label={t("tcCategory")}>
      {data?.items.map((one) => (
        <button
          key={one.code}
          type="button"
          role="radio"
          aria-checked={one.code === value}
          class={`chip ${one.code === value ? "is-on" : ""}`}
          data-testid={`complaint-category-${one.code}`}
          onClick={() => choose(one.code)}
        >
          {categoryName(one)}
        </button>
      ))}
    </div>
  );
}

export function ComplaintForm({ taken }: { taken: (complaint: Complaint) => void }) {
  const [id] = useState(uuid);
  const [entry, setEntry] = useState(EMPTY);
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const put = (change: Partial<Entry>) => setEntry((old) => ({ ...old, ...change }));
  const submit = async () => {
    const lack = missing(entry);
    if (lack) return setProblem(t(lack));
    setBusy(true);
    setProblem("");
    try {
      const complaint = await send<Complaint>("POST", "/api/v1/complaints", bodyOf(entry, id, photo ? await sendPicture(photo) : null));
      notify(t("tcTaken", { n: complaint.number }));
      taken(complaint);
    } catch (error) {
      setProblem(error instanceof ApiError ? (error.code === "invalid" ? t("tcInvalid") : errorText(error)) : String(error));
      setBusy(false);
    }
    return undefined;
  };
  const field = (name: keyof Entry, label: Key, more: Record<string, unknown> = {}) => (
    <label class="field">
      <span>{t(label)}</span>
      <input
        value={entry[name]}
        maxLength={60}
        autocomplete="off"
        data-testid={`complaint-${name}`}
        onInput={(event) => put({ [name]: event.currentTarget.value })}
        {...more}
      />
    </label>
  );
  return (
    <form
      class="tc-form"
      data-testid="complaint-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="segments tc-channels" role="radiogroup" aria-label={t("channel")}>
        {CHANNELS.map((channel) => (
          <button
            key={channel}
            type="button"
            role="radio"
            aria-checked={channel === entry.channel}
            class={channel === entry.channel ? "is-on" : ""}
            data-testid={`complaint-channel-${channel}`}
            onClick={() => put({ channel })}
          >
            {word("tcc_", channel)}
          </button>
        ))}
      </div>
      <Categories value={entry.category} choose={(category) => put({ category })} />
      <label class="field">
        <span>{t("tcText")}</span>
        <textarea
          rows={4}
          maxLength={TEXT_MAX}
          value={entry.text}
          data-testid="complaint-text"
          onInput={(event) => put({ text: event.currentTarget.value })}
        />
      </label>
      <div class="tc-two">
        <label class="field">
          <span>{t("tcCounter")}</span>
          <select value={entry.counter} data-testid="complaint-counter" onChange={(event) => put({ counter: event.currentTarget.value })}>
            <option value="">—</option>
            {counters.value.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        {field("happened", "tcHappened", { type: "datetime-local", max: wallText(nowMs.value).slice(0, 16).replace(" ", "T") })}
        {field("unit", "tcUnit")}
        {field("item", "tcItem")}
        {field("staffName", "tcStaffName")}
        {field("staffNumber", "tcStaffNumber")}
      </div>
      <fieldset class="tc-person">
        <legend>{t("tcPerson")}</legend>
        <div class="tc-two">
          {field("name", "tcName", { maxLength: 40 })}
          {field("phone", "tcPhone", { maxLength: 20, inputMode: "tel" })}
        </div>
        <p class="muted">{t("tcPersonHint")}</p>
      </fieldset>
      <div class="action-row tc-actions">
        <PhotoField value={photo} change={setPhoto} label={t("tcPhoto")} testId="complaint-photo" />
        <button class="button is-primary" type="submit" disabled={busy} data-testid="complaint-save">
          {t("tcSave")}
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="complaint-problem">
          {problem}
        </p>
      )}
    </form>
  );
}
