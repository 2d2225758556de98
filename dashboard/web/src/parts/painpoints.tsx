// SPDX-License-Identifier: Apache-2.0
// Pain points 堵点难点: what people stumble over: noted at the counter, counted for a month by reason and item.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { query, setQuery } from "../address";
import { nowMs } from "../clock";
import { counterName } from "../hall";
import { notify } from "../notice";
import { useList, useResource } from "../resource";
import { mayAct, session } from "../session";
import type { Page, Painpoint, PainpointCounts } from "../shapes";
import { t } from "../text";
import { dayOf, dayStart, fullTime, rfc3339, shortTime } from "../time";
import { uuid } from "../uuid";
import { SheetLinks } from "./sheet_links";
import { Empty, Loading, Problem, errorText } from "./states";

const TEXT_MAX = 600; // characters: the box takes 2000 bytes

interface TagsProps {
  chosen: string[];
  choose: (codes: string[]) => void;
  text: string;
  setText: (text: string) => void;
}

export function PainTags({ chosen, choose, text, setText }: TagsProps) {
  const { data } = useResource<{ items: { code: string; text: string }[] }>("/api/v1/painpoint-tags", {}, []);
  const toggle = (code: string) => choose(chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code]);
  return (
    <fieldset class="pp-tags">
      <legend>{t("painpointsAsk")}</legend>
      <div class="cb-choices">
        {(data?.items ?? []).map((tag) => (
          <button
            key={tag.code}
            type="button"
            class={`chip ${chosen.includes(tag.code) ? "is-on" : ""}`}
            aria-pressed={chosen.includes(tag.code)}
            data-testid={`painpoint-tag-${tag.code}`}
            onClick={() => toggle(tag.code)}
          >
            {tag.text}
          </button>
        ))}
      </div>
      <input
        placeholder={t("painpointText")}
        maxLength={TEXT_MAX}
        value={text}
        data-testid="painpoint-text"
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </fieldset>
  );
}

function NoteForm({ done }: { done: () => void }) {
  const empty = { tags: [] as string[], text: "", item: "", unit: "" };
  const [note, setNote] = useState(empty);
  const [id, setId] = useState(uuid);
  const [problem, setProblem] = useState("");
  const put = (change: Partial<typeof empty>) => setNote({ ...note, ...change });
  const save = async () => {
    if (note.tags.length === 0 && !note.text.trim()) return setProblem(t("painpointWanted"));
    try {
      const given = Object.entries({ text: note.text, item: note.item, unit: note.unit }).filter(([, value]) => value.trim());
      await send("POST", "/api/v1/painpoints", { id, tags: note.tags, ...Object.fromEntries(given.map(([key, value]) => [key, value.trim()])) });
      notify(t("painpointSaved"));
      setNote(empty);
      setId(uuid());
      setProblem("");
      done();
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : String(error));
    }
    return undefined;
  };
  return (
    <form
      class="card pp-form"
      data-testid="painpoint-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <PainTags chosen={note.tags} choose={(tags) => put({ tags })} text={note.text} setText={(text) => put({ text })} />
      <div class="pp-place">
        <label class="field">
          <span>{t("item")}</span>
          <input maxLength={80} value={note.item} data-testid="painpoint-item" onInput={(event) => put({ item: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{t("unit")}</span>
          <input maxLength={80} value={note.unit} onInput={(event) => put({ unit: event.currentTarget.value })} />
        </label>
        <button class="button is-primary" type="submit" data-testid="painpoint-save">
          {t("painpointNote")}
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

function Bars({ counts }: { counts: PainpointCounts }) {
  const most = Math.max(1, ...counts.tags.map((tag) => tag.n));
  return (
    <section class="card pp-bars" data-testid="painpoint-bars">
      <h2>{t("painpointsBy", { n: counts.total })}</h2>
      {counts.tags.map((tag) => (
        <div key={tag.code} class="pp-bar">
          <span>{tag.text ?? tag.code}</span>
          <i style={{ width: `${(tag.n / most) * 100}%` }} />
          <b>{tag.n}</b>
        </div>
      ))}
    </section>
  );
}

function Items({ counts }: { counts: PainpointCounts }) {
  const name = (code: string) => counts.tags.find((tag) => tag.code === code)?.text ?? code;
  return (
    <section class="card pp-items">
      <h2>{t("painpointsByItem")}</h2>
      <table class="table">
        <tbody>
          {counts.items.map((row, i) => (
            <tr key={i}>
              <td>
                <b>{row.name ?? t("painpointNoItem")}</b>
                {row.unit && <small>{row.unit}</small>}
              </td>
              <td>
                {Object.entries(row.tags)
                  .sort((a, b) => b[1] - a[1])
                  .map(([code, n]) => `${name(code)} ${n}`)
                  .join("；")}
              </td>
              <td class="pp-n">{row.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Said({ of }: { of: Pick<Painpoint, "tags" | "text"> }) {
  return (
    <>
      {of.text && <q>{of.text}</q>} {of.tags.map((tag) => tag.text ?? tag.code).join("；")}
    </>
  );
}

// Another entry in the place of one; the one before stays to be seen.
function CorrectForm({ row, close }: { row: Painpoint; close: () => void }) {
  const [tags, setTags] = useState(row.tags.map((tag) => tag.code));
  const [text, setText] = useState(row.text ?? "");
  const [item, setItem] = useState(row.item_name ?? "");
  const [why, setWhy] = useState("");
  const [id] = useState(uuid);
  const [problem, setProblem] = useState("");
  const put = async (isWithdrawn: boolean) => {
    if (!why.trim()) return setProblem(t("whyWanted"));
    if (!isWithdrawn && tags.length === 0 && !text.trim()) return setProblem(t("painpointWanted"));
    const said = { tags, ...(text.trim() ? { text: text.trim() } : {}), ...(item.trim() ? { item: item.trim() } : {}), ...(row.unit ? { unit: row.unit } : {}) };
    try {
      await send("POST", `/api/v1/painpoints/${encodeURIComponent(row.id)}/correct`, { id, why: why.trim(), ...(isWithdrawn ? { tags: [] } : said) });
      notify(t(isWithdrawn ? "painpointWithdrawn" : "painpointCorrected"));
      close();
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : String(error));
    }
    return undefined;
  };
  return (
    <form
      class="pp-correct"
      data-testid="painpoint-correct-form"
      onSubmit={(event) => {
        event.preventDefault();
        void put(false);
      }}
    >
      <PainTags chosen={tags} choose={setTags} text={text} setText={setText} />
      <div class="pp-place">
        <label class="field">
          <span>{t("item")}</span>
          <input maxLength={80} value={item} onInput={(event) => setItem(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{t("painpointWhy")}</span>
          <input maxLength={TEXT_MAX} value={why} data-testid="painpoint-why" onInput={(event) => setWhy(event.currentTarget.value)} />
        </label>
      </div>
      <div class="action-row">
        <button class="button is-primary" type="submit" data-testid="painpoint-correct-save">
          {t("painpointCorrect")}
        </button>
        <button class="button" type="button" data-testid="painpoint-withdraw" onClick={() => void put(true)}>
          {t("painpointWithdraw")}
        </button>
        <button class="button" type="button" onClick={close}>
          {t("cancel")}
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="painpoint-problem">
          {problem}
        </p>
      )}
    </form>
  );
}

function WordsRow({ row }: { row: Painpoint }) {
  const [isOpen, setOpen] = useState(false);
  const before = row.corrected?.before;
  return (
    <li data-testid={`painpoint-row-${row.id}`}>
      <p class={row.is_withdrawn ? "muted" : ""}>{row.is_withdrawn ? t("painpointIsWithdrawn") : <Said of={row} />}</p>
      <small class="muted">
        {shortTime(row.at)} · {row.item_name ?? t("painpointNoItem")}
        {row.counter ? ` · ${counterName(row.counter)}` : ""} · {t(row.source === "callback" ? "callbackOne" : "painpointAtCounter")} · {row.who}
      </small>
      {before && row.corrected && (
        <p class="pp-before">
          {t("painpointWas", { who: before.who })} <s><Said of={before} /></s>
          <small>
            {fullTime(row.corrected.at)} · {row.who} · {row.corrected.why}
          </small>
        </p>
      )}
      {mayAct() && !row.is_withdrawn && !isOpen && (
        <button class="link pp-mend" type="button" data-testid={`painpoint-correct-${row.id}`} onClick={() => setOpen(true)}>
          {t("painpointCorrect")}
        </button>
      )}
      {isOpen && <CorrectForm row={row} close={() => setOpen(false)} />}
    </li>
  );
}

function Words({ rows }: { rows: Painpoint[] }) {
  return (
    <section class="card pp-words" data-testid="painpoint-words">
      <h2>{t("painpointsSaid")}</h2>
      <ul>
        {rows.map((row) => (
          <WordsRow key={row.id} row={row} />
        ))}
      </ul>
    </section>
  );
}

// "2026-11" to the times from and to.
function monthQuery(month: string): { from: string; to: string } {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  const after = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
  return { from: rfc3339(dayStart(`${month}-01`)), to: rfc3339(dayStart(`${after}-01`)) };
}

function Month() {
  const month = /^\d{4}-\d{2}$/.test(query.value.month ?? "") ? (query.value.month as string) : dayOf(nowMs.value).slice(0, 7);
  const list = useList<Painpoint>("/api/v1/painpoints", monthQuery(month), ["painpoint"]);
  const counts = (list.data as (Page<Painpoint> & { counts: PainpointCounts }) | null)?.counts;
  return (
    <>
      <label class="field pp-month">
        <span>{t("painpointMonth")}</span>
        <input type="month" value={month} data-testid="painpoint-month" onChange={(event) => setQuery({ month: event.currentTarget.value })} />
      </label>
      {list.data && list.data.total > 0 && <SheetLinks path="/api/v1/painpoints" query={monthQuery(month)} testId="painpoints" />}
      {list.error && <Problem error={list.error} reload={list.reload} />}
      {!list.data && !list.error && <Loading />}
      {list.data?.total === 0 && <Empty icon="flags" title={t("painpointsNone")} />}
      {list.data && counts && list.data.total > 0 && (
        <div class="pp-columns">
          <Bars counts={counts} />
          <Items counts={counts} />
          <Words rows={list.data.items} />
        </div>
      )}
      {list.more && (
        <button class="button list-more" onClick={list.more}>
          {t("more")}
        </button>
      )}
    </>
  );
}

export function Painpoints() {
  const role = session()?.role;
  return (
    <div class="pp-page">
      <NoteForm done={() => {}} />
      {role !== "staff" && <Month />}
    </div>
  );
}
