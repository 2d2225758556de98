// SPDX-License-Identifier: Apache-2.0
// Api: requests to the box. Every failure becomes an ApiError with a status (0: no answer), the box's code and its
// sentence. A 401 tells the session that it has ended (see session.ts).
import { apiPath, type Query } from "./address";
import { nowMs } from "./clock";
import { boxNow, noteBox } from "./time";

const ANSWER_WITHIN_MS = 15_000;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter: number | null = null, // seconds
  ) {
    super(message);
  }
}

let csrf = "";
let onSignedOut: () => void = () => {};

export function useCsrf(token: string): void {
  csrf = token;
}

export function whenSignedOut(call: () => void): void {
  onSignedOut = call;
}

export async function errorOf(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get("Retry-After")) || null;
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string } };
    return new ApiError(response.status, body.error?.code ?? "", body.error?.message ?? "", wait);
  } catch {
    return new ApiError(response.status, "", "", wait);
  }
}

async function request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_WITHIN_MS);
  const stop = () => limit.abort();
  signal?.addEventListener("abort", stop);
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") {
    headers["Content-Type"] = body instanceof Blob ? "application/octet-stream" : "application/json"; // also without a body: the box takes no write of another type
    if (csrf) headers["X-CSRF-Token"] = csrf;
  }
  try {
    const text = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
    const askedMs = Date.now();
    const response = await fetch(path, { method, headers, body: text, signal: limit.signal, credentials: "same-origin" });
    if (noteBox(response.headers.get("X-Hallwatch-Time"), askedMs)) nowMs.value = boxNow();
    return response;
  } catch {
    throw new ApiError(0, signal?.aborted ? "aborted" : "no_answer", "");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function answer<T>(response: Response, path: string): Promise<T> {
  if (!response.ok) {
    const error = await errorOf(response);
    if (error.status === 401 && path !== "/api/v1/session") onSignedOut();
    throw error;
  }
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError(response.status, "not_json", "");
  }
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return answer<T>(await request("GET", apiPath(path, query), undefined, signal), path);
}

// A file that the box makes, however long that takes; name: under which it is to be kept.
export async function getFile(path: string): Promise<{ bytes: Blob; name: string }> {
  try {
    const response = await fetch(path, { credentials: "same-origin" });
    if (!response.ok) {
      const error = await errorOf(response);
      if (error.status === 401) onSignedOut();
      throw error;
    }
    const [, name = "file"] = /filename\*=UTF-8''(.*)$/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
    return { bytes: await response.blob(), name: decodeURIComponent(name) };
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, "no_answer", "");
  }
}

// A file as it is, to be read by the box.
export async function sendFile<T>(path: string, query: Query, bytes: Blob): Promise<T> {
  return answer<T>(await request("POST", apiPath(path, query), bytes), path);
}

// A piece of a file.
export async function sendBytes<T>(path: string, bytes: Blob): Promise<T> {
  return answer<T>(await request("PUT", path, bytes), path);
}

export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  return answer<T>(await request(method, path, body), path);
}
