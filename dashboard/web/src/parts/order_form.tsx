// SPDX-License-Identifier: Apache-2.0
// Order form: a new one, with what the flag or case that it comes from says already. Its id is made once, so that sending it
// again after a lost answer takes no second number.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { notify } from "../notice";
import { useResource } from "../resource";
import type { Order, Page, Role } from "../shapes";
import { t } from "../text";
import { dayStart, rfc3339 } from "../time";
import { uuid } from "../uuid";
import { errorText } from "./states";

const TEXT_MAX = 900; // characters: the box takes 3000 bytes

interface Props {
  start: { ref: string; unit: string; facts: string };
  due: string | undefined; // the day that the box suggests
  issued: (order: Order) => void;
}

interface User {
  name: string;
  role: Role;
  unit: string | null;
}

export function OrderForm({ start, due, issued }: Props) {
  const [id] = useState(uuid);
  const [unit, setUnit] = useState(start.unit);
  const [person, setPerson] = useState("");
  const [facts, setFacts] = useState(start.facts);
  const [demand, setDemand] = useState(t("orderDemandUsual"));
  const [day, setDay] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const users = useResource<Page<User>>("/api/v1/users", {}, []).data?.items ?? [];
  const units = [...new Set([start.unit, ...users.map((user) => user.unit ?? "")].filter(Boolean))];
  const shown = day || (due ?? "").slice(0, 10);
  const submit = async () => {
    if (!unit.trim() === !person) return setProblem(t("orderWhom"));
    if (!facts.trim() || !demand.trim()) return setProblem(t("whyWanted"));
    setBusy(true);
    try {
      const order = await send<Order>("POST", "/api/v1/orders", {
        id,
        ...(start.ref ? { ref: start.ref } : {}),
        ...(person ? { person } : { unit: unit.trim() }),
        facts: facts.trim(),
        demand: demand.trim(),
        ...(shown ? { due: rfc3339(dayStart(shown)) } : {}),
      });
      notify(`${order.number} ✓`);
      issued(order);
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : String(error));
      setBusy(false);
    }
    return undefined;
  };
  return (
    <form
      class="why-form"
      data-testid="order-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label class="field">
        <span>{t("fl_unit")}</span>
        <input value={unit} list="order-units" data-testid="order-unit" onInput={(event) => (setUnit(event.currentTarget.value), setPerson(""))} />
        <datalist id="order-units">
          {units.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      <label class="field">
        <span>{t("orderPerson")}</span>
        <select value={person} data-testid="order-person" onChange={(event) => (setPerson(event.currentTarget.value), setUnit(""))}>
          <option value="">—</option>
          {users.map((user) => (
            <option key={user.name} value={user.name}>
              {user.name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("orderFacts")}</span>
        <textarea rows={4} maxLength={TEXT_MAX} value={facts} data-testid="order-facts" onInput={(event) => setFacts(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t("orderDemand")}</span>
        <textarea rows={3} maxLength={TEXT_MAX} value={demand} data-testid="order-demand" onInput={(event) => setDemand(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t("orderDue")}</span>
        <input type="date" value={shown} data-testid="order-due" onChange={(event) => setDay(event.currentTarget.value)} />
      </label>
      <div class="action-row">
        <button class="button is-primary" type="submit" disabled={busy} data-testid="order-submit">
          {t("orderIssue")}
        </button>
      </div>
      {problem && (
        <p class="gate-problem" role="alert" data-testid="order-problem">
          {problem}
        </p>
      )}
    </form>
  );
}
