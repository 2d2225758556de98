// SPDX-License-Identifier: Apache-2.0
// The board 结果公示, for a screen in the hall that is read from five metres, lying or upright, and for telephones: results
// of cases with masked names, published complaints with their answers, notices, where the hall has switched it on
// (door.board_page). It goes by slowly, waits for whoever touches it, reads itself anew, and says since when it is old.
//
// It runs for weeks: there are never more rows than one answer has, one question at a time is under way, and at night it
// begins anew.
//
// Hooks for browser tests (data-testid): board-hall  board-at (data-at)  board-old  board-results board-result
//   board-complaints board-complaint  board-notice  board-none  board-off
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useSlowScroll } from "../slow_scroll";
import "./style.css";

type Result = "finished" | "refused" | "returned" | "withdrawn";

interface Board {
  hall: string;
  at: string;
  days: number;
  results: { applicant: string | null; item: string; unit: string; result: Result; on: string }[];
  complaints: { number: string; received_on: string; text: string; answer: string }[];
  notices: string[];
}

const REFRESH_MS = 60_000;
const ANSWER_MS = 20_000;
const OLD_MS = 3 * 60_000;
const NOTICE_MS = 12_000;
const ANEW_HOUR = 3;

const RESULTS: Record<Result, string> = { finished: "办结", refused: "不予受理", returned: "退件", withdrawn: "撤回" };

// null: the hall has no board.
async function readBoard(): Promise<Board | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_MS);
  try {
    const answer = await fetch("/api/v1/public/board", { credentials: "omit", signal: stop.signal });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as Board;
  } finally {
    clearTimeout(timer);
  }
}

interface Shown {
  board: Board | null;
  readAt: number;
  isOff: boolean;
}

function useBoard(): Shown {
  const [shown, setShown] = useState<Shown>({ board: null, readAt: Date.now(), isOff: false });
  useEffect(() => {
    const began = Date.now();
    let isAsking = false;
    const refresh = async () => {
      if (isAsking) return;
      isAsking = true;
      try {
        const board = await readBoard();
        // What was upgraded meanwhile is fetched at night, while the box answers.
        if (Date.now() - began > 12 * 3_600_000 && new Date().getHours() === ANEW_HOUR) location.reload();
        setShown({ board, readAt: Date.now(), isOff: !board });
      } catch {
        // The box is away: what is shown stays, with its time.
      }
      isAsking = false;
    };
    const again = () => void refresh();
    again();
    const timer = setInterval(again, REFRESH_MS);
    addEventListener("online", again);
    return () => {
      clearInterval(timer);
      removeEventListener("online", again);
    };
  }, []);
  return shown;
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

const dayText = (day: string) => `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;

function Age({ at, readAt }: { at: string; readAt: number }) {
  const isOld = useNow(10_000) - readAt > OLD_MS;
  const time = `${dayText(at)} ${at.slice(11, 16)}`;
  return (
    <p class={`age ${isOld ? "is-old" : ""}`} data-testid="board-at" data-at={at}>
      {isOld ? <b data-testid="board-old">连接中断，以下是 {time} 的内容</b> : `更新于 ${time}`}
    </p>
  );
}

function Notice({ notices }: { notices: string[] }) {
  const now = useNow(NOTICE_MS);
  if (notices.length === 0) return null;
  return (
    <p class="notice" data-testid="board-notice">
      <b>通知</b>
      <span>{notices[Math.floor(now / NOTICE_MS) % notices.length]}</span>
    </p>
  );
}

function Results({ board }: { board: Board }) {
  const box = useSlowScroll();
  return (
    <section class="results">
      <h2>
        办理结果 <small>近 {board.days} 天</small>
      </h2>
      {board.results.length === 0 && <p data-testid="board-none">近 {board.days} 天没有公示的办理结果</p>}
      <div class="goes-by" ref={box} data-testid="board-results">
        {board.results.map((row, i) => (
          <div class="result" key={i} data-testid="board-result">
            <time>{dayText(row.on)}</time>
            <b>{row.item}</b>
            <span class="who">{row.applicant ?? "—"}</span>
            <span class="unit">{row.unit}</span>
            <em class={row.result}>{RESULTS[row.result]}</em>
          </div>
        ))}
      </div>
    </section>
  );
}

function Complaints({ complaints }: { complaints: Board["complaints"] }) {
  const box = useSlowScroll();
  if (complaints.length === 0) return null;
  return (
    <section class="complaints">
      <h2>群众意见与答复</h2>
      <div class="goes-by" ref={box} data-testid="board-complaints">
        {complaints.map((one) => (
          <article key={one.number} data-testid="board-complaint">
            <p>
              <small>{dayText(one.received_on)}</small> {one.text}
            </p>
            <p class="answer">答复：{one.answer}</p>
          </article>
        ))}
      </div>
    </section>
  );
}

function Page() {
  const { board, readAt, isOff } = useBoard();
  if (isOff)
    return (
      <p class="off" data-testid="board-off">
        本大厅未开启结果公示
      </p>
    );
  if (!board) return <p class="off">正在读取…</p>;
  return (
    <main class={board.complaints.length > 0 ? "has-complaints" : ""}>
      <header>
        <h1 data-testid="board-hall">
          {board.hall} <span>结果公示</span>
        </h1>
        <Age at={board.at} readAt={readAt} />
      </header>
      <Notice notices={board.notices} />
      <Results board={board} />
      <Complaints complaints={board.complaints} />
      <footer>姓名已隐去部分文字。对办理结果有疑问，请到窗口询问；对服务有意见，请到吐槽找茬窗口。</footer>
    </main>
  );
}

render(<Page />, document.getElementById("page") as HTMLElement);
