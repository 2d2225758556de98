// SPDX-License-Identifier: Apache-2.0
// The public page 公示, for a screen in the hall and for everybody, where the hall has switched it on
// (door.public_page): the hall's figures of this month and the last, the year's good rate, and published complaints
// with their answers. There is nothing of persons in what it reads. It reads anew by itself, also after the box was
// away, and says how old it is; where answers are more than fit, they go by slowly.
//
// Hooks for browser tests (data-testid): public-hall  public-at (data-at)  public-{figure}  public-month-{YYYY-MM}
//   public-complaint  public-off  public-old
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { groups, rateText, shareText } from "../figures";
import type { FigureTotals, Share } from "../shapes";
import { useSlowScroll } from "../slow_scroll";
import "./style.css";

interface Figures {
  hall: string;
  at: string;
  month_from_at: string;
  month: FigureTotals;
  last_month: FigureTotals;
  months: { from_at: string; n: number; good: Share }[];
}

interface Complaint {
  number: string;
  category: string;
  received_on: string;
  text: string;
  answer: string;
  published_at: string;
}

const REFRESH_MS = 60_000;
const OLD_MS = 10 * 60_000;

async function read<T>(path: string): Promise<T | null> {
  const answer = await fetch(path, { credentials: "omit", headers: { Accept: "application/json" } });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as T;
}

interface Shown {
  figures: Figures | null;
  complaints: Complaint[];
  readAt: number;
  isOff: boolean;
}

function useShown(): Shown {
  const [shown, setShown] = useState<Shown>({ figures: null, complaints: [], readAt: 0, isOff: false });
  useEffect(() => {
    const refresh = async () => {
      try {
        const figures = await read<Figures>("/api/v1/public/figures");
        const complaints = await read<{ items: Complaint[] }>("/api/v1/public/complaints?limit=50").catch(() => null);
        setShown({ figures, complaints: complaints?.items ?? [], readAt: Date.now(), isOff: !figures });
      } catch {
        setShown((old) => ({ ...old })); // the box is away: what is shown stays, with its time
      }
    };
    void refresh();
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return shown;
}

const SHARES = [
  ["good", "好评率"],
  ["active", "主动评价率"],
  ["rectified", "差评整改率"],
  ["on_time", "按时办结率"],
] as const;

function Tile({ id, name, value, more }: { id: string; name: string; value: string; more: string[] }) {
  return (
    <div class="tile" data-testid={`public-${id}`}>
      <span>{name}</span>
      <b>{value}</b>
      {more.map((line) => (
        <small key={line}>{line}</small>
      ))}
    </div>
  );
}

function Tiles({ figures }: { figures: Figures }) {
  const { month, last_month } = figures;
  const month_number = Number(figures.month_from_at.slice(5, 7));
  return (
    <section>
      <h2>{month_number} 月服务评价</h2>
      <div class="tiles">
        <Tile id="n" name="评价数" value={groups(month.n)} more={[`上月 ${groups(last_month.n)}`]} />
        <Tile id="done" name="办结件数" value={groups(month.done)} more={[`上月 ${groups(last_month.done)}`]} />
        {SHARES.map(([key, name]) => (
          <Tile
            key={key}
            id={key}
            name={name}
            value={rateText(month[key])}
            more={[shareText(month[key]), `上月 ${rateText(last_month[key])}`]}
          />
        ))}
      </div>
    </section>
  );
}

const LEVELS = [
  ["5", "非常满意"],
  ["4", "满意"],
  ["3", "基本满意"],
  ["2", "不满意"],
  ["1", "非常不满意"],
] as const;

function Levels({ levels, n }: { levels: Record<string, number>; n: number }) {
  return (
    <section>
      <h2>本月各等次</h2>
      <ul class="bars">
        {LEVELS.map(([level, name]) => {
          const count = levels[level] ?? 0;
          return (
            <li key={level}>
              <span>{name}</span>
              <i>
                <em class={`l${level}`} style={{ width: `${n > 0 ? (count / n) * 100 : 0}%` }} />
              </i>
              <b>{groups(count)}</b>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Months({ months }: { months: Figures["months"] }) {
  return (
    <section>
      <h2>近十二个月好评率</h2>
      <ol class="months">
        {months.map(({ from_at, n, good }) => (
          <li key={from_at} data-testid={`public-month-${from_at.slice(0, 7)}`}>
            <b>{good.of > 0 ? rateText(good).replace("%", "") : "—"}</b>
            <i style={{ height: `${good.of > 0 ? (good.n / good.of) * 100 : 0}%` }} />
            <span>{Number(from_at.slice(5, 7))} 月</span>
            <small>{groups(n)}</small>
          </li>
        ))}
      </ol>
      <p class="note">柱上为好评率（%），柱下为评价数</p>
    </section>
  );
}

function Complaints({ complaints }: { complaints: Complaint[] }) {
  const box = useSlowScroll();
  if (complaints.length === 0) return null;
  return (
    <section class="answers">
      <h2>群众意见与答复</h2>
      <div class="answers-box" ref={box}>
        {complaints.map((one) => (
          <article key={one.number} data-testid="public-complaint">
            <p class="asked">
              <small>{one.received_on}</small> {one.text}
            </p>
            <p class="answer">答复：{one.answer}</p>
          </article>
        ))}
      </div>
    </section>
  );
}

function Age({ figures, readAt }: { figures: Figures; readAt: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  const isOld = now - readAt > OLD_MS;
  return (
    <p class={`age ${isOld ? "is-old" : ""}`} data-testid="public-at" data-at={figures.at}>
      更新于 {figures.at.slice(0, 10)} {figures.at.slice(11, 16)}
      {isOld && <b data-testid="public-old"> 暂时连接不上，数据不是最新</b>}
    </p>
  );
}

function Page() {
  const { figures, complaints, readAt, isOff } = useShown();
  if (isOff)
    return (
      <p class="off" data-testid="public-off">
        本大厅未开启公示页
      </p>
    );
  if (!figures) return <p class="off">正在读取…</p>;
  return (
    <main class={complaints.length > 0 ? "has-answers" : ""}>
      <header>
        <h1 data-testid="public-hall">
          {figures.hall} <span>服务评价公示</span>
        </h1>
        <Age figures={figures} readAt={readAt} />
      </header>
      <div class="left">
        <Tiles figures={figures} />
        <div class="pair">
          <Levels levels={figures.month.levels} n={figures.month.n} />
          <Months months={figures.months} />
        </div>
      </div>
      <Complaints complaints={complaints} />
      <footer>评价由办事群众自愿作出；好评含非常满意、满意、基本满意。对服务有意见，请到吐槽找茬窗口或扫窗口二维码。</footer>
    </main>
  );
}

render(<Page />, document.getElementById("page") as HTMLElement);
