// SPDX-License-Identifier: Apache-2.0
// Master import: a file is looked at first (added, changed field by field, gone, refused lines), then written as it was
// seen; if the records have changed meanwhile it is looked at anew.
import { useState } from "preact/hooks";
import { ApiError, sendFile } from "../api";
import { notify } from "../notice";
import type { ImportReport } from "../shapes";
import { type Key, t, word } from "../text";
import { problemText } from "./master_form";
import type { MasterKind } from "./master_kinds";
import { refusalText } from "./master_refusal";
import { Panel } from "./panel";

const SHOWN = 200; // lines of each list

function Changed({ report }: { report: ImportReport }) {
  return (
    <ul class="mi-lines">
      {report.changed.slice(0, SHOWN).map((row) => (
        <li key={row.key}>
          <b>{row.name ?? row.key}</b> <small>{t("miLine", { n: row.line })}</small>
          {row.fields.map((field) => (
            <p key={field.field} class="mi-field">
              <span>{word("mc_", field.field)}</span>
              <del>{field.from || t("miEmpty")}</del>
              <ins>{field.to || t("miEmpty")}</ins>
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Names({ rows }: { rows: { key: string; name: string | null; line?: number }[] }) {
  return (
    <ul class="mi-lines">
      {rows.slice(0, SHOWN).map((row) => (
        <li key={row.key}>
          {row.name ?? row.key} <small class="md-inline">{row.key}</small>
        </li>
      ))}
    </ul>
  );
}

function Refused({ report }: { report: ImportReport }) {
  return (
    <>
      <p class="muted">{t("miRefusedHint")}</p>
      <ul class="mi-lines">
        {report.refused.slice(0, SHOWN).map((row) => (
          <li key={row.line}>
            <b>{t("miLine", { n: row.line })}</b> {refusalText(row.error)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Part({ word: name, n, tone, children }: { word: Key; n: number; tone: string; children: preact.ComponentChildren }) {
  if (n === 0) return null;
  return (
    <details class={`mi-part is-${tone}`} open={n <= 20 || tone === "refused"} data-testid={`import-${tone}`}>
      <summary>
        {t(name)} <b>{n}</b>
      </summary>
      {children}
    </details>
  );
}

function Report({ report }: { report: ImportReport }) {
  const passed = report.columns.filter((one) => !one.column).map((one) => one.header);
  return (
    <div data-testid="import-report">
      <p class="mi-sum">
        {(["added", "changed", "gone", "refused"] as const).map((key) => (
          <span key={key} class={`mi-count is-${key}`}>
            {t(`mi${key[0]?.toUpperCase()}${key.slice(1)}` as Key)} <b>{report[key].length}</b>
          </span>
        ))}
        <span class="mi-count">
          {t("miSame")} <b>{report.same}</b>
        </span>
      </p>
      {passed.length > 0 && <p class="muted">{t("miUnknown", { names: passed.join("、") })}</p>}
      <Part word="miRefused" n={report.refused.length} tone="refused">
        <Refused report={report} />
      </Part>
      <Part word="miChanged" n={report.changed.length} tone="changed">
        <Changed report={report} />
      </Part>
      <Part word="miAdded" n={report.added.length} tone="added">
        <Names rows={report.added} />
      </Part>
      <Part word="miGone" n={report.gone.length} tone="gone">
        <Names rows={report.gone} />
      </Part>
    </div>
  );
}

export function MasterImport({ kind, close }: { kind: MasterKind; close: () => void }) {
  const [file, setFile] = useState<Blob | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [retire, setRetire] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const path = `/api/v1/master/${kind}/import`;
  const ask = async (bytes: Blob, query: Record<string, string>) => {
    setBusy(true);
    setProblem("");
    try {
      const answer = await sendFile<ImportReport>(path, query, bytes);
      setReport(answer);
      if (answer.applied) {
        notify(t("miDone", { added: answer.added.length, changed: answer.changed.length }));
        close();
      }
    } catch (error) {
      setProblem(problemText(error));
      if (error instanceof ApiError && error.status === 409) setReport(await sendFile<ImportReport>(path, {}, bytes).catch(() => null));
    }
    setBusy(false);
  };
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    // A copy: the file may be saved again under its name before it is applied.
    void chosen.arrayBuffer().then((bytes) => {
      const copy = new Blob([bytes]);
      setFile(copy);
      setReport(null);
      return ask(copy, {});
    });
  };
  const gone = retire ? (report?.gone.length ?? 0) : 0;
  const n = (report?.added.length ?? 0) + (report?.changed.length ?? 0) + gone;
  return (
    <Panel title={t("miTitle", { what: word("mt_", kind) })} testId="master-import" close={close}>
      <p>{t("miHint")}</p>
      <div class="action-row mi-choose">
        <label class="button is-primary">
          {t("miChoose")}
          <input
            class="sr-only"
            type="file"
            accept=".xlsx,.csv,text/csv"
            data-testid="import-file"
            onChange={(event) => {
              choose(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <a class="button" href={`/api/v1/master/${kind}?format=csv`} download>
          {t("mForm")}
        </a>
      </div>
      {busy && !report && <p class="muted">{t("miReading")}</p>}
      {problem && (
        <p class="gate-problem" role="alert" data-testid="import-problem">
          {problem}
        </p>
      )}
      {report && <Report report={report} />}
      {report && report.gone.length > 0 && (
        <label class="mi-retire">
          <input type="checkbox" checked={retire} onChange={(event) => setRetire(event.currentTarget.checked)} data-testid="import-retire" />
          {t("miRetire")}
        </label>
      )}
      {report && file && (
        <button
          class="button is-primary"
          disabled={busy || n === 0}
          data-testid="import-apply"
          onClick={() => void ask(file, { token: report.token, ...(retire ? { retire: "1" } : {}) })}
        >
          {n > 0 ? t("miApply", { n }) : t("miApplyNone")}
        </button>
      )}
    </Panel>
  );
}
