// SPDX-License-Identifier: Apache-2.0
// Audit 操作记录: who watched, exported, held or changed what.
import { query, rangeQuery } from "../address";
import { nowMs } from "../clock";
import { cameraName } from "../hall";
import { Choice, Filters, Search } from "../parts/filters";
import { List } from "../parts/list";
import { RangeChips } from "../parts/range";
import { Empty } from "../parts/states";
import { useList } from "../resource";
import type { AuditRow } from "../shapes";
import { type Key, t, word } from "../text";
import { fullTime } from "../time";

const ACTIONS = [
  "video.watch",
  "video.live",
  "video.stills",
  "playback.link",
  "export.order",
  "export.download",
  "sheet.save",
  "report.save",
  "export.end",
  "hold.place",
  "hold.until",
  "hold.lift",
  "hold.end",
  "evidence.verify",
  "bookmark.add",
  "flag.acknowledge",
  "flag.explain",
  "flag.confirm",
  "flag.dismiss",
  "flag.close",
  "login",
  "login.failed",
  "logout",
  "one_window.raw",
  "outbox.resend",
  "outbox.test",
  "province.replay",
  "camera.add",
  "camera.change",
  "camera.remove",
  "pad.password",
  "user.add",
  "key.add",
];
const PASSED_ON = ["action", "q"];

function AuditFilters() {
  return (
    <>
      <div class="quick">
        <RangeChips />
      </div>
      <Filters names={PASSED_ON}>
        <Choice name="action" label={t("auditAction")} options={ACTIONS.map((action) => [action, word("au_", action)])} />
        <Search label={t("searchAudit")} />
      </Filters>
    </>
  );
}

// "FROM/TO" of a recording is shown as such; other details are people's own words.
function detailText(row: AuditRow): string {
  const [from, to] = (row.detail ?? "").split("/");
  if (!row.action.startsWith("video.") || !from || !to) return row.detail ?? "";
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  return `${fullTime(from)} – ${isOneDay ? fullTime(to).slice(11) : fullTime(to)}`;
}

// Whoever is no user of the box has a name that it gave itself.
const OWN_NAMES: Record<string, Key> = { link: "auditLink", "command line": "auditCommand" };

const whoText = (who: string) => (OWN_NAMES[who] ? t(OWN_NAMES[who]) : who);

function AuditLine({ row }: { row: AuditRow }) {
  const isVideo = row.action.startsWith("video.") || row.action === "playback.link";
  return (
    <div class="row audit-row" data-testid={`audit-row-${row.id}`} data-action={row.action}>
      <time class="audit-time" dateTime={row.at}>
        {fullTime(row.at)}
      </time>
      <b>{whoText(row.who)}</b>
      <span>{word("au_", row.action)}</span>
      <span class="row-words">
        {isVideo ? cameraName(row.subject) : row.action === "sheet.save" ? word("sheet_", row.subject) : row.subject}{" "}
        <span class="muted">{detailText(row)}</span>
      </span>
    </div>
  );
}

export function AuditPage() {
  const here = query.value;
  const asked = Object.fromEntries(PASSED_ON.filter((name) => here[name]).map((name) => [name, here[name] as string]));
  const list = useList<AuditRow>("/api/v1/audit", { ...rangeQuery(here, nowMs.value), ...asked }, []);
  return (
    <List
      title={t("audit")}
      list={list}
      sheet={{ path: "/api/v1/audit", query: { ...rangeQuery(here, nowMs.value), ...asked }, testId: "audit" }}
      idOf={(row) => row.id}
      param="id"
      filters={<AuditFilters />}
      line={(row) => <AuditLine key={row.id} row={row} />}
      empty={
        <Empty icon="cases" title={t("noAudit")}>
          {t("auditHint")}
        </Empty>
      }
      panel={null}
    />
  );
}
