// SPDX-License-Identifier: Apache-2.0
// Master form: one record, to look at or to change. What is sent names the version that was looked at: who has changed it
// meanwhile is not overwritten.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { notify } from "../notice";
import { pictureAddress, sendPicture } from "../picture";
import { useResource } from "../resource";
import { mayAct } from "../session";
import type { Page } from "../shapes";
import { t, word } from "../text";
import { shortTime } from "../time";
import { COLUMNS, type Column, type MasterKind, type MasterRecord, fieldText, fieldValue, keyOf, recordPath } from "./master_kinds";
import { refusalText } from "./master_refusal";
import { Facts, Panel } from "./panel";
import { PhotoField } from "./photo";
import { Loading, Problem, errorText } from "./states";

const CASE_KINDS = ["instant", "promised", "other"];

export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.status === 409) return t("mChanged");
  return error.status === 400 ? refusalText(error.message) : errorText(error);
}

function shownValue(column: Column, record: MasterRecord): ComponentChildren {
  const value = record[column.key];
  if (value === null || value === undefined) return "—";
  if (column.form === "kind") return word("kind_", String(value));
  if (column.form === "photo") return <img class="md-photo" src={pictureAddress(String(value))} alt={t("mc_photo")} />;
  return <span class="md-lines">{fieldText(column, value)}</span>;
}

function Suggested({ id, kind }: { id: string; kind: "units" | "villages" }) {
  const { data } = useResource<Page<MasterRecord>>(`/api/v1/master/${kind}`, {}, ["master"]);
  return (
    <datalist id={id}>
      {data?.items.map((one) => (
        <option key={String(one.name)} value={String(one.name)} />
      ))}
    </datalist>
  );
}

interface FieldProps {
  column: Column;
  text: string;
  isFixed: boolean;
  put: (text: string) => void;
}

function Field({ column, text, isFixed, put }: FieldProps) {
  const label = t(column.word) + (column.isRequired ? " *" : "");
  const testId = `master-${column.key}`;
  if (column.form === "kind")
    return (
      <label class="field">
        <span>{label}</span>
        <select value={text} data-testid={testId} onChange={(event) => put(event.currentTarget.value)}>
          <option value="">—</option>
          {CASE_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {word("kind_", kind)}
            </option>
          ))}
        </select>
      </label>
    );
  if (["area", "forms", "nodes"].includes(column.form))
    return (
      <label class="field md-wide">
        <span>{label}</span>
        <textarea rows={4} maxLength={column.max} value={text} data-testid={testId} onInput={(event) => put(event.currentTarget.value)} />
      </label>
    );
  const list = column.form === "unit" || column.form === "village" ? `list-${column.key}` : undefined;
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type={column.form === "days" ? "number" : "text"}
        min={0}
        max={1000}
        maxLength={column.max}
        value={text}
        list={list}
        readOnly={isFixed}
        title={isFixed ? t("mKeyFixed") : undefined}
        autocomplete="off"
        data-testid={testId}
        onInput={(event) => put(event.currentTarget.value)}
      />
      {list && <Suggested id={list} kind={column.form === "unit" ? "units" : "villages"} />}
    </label>
  );
}

interface FormProps {
  kind: MasterKind;
  record: MasterRecord | null; // null: a new one
  saved: (key: string) => void;
  reload: () => void;
}

function RecordForm({ kind, record, saved, reload }: FormProps) {
  const columns = COLUMNS[kind];
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(columns.map((column) => [column.key, fieldText(column, record?.[column.key])])),
  );
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const isRetired = !!record?.retired_at;
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem(problemText(error));
    }
    setBusy(false);
  };
  const save = () => {
    const lack = columns.find((column) => column.isRequired && !texts[column.key]?.trim());
    if (lack) return setProblem(t("mMissing", { field: t(lack.word) }));
    return void act(async () => {
      const body = Object.fromEntries(columns.slice(1).map((column) => [column.key, fieldValue(column, texts[column.key] ?? "")]));
      const key = texts[(columns[0] as Column).key]?.trim() ?? "";
      if (photo) body.photo = await sendPicture(photo);
      await send("PUT", recordPath(kind, key), { ...body, version: record?.version ?? 0 });
      notify(t("mSaved"));
      saved(key);
    });
  };
  const retire = () =>
    void act(async () => {
      await send("DELETE", recordPath(kind, keyOf(kind, record as MasterRecord)), { version: record?.version });
      notify(t("mRetiredNow"));
      saved("");
    });
  return (
    <form
      class="md-form"
      data-testid="master-form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {columns.map((column, i) =>
        column.form === "photo" ? (
          <div key={column.key} class="md-wide">
            {record?.photo && !photo ? <img class="md-photo" src={pictureAddress(String(record.photo))} alt={t("mc_photo")} /> : null}
            <PhotoField value={photo} change={setPhoto} label={t(column.word)} testId="master-photo" />
          </div>
        ) : (
          <Field
            key={column.key}
            column={column}
            text={texts[column.key] ?? ""}
            isFixed={i === 0 && !!record}
            put={(text) => setTexts((old) => ({ ...old, [column.key]: text }))}
          />
        ),
      )}
      {problem && (
        <p class="gate-problem md-wide" role="alert" data-testid="master-problem">
          {problem}
        </p>
      )}
      <div class="action-row md-wide">
        <button class="button is-primary" type="submit" disabled={busy} data-testid="master-save">
          {t(isRetired ? "mBack" : "mSave")}
        </button>
        {record && !isRetired && (
          <button class="button" type="button" disabled={busy} onClick={retire} data-testid="master-retire">
            {t("mRetire")}
          </button>
        )}
        {problem && record && (
          <button class="button" type="button" onClick={reload}>
            {t("mAgain")}
          </button>
        )}
      </div>
      {record && <p class="muted md-wide">{t("mBy", { who: record.by, time: shortTime(record.changed_at) })}</p>}
    </form>
  );
}

interface PanelProps {
  kind: MasterKind;
  id: string; // "": a new one
  close: () => void;
  saved: (key: string) => void;
}

export function MasterPanel({ kind, id, close, saved }: PanelProps) {
  const { data, error, reload } = useResource<MasterRecord>(id ? recordPath(kind, id) : null, {}, []);
  const title = id ? String(data?.name ?? id) : t("mAdd");
  return (
    <Panel title={title} testId="master-panel" close={close}>
      {error && <Problem error={error} reload={reload} />}
      {id && !data && !error && <Loading />}
      {data && kind === "items" && !data.retired_at && (
        <p>
          <a class="link" href={`/i/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
            {t("mGuide")}
          </a>
        </p>
      )}
      {data && !mayAct() && <Facts rows={COLUMNS[kind].map((column) => [t(column.word), shownValue(column, data)])} />}
      {(data || !id) && mayAct() && <RecordForm key={`${id} ${data?.version ?? 0}`} kind={kind} record={data} saved={saved} reload={reload} />}
    </Panel>
  );
}
