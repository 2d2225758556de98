// SPDX-License-Identifier: Apache-2.0
// Screen: what the hall's tablets and displays share. An administrator opens PAGE#TOKEN there once; the token is kept by
// the browser and taken out of the address, so that nobody reads it off the screen.
const KEPT = "hallwatch.screen ";
const ANSWER_WITHIN_MS = 10_000;

export class ScreenError extends Error {
  constructor(
    readonly status: number, // 0: no answer
    message: string,
  ) {
    super(message);
  }
}

// page: "take" or "call". "": none is known.
export function screenToken(page: string): string {
  const given = decodeURIComponent(location.hash.slice(1));
  try {
    if (given) localStorage.setItem(KEPT + page, given);
    if (given) history.replaceState(null, "", location.pathname + location.search);
    return given || (localStorage.getItem(KEPT + page) ?? "");
  } catch {
    return given; // a browser that keeps nothing: the address stays as it is
  }
}

export async function askBox(path: string, token: string, body?: unknown): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_WITHIN_MS);
  const headers: Record<string, string> = token ? { Authorization: `Screen ${token}` } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(`/api/v1/public/queue/${path}`, {
      method: body === undefined ? "GET" : "POST",
      credentials: "omit",
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: limit.signal,
    });
    if (answer.ok) return answer;
    const said = (await answer.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new ScreenError(answer.status, said.error?.message ?? "");
  } catch (error) {
    throw error instanceof ScreenError ? error : new ScreenError(0, "");
  } finally {
    clearTimeout(timer);
  }
}

export interface Estimate {
  low: number;
  high: number;
}

export interface QueueTicket {
  id: string;
  hall: string;
  number: string;
  lane: { id: string; name: string };
  state: "issued" | "called" | "served" | "finished" | "missed";
  priority: string | null;
  counter: { id: string; name: string } | null;
  issued_at: string;
  before: number | null;
  estimate: Estimate | null;
  is_over: boolean;
  url?: string;
  svg?: string | null;
}
