// SPDX-License-Identifier: Apache-2.0
// Orders 督办单: what waits for whoever looks, what is late, all in hand, and all; a row opens beside with its next step, and
// so does the form of a new one.
import { type Query, formatAddress, query, setQuery } from "../address";
import { Choice, Filters, Search, Toggle } from "../parts/filters";
import { flagAddress, caseAddress, complaintAddress, ratingAddress } from "../parts/rows";
import { List } from "../parts/list";
import { OrderBadge } from "../parts/order_badge";
import { OrderForm } from "../parts/order_form";
import { Facts, Panel } from "../parts/panel";
import { Empty, Loading, Problem } from "../parts/states";
import { DueText, Way, type Work, WorkActions, WorkSteps } from "../parts/work";
import { useList, useResource } from "../resource";
import { mayAct, session } from "../session";
import type { Order, OrderPage, OrderRow } from "../shapes";
import { type Key, t, word } from "../text";
import { fullTime, shortTime } from "../time";

const STATES = ["issued", "received", "replied", "returned", "accepted", "closed", "withdrawn"];
const PASSED_ON = ["open", "late", "waits", "state", "unit", "q"];
const WAY: Key[] = ["ow_issued", "ow_received", "ow_replied", "ow_accepted", "ow_closed"];
const PLACES: Record<string, number> = { issued: 0, received: 1, returned: 1, replied: 2, accepted: 3, closed: 4, withdrawn: -1 };

const WORK: Work = {
  path: "",
  testId: "order",
  actions: "oa_",
  choices: "",
  whyName: (action) => (action === "reply" ? "orderReply" : "why"),
  sideWays: ["send_back", "extend", "withdraw"],
  notAllowed: "orderNotYours",
  owners: [],
};

const REFS: Record<string, (id: string) => string> = { flag: flagAddress, case: caseAddress, rating: ratingAddress, complaint: complaintAddress };

function About({ order }: { order: Order }) {
  const [kind = "", id = ""] = order.ref ? [order.ref.slice(0, order.ref.indexOf(":")), order.ref.slice(order.ref.indexOf(":") + 1)] : [];
  const address = REFS[kind]?.(id);
  return address ? <a href={address}>{word("or_", kind)}</a> : <>—</>;
}

function Body({ order, reload }: { order: Order; reload: () => void }) {
  const work: Work = { ...WORK, path: `/api/v1/orders/${encodeURIComponent(order.id)}/` };
  return (
    <>
      <div>
        <p class="case-item" data-testid="order-number">
          {order.number}
        </p>
        <blockquote>{order.facts}</blockquote>
        <blockquote>{order.demand}</blockquote>
      </div>
      <section class="block rx-block" data-testid="order-life" data-state={order.state}>
        <Way names={WAY} here={PLACES[order.state] ?? -1} isOver={order.state === "closed"} />
        <p class="rx-now">
          <OrderBadge row={order} />
          {order.due_at && (
            <span>
              {t("orderDue")} <DueText head={order} />
            </span>
          )}
        </p>
        {order.actions.length > 0 && <WorkActions key={order.state} work={work} actions={order.actions} done={reload} />}
        <WorkSteps work={work} steps={order.steps} />
      </section>
      {order.reply && (
        <section class="block">
          <h3>{t("orderReply")}</h3>
          <blockquote data-testid="order-reply-text">{order.reply}</blockquote>
        </section>
      )}
      <section class="block">
        <Facts
          rows={[
            [t("orderTo"), order.unit ?? order.person ?? "—"],
            [t("orderAt"), fullTime(order.issued_at)],
            [t("orderBy"), order.issued_user],
            [t("orderAbout"), <About order={order} />],
            [t("orderDue"), fullTime(order.due_at)],
          ]}
        />
        {session()?.role !== "observer" && session()?.role !== "viewer" && <p class="action-row">
          <a class="button" href={`/api/v1/orders/${encodeURIComponent(order.id)}/notice`} target="_blank" rel="noreferrer" data-testid="order-print">
            {t("orderPrint")}
          </a>
        </p>}
      </section>
    </>
  );
}

function OrderPanel({ id, close }: { id: string; close: () => void }) {
  const { data, error, reload } = useResource<Order>(`/api/v1/orders/${encodeURIComponent(id)}`, {}, ["order"]);
  return (
    <Panel title={t("orderOne")} testId="order-panel" close={close}>
      {data ? <Body order={data} reload={reload} /> : error ? <Problem error={error} reload={reload} /> : <Loading />}
    </Panel>
  );
}

function Line({ row, to, isOpen }: { row: OrderRow; to: string; isOpen: boolean }) {
  return (
    <a class="row tc-row" href={to} aria-current={isOpen ? "true" : undefined} data-testid={`order-row-${row.id}`}>
      <span class="tc-state">
        <OrderBadge row={row} />
      </span>
      <span class="row-words">
        <b>{row.number}</b> {row.facts}
        <small>
          {row.unit ?? row.person} · {row.issued_user} {shortTime(row.issued_at)}
        </small>
      </span>
      <span class="row-due">{row.due_at ? <DueText head={row} /> : <time>{shortTime(row.closed_at)}</time>}</span>
    </a>
  );
}

function SideOf({ here, due }: { here: Query; due: string | undefined }) {
  if (here.new)
    return (
      <Panel title={t("orderNew")} testId="order-new-panel" close={() => setQuery({ new: "", ref: "", facts: "" })}>
        <OrderForm
          start={{ ref: here.ref ?? "", unit: here.unit ?? "", facts: here.facts ?? "" }}
          due={due}
          issued={(order) => setQuery({ new: "", ref: "", unit: "", facts: "", id: order.id })}
        />
      </Panel>
    );
  return here.id ? <OrderPanel key={here.id} id={here.id} close={() => setQuery({ id: "" })} /> : null;
}

export function OrdersPage() {
  const here: Query = query.value;
  const asked = Object.fromEntries(PASSED_ON.filter((name) => here[name] && !here.new).map((name) => [name, here[name] as string]));
  const list = useList<OrderRow>("/api/v1/orders", asked, ["order"]);
  const filters = (
    <>
      <div class="quick">
        {mayAct() && (
          <button class="button is-primary" data-testid="order-new" onClick={() => setQuery({ new: "1", id: "" })}>
            {t("orderNew")}
          </button>
        )}
        <Toggle name="waits" value="1" label={t("orderWaits")} />
        <Toggle name="late" value="1" label={t("orderLate")} />
        <Toggle name="open" value="1" label={t("orderOpen")} />
      </div>
      <Filters names={PASSED_ON}>
        <Choice name="state" label={t("state")} options={STATES.map((state) => [state, word("os_", state)])} />
        <Search label={t("orderSearch")} />
      </Filters>
    </>
  );
  return (
    <List
      title={t("orders")}
      list={list}
      sheet={{ path: "/api/v1/orders", query: asked, testId: "orders" }}
      idOf={(row) => row.id}
      param="id"
      filters={filters}
      line={(row, isOpen) => (
        <Line key={row.id} row={row} isOpen={isOpen} to={formatAddress("orders", { ...here, new: "", id: row.id })} />
      )}
      empty={<Empty icon="info" title={t("orderNone")} />}
      panel={here.new || here.id ? <SideOf here={here} due={(list.data as OrderPage | null)?.suggested_due_at} /> : null}
    />
  );
}
