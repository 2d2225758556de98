// SPDX-License-Identifier: Apache-2.0
// The guide 办事指南 of a service item behind the QR code on the hall's wall (/i/CODE), and without a code the list of
// all items with a search. No login, large text; what it reads has nothing of persons in it.
//
// Hooks for browser tests (data-testid): guide-name guide-limit guide-papers guide-call guide-large guide-problem
//   guide-search guide-item-{code}
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "./style.css";

interface Guide {
  hall: string;
  code: string;
  name: string;
  unit: string;
  kind: "instant" | "promised" | "other";
  statutory_days: number | null;
  limit_days: number | null;
  conditions: string | null;
  papers: string | null;
  fees: string | null;
  telephone: string | null;
  place: string | null;
  forms: { name: string; url: string }[] | null;
  nodes: { node: string; unit: string | null; days: number | null }[] | null;
}

interface Head {
  code: string;
  name: string;
  unit: string;
}

const KINDS = { instant: "即办件", promised: "承诺件", other: "其他" };

function useAnswer<T>(path: string): { data: T | null; problem: string } {
  const [state, setState] = useState<{ data: T | null; problem: string }>({ data: null, problem: "" });
  useEffect(() => {
    fetch(path, { credentials: "omit", headers: { Accept: "application/json" } })
      .then(async (answer) => {
        if (answer.ok) setState({ data: (await answer.json()) as T, problem: "" });
        else if (answer.status === 404) setState({ data: null, problem: "没有这个事项，可能已经停办。请到咨询窗口询问。" });
        else throw new Error(String(answer.status));
      })
      .catch(() => setState({ data: null, problem: "暂时连不上大厅的设备，请稍后再试，或到窗口询问。" }));
  }, [path]);
  return state;
}

const linesOf = (text: string | null) => (text ?? "").split("\n").filter((line) => line.trim());

function Part({ title, text, testId, ordered }: { title: string; text: string | null; testId?: string; ordered?: boolean }) {
  const lines = linesOf(text);
  if (!lines.length) return null;
  return (
    <section data-testid={testId}>
      <h2>{title}</h2>
      {ordered && lines.length > 1 ? (
        <ol>
          {lines.map((line, i) => (
            <li key={i}>{line}</li>
          ))}
        </ol>
      ) : (
        lines.map((line, i) => <p key={i}>{line}</p>)
      )}
    </section>
  );
}

function limitText({ kind, limit_days, statutory_days }: Guide): [string, string] {
  const promised = limit_days === null ? (kind === "instant" ? "当场办结" : "以窗口答复为准") : limit_days === 0 ? "当天办结" : `${limit_days} 个工作日`;
  return [promised, statutory_days === null ? "" : `法定 ${statutory_days} 个工作日`];
}

function Item({ guide }: { guide: Guide }) {
  const [promised, statutory] = limitText(guide);
  return (
    <>
      <h1 data-testid="guide-name">{guide.name}</h1>
      <p class="unit">
        {guide.unit} · {KINDS[guide.kind]}
      </p>
      <div class="limit" data-testid="guide-limit">
        <span>承诺时限</span>
        <b>{promised}</b>
        {statutory && <small>{statutory}</small>}
      </div>
      <Part title="需要带什么" text={guide.papers} testId="guide-papers" ordered />
      <Part title="什么人可以办" text={guide.conditions} />
      <Part title="收费" text={guide.fees ?? "不收费"} />
      <Part title="到哪里办" text={guide.place} />
      {guide.nodes && (
        <section>
          <h2>怎么办</h2>
          <ol class="nodes">
            {guide.nodes.map((node, i) => (
              <li key={i}>
                <b>{node.node}</b>
                <span>
                  {[node.unit, node.days === null ? null : node.days === 0 ? "当天" : `${node.days} 个工作日`].filter(Boolean).join(" · ")}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {guide.forms && (
        <section>
          <h2>样表</h2>
          {guide.forms.map((form) => (
            <p key={form.url}>
              <a href={form.url} rel="noreferrer">
                {form.name}
              </a>
            </p>
          ))}
        </section>
      )}
      {guide.telephone && (
        <a class="call" href={`tel:${guide.telephone.replace(/[^\d+]/g, "")}`} data-testid="guide-call">
          咨询电话 <b>{guide.telephone}</b>
        </a>
      )}
      <p class="quiet">
        {guide.hall} · 事项编码 {guide.code}
      </p>
    </>
  );
}

function OneItem({ code }: { code: string }) {
  const { data, problem } = useAnswer<Guide>(`/api/v1/public/items/${encodeURIComponent(code)}`);
  if (data) return <Item guide={data} />;
  return <Waiting problem={problem} />;
}

function Waiting({ problem }: { problem: string }) {
  return problem ? (
    <p class="problem" role="alert" data-testid="guide-problem">
      {problem}
    </p>
  ) : (
    <p class="quiet">正在读取…</p>
  );
}

function AllItems() {
  const { data, problem } = useAnswer<{ items: Head[] }>("/api/v1/public/items");
  const [text, setText] = useState("");
  if (!data) return <Waiting problem={problem} />;
  const wanted = text.trim();
  const shown = data.items.filter((item) => !wanted || item.name.includes(wanted) || item.unit.includes(wanted) || item.code.includes(wanted));
  return (
    <>
      <h1>办事指南</h1>
      <input
        type="search"
        placeholder="输入要办的事，例如：养老"
        value={text}
        maxLength={30}
        data-testid="guide-search"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {shown.length === 0 && <p class="quiet">没有找到，请换个词，或到咨询窗口询问。</p>}
      <ul class="items">
        {shown.map((item) => (
          <li key={item.code}>
            <a href={`/i/${encodeURIComponent(item.code)}`} data-testid={`guide-item-${item.code}`}>
              <b>{item.name}</b>
              <span>{item.unit}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Root() {
  const [isLarge, setLarge] = useState(false);
  document.documentElement.classList.toggle("is-large", isLarge);
  const code = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  return (
    <main>
      <header>
        {code ? <a href="/i/">全部事项</a> : <span />}
        <button data-testid="guide-large" onClick={() => setLarge(!isLarge)}>
          {isLarge ? "标准字" : "大字"}
        </button>
      </header>
      {code ? <OneItem code={code} /> : <AllItems />}
    </main>
  );
}

render(<Root />, document.getElementById("page") as HTMLElement);
