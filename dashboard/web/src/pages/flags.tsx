// SPDX-License-Identifier: Apache-2.0
// Flags 预警: clues and cards that a person has to look at.
import { useState } from "preact/hooks";
import { BEHIND, formatAddress, query, setQuery } from "../address";
import { ApiError, send } from "../api";
import { counters } from "../hall";
import { notify } from "../notice";
import { Behind } from "../parts/behind";
import { Choice, Filters, Toggle } from "../parts/filters";
import { CLUE_CLASSES, FLAG_KINDS } from "../parts/flag_words";
import { List } from "../parts/list";
import { FlagLine } from "../parts/rows";
import { Empty, errorText } from "../parts/states";
import { useList } from "../resource";
import { mayAct } from "../session";
import type { FlagRow } from "../shapes";
import { t, word } from "../text";
import { FlagPanel } from "./flag";

const OFTEN = ["case_red", "case_yellow", "rectification_late", "mood"];
const CLASSES = [...CLUE_CLASSES, "fraud"];
const STATES = ["raised", "acknowledged", "explained", "confirmed", "dismissed", "closed"];
const kindName = (kind: string): [string, string] => [kind, word(CLUE_CLASSES.includes(kind) ? "class_" : "flag_", kind)];
const PASSED_ON = ["open", "late", "owner", "unit", "kind", "state", "counter"];

// A look by hand, beside the one after each working day.
function LookButton() {
  const [isBusy, setBusy] = useState(false);
  const look = async () => {
    setBusy(true);
    try {
      const { raised } = await send<{ raised: number }>("POST", "/api/v1/clues", {});
      notify(raised > 0 ? t("clueLooked", { n: raised }) : t("clueNone"));
    } catch (error) {
      notify(error instanceof ApiError ? errorText(error) : String(error));
    }
    setBusy(false);
  };
  return (
    <button class="button" data-testid="clue-look" disabled={isBusy} onClick={() => void look()}>
      {t("clueLook")}
    </button>
  );
}

function FlagFilters() {
  return (
    <>
      <Behind />
      <div class="quick">
        <Toggle name="open" value="1" label={t("worklistFlags")} />
        <Toggle name="late" value="1" label={t("fl_late")} />
        <Toggle name="owner" value="me" label={t("fl_mine")} />
        {OFTEN.map((kind) => (
          <Toggle key={kind} name="kind" value={kind} label={word("flag_", kind)} />
        ))}
        {CLASSES.map((one) => (
          <Toggle key={one} name="kind" value={one} label={word("class_", one)} />
        ))}
        {query.value.kind === "fraud" && mayAct() && <LookButton />}
      </div>
      <Filters names={PASSED_ON}>
        <Choice name="kind" label={t("kind")} options={[...CLUE_CLASSES, ...FLAG_KINDS].map(kindName)} />
        <Choice name="state" label={t("state")} options={STATES.map((state) => [state, word("fs_", state)])} />
        <Choice name="counter" label={t("counter")} options={counters.value.map((one) => [one.id, one.name])} />
      </Filters>
    </>
  );
}

export function FlagsPage() {
  const here = query.value;
  const asked = Object.fromEntries([...PASSED_ON, ...BEHIND].filter((name) => here[name]).map((name) => [name, here[name] as string]));
  const list = useList<FlagRow>("/api/v1/flags", asked, ["flag"]);
  return (
    <List
      title={t("flags")}
      list={list}
      sheet={{ path: "/api/v1/flags", query: asked, testId: "flags" }}
      idOf={(row) => row.id}
      param="id"
      filters={<FlagFilters />}
      line={(row, isOpen) => (
        <FlagLine key={row.id} row={row} isOpen={isOpen} to={formatAddress("flags", { ...here, id: row.id })} />
      )}
      empty={
        <Empty icon="flags" title={t("noFlags")}>
          {t("noFlagsHint")}
        </Empty>
      }
      panel={here.id ? <FlagPanel key={here.id} id={here.id} close={() => setQuery({ id: "" })} /> : null}
    />
  );
}
