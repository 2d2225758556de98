// SPDX-License-Identifier: Apache-2.0
// The call screen 叫号屏, for a large display: which number goes to which counter, the last calls first and flashing, how
// many wait, notices; each call is spoken by sound that the box has rendered. Works with a screen's token (screen.ts), all
// day: it asks by itself, also after the box was away, and says so meanwhile.
//
// Hooks for browser tests (data-testid): call-row-{number} (data-new)  call-counter  call-lane-{id}  call-notice  call-away
//   call-problem  call-sound (asks for a touch, where the browser wants one)  call-voice  call-board (data-said: number of sounds
//   played)
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Estimate, ScreenError, askBox, screenToken } from "../screen";
import "./style.css";

interface Call {
  number: string;
  is_priority: boolean;
  counter: { id: string; name: string };
  state: "called" | "served";
  called_at: string;
  calls: number;
}

interface Calls {
  hall: string;
  at: string;
  calls: Call[];
  lanes: { id: string; name: string; waiting: number; counters_open: number; estimate: Estimate | null }[];
  notice: string | null;
  voices: string[];
}

const REFRESH_MS = 1_000;
const NEW_MS = 20_000; // a call is shown as new, and spoken when it is first seen
const AWAY_MS = 6_000;
const ROWS = 8;
const TRIES = 12;
const TRY_MS = 500;

const token = screenToken("call");
const ageOf = (call: Call, at: string) => new Date(at).getTime() - new Date(call.called_at).getTime();
const keyOf = (call: Call) => `${call.number} ${call.counter.id} ${call.calls}`;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function soundOf(call: Call, language: string): Promise<Blob | null> {
  const query = new URLSearchParams({ number: call.number, counter: call.counter.id, language });
  for (let i = 0; i < TRIES; i++) {
    try {
      return await (await askBox(`voice?${query}`, token)).blob();
    } catch (error) {
      if (!(error instanceof ScreenError) || error.status !== 503) return null;
    }
    await pause(TRY_MS);
  }
  return null;
}

type Played = "played" | "blocked" | "failed";

async function play(sound: Blob): Promise<Played> {
  const address = URL.createObjectURL(sound);
  const audio = new Audio(address);
  try {
    const ended = new Promise<Played>((done) => {
      audio.onended = () => done("played");
      audio.onerror = () => done("failed");
    });
    await audio.play();
    return await ended;
  } catch (error) {
    return (error as DOMException).name === "NotAllowedError" ? "blocked" : "failed";
  } finally {
    URL.revokeObjectURL(address);
  }
}

interface Voice {
  say: (call: Call, voices: string[]) => void;
  said: number;
  isBlocked: boolean; // the browser wants a touch first
  isMissing: boolean; // the last sound could not be had
  allow: () => void;
}

// One after another, in the order of the calls.
function useVoice(): Voice {
  const chain = useRef<Promise<void>>(Promise.resolve());
  const [state, setState] = useState({ said: 0, isBlocked: false, isMissing: false });
  const sayNow = async (call: Call, voices: string[]) => {
    for (const language of voices) {
      const sound = await soundOf(call, language);
      const played = sound ? await play(sound) : "failed";
      setState((old) => ({
        said: old.said + (played === "played" ? 1 : 0),
        isBlocked: played === "blocked",
        isMissing: !sound,
      }));
    }
  };
  const say = (call: Call, voices: string[]) => {
    chain.current = chain.current.then(() => sayNow(call, voices));
  };
  return { ...state, say, allow: () => setState((old) => ({ ...old, isBlocked: false })) };
}

interface Seen {
  data: Calls | null;
  isAway: boolean;
  isRefused: boolean;
}

function useCalls(say: Voice["say"]): Seen {
  const [seen, setSeen] = useState<Seen>({ data: null, isAway: false, isRefused: false });
  useEffect(() => {
    const known = new Set<string>();
    let timer = 0;
    let goodAt = Date.now();
    const read = async () => {
      try {
        const data = (await (await askBox("calls", token)).json()) as Calls;
        goodAt = Date.now();
        for (const call of [...data.calls].reverse()) {
          if (!known.has(keyOf(call)) && call.state === "called" && ageOf(call, data.at) < NEW_MS) say(call, data.voices);
          known.add(keyOf(call));
        }
        setSeen({ data, isAway: false, isRefused: false });
      } catch (error) {
        const isRefused = error instanceof ScreenError && error.status === 401;
        setSeen((old) => ({ ...old, isRefused, isAway: Date.now() - goodAt > AWAY_MS }));
      }
      timer = setTimeout(() => void read(), REFRESH_MS);
    };
    void read();
    return () => clearTimeout(timer);
  }, []);
  return seen;
}

function Rows({ data }: { data: Calls }) {
  return (
    <table>
      <thead>
        <tr>
          <th>
            号码 <small>Number</small>
          </th>
          <th>
            窗口 <small>Counter</small>
          </th>
        </tr>
      </thead>
      <tbody>
        {data.calls.slice(0, ROWS).map((call) => {
          const isNew = call.state === "called" && ageOf(call, data.at) < NEW_MS;
          return (
            <tr key={call.number} class={isNew ? "is-new" : ""} data-testid={`call-row-${call.number}`} data-new={isNew}>
              <td class="number">
                {call.number}
                {call.is_priority && <em>优先</em>}
              </td>
              <td>
                {isNew && <i aria-hidden="true">➜ </i>}
                <span data-testid="call-counter">{call.counter.name}</span>
                {isNew && <b class="please">请办理</b>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Lanes({ data }: { data: Calls }) {
  return (
    <aside>
      <h2>等候人数</h2>
      {data.lanes.map((lane) => (
        <div class="lane" key={lane.id} data-testid={`call-lane-${lane.id}`}>
          <span>{lane.name}</span>
          <b>
            {lane.waiting} <small>人</small>
          </b>
          {lane.waiting > 0 && lane.estimate && (
            <p>
              预计等候 {lane.estimate.low}–{lane.estimate.high} 分钟
            </p>
          )}
          {lane.counters_open === 0 && <p>暂无窗口办理</p>}
        </div>
      ))}
    </aside>
  );
}

function Page() {
  const voice = useVoice();
  const { data, isAway, isRefused } = useCalls(voice.say);
  if (isRefused || (!data && isAway))
    return (
      <p class="alone" data-testid="call-problem">
        {isRefused ? "本屏未登记或已停用，请联系管理员" : "正在连接叫号系统…"}
      </p>
    );
  if (!data) return <p class="alone">正在读取…</p>;
  return (
    <main data-testid="call-board" data-said={voice.said}>
      <header>
        <h1>{data.hall}</h1>
        <time>{data.at.slice(11, 16)}</time>
      </header>
      <div class="board">
        {data.calls.length === 0 ? <p class="nobody">欢迎光临，请先取号</p> : <Rows data={data} />}
        <Lanes data={data} />
      </div>
      <footer>
        {isAway && (
          <p class="away" data-testid="call-away">
            ⚠ 暂时连接不上叫号系统，请留意窗口叫号
          </p>
        )}
        {voice.isBlocked && (
          <button data-testid="call-sound" onClick={voice.allow}>
            🔊 点此开启语音播报
          </button>
        )}
        {!isAway && <p data-testid="call-notice">{data.notice ?? "请听到叫号后到相应窗口办理"}</p>}
        <span class="voice" data-testid="call-voice">
          {voice.isMissing && data.voices.length > 0 && "语音暂不可用，请看屏幕"}
        </span>
      </footer>
    </main>
  );
}

render(<Page />, document.getElementById("page") as HTMLElement);
