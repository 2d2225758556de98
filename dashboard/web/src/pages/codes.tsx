// SPDX-License-Identifier: Apache-2.0
// Codes 评价二维码: a card for each counter, to be printed and put up.
import { counters } from "../hall";
import { Icon } from "../parts/icon";
import { QrCode } from "../parts/qr_code";
import { Empty, Problem } from "../parts/states";
import { useResource } from "../resource";
import { session } from "../session";
import type { Code, Counter } from "../shapes";
import { t } from "../text";

function Card({ counter }: { counter: Counter }) {
  const { data, error, reload } = useResource<Code>(`/api/v1/counters/${encodeURIComponent(counter.id)}/code`, {}, []);
  return (
    <section class="code-card" data-testid={`code-${counter.id}`}>
      <p class="code-hall">{session()?.hall.name}</p>
      <h2>{counter.name}</h2>
      {data && <QrCode code={data} name={counter.name} />}
      {error && <Problem error={error} reload={reload} />}
      <p class="code-words">{t("codeScan")}</p>
    </section>
  );
}

// For the hall's wall; nothing where the page is off.
function QueryCard() {
  const { data } = useResource<Code>("/api/v1/query-code", {}, []);
  if (!data) return null;
  return (
    <section class="code-card" data-testid="code-query">
      <p class="code-hall">{session()?.hall.name}</p>
      <h2>{t("queryCode")}</h2>
      <QrCode code={data} name={t("queryCode")} />
      <p class="code-words">{t("queryCodeScan")}</p>
    </section>
  );
}

export function CodesPage() {
  return (
    <main class="page codes-page">
      <header class="list-head">
        <h1>{t("codes")}</h1>
        <button class="button is-primary" onClick={() => print()}>
          <Icon name="press" size={18} />
          {t("printIt")}
        </button>
      </header>
      <p class="muted codes-hint">{t("codesHint")}</p>
      {counters.value.length === 0 && <Empty icon="ratings" title={t("noCounters")} />}
      <div class="code-cards">
        {counters.value.map((counter) => (
          <Card key={counter.id} counter={counter} />
        ))}
        <QueryCard />
      </div>
    </main>
  );
}
