// SPDX-License-Identifier: Apache-2.0
// Item codes: the QR codes of all guides on A4 sheets, twelve a page, for the hall's wall.
import { formatAddress } from "../address";
import { useResource } from "../resource";
import { session } from "../session";
import type { Code, Page } from "../shapes";
import { t } from "../text";
import { Icon } from "./icon";
import type { MasterRecord } from "./master_kinds";
import { QrCode } from "./qr_code";
import { Empty, Loading, Problem } from "./states";

function ItemCard({ item }: { item: MasterRecord }) {
  const code = String(item.code);
  const { data, error, reload } = useResource<Code>(`/api/v1/items/${encodeURIComponent(code)}/code`, {}, []);
  return (
    <section class="item-card" data-testid={`item-code-${code}`}>
      <h2>{String(item.name)}</h2>
      {data && <QrCode code={data} name={String(item.name)} />}
      {error && <Problem error={error} reload={reload} />}
      <p>{String(item.unit)}</p>
    </section>
  );
}

export function ItemCodes({ q }: { q: string }) {
  const { data, error, reload } = useResource<Page<MasterRecord>>("/api/v1/master/items", { q }, ["master"]);
  return (
    <main class="page codes-page">
      <header class="list-head">
        <h1>{t("mqTitle")}</h1>
        <a class="link" href={formatAddress("master", { q })}>
          {t("master")}
        </a>
        <button class="button is-primary" onClick={() => print()} data-testid="item-codes-print">
          <Icon name="press" size={18} />
          {t("printIt")}
        </button>
      </header>
      <p class="muted codes-hint">{t("mqHint")}</p>
      {error && <Problem error={error} reload={reload} />}
      {!data && !error && <Loading />}
      {data && data.items.length === 0 && <Empty icon="cases" title={t("mNone")} />}
      <p class="item-sheet-head">
        {session()?.hall.name} · {t("mqScan")}
      </p>
      <div class="item-cards">{data?.items.map((item) => <ItemCard key={String(item.code)} item={item} />)}</div>
    </main>
  );
}
