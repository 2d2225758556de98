// SPDX-License-Identifier: Apache-2.0
// Resource: what a page shows of the box. Read when the address changes and again, quietly, after events of the
// kinds it depends on; what is on screen stays there meanwhile.
import { useEffect, useState } from "preact/hooks";
import type { Query } from "./address";
import { ApiError, get } from "./api";
import { type EventKind, subscribe } from "./events";
import type { Page } from "./shapes";

// A lone event is read for at once; while a burst lasts (a CSV file of cases), once in this time.
const PERIOD_MS = 400;
const RETRY_MS = 5_000;

export interface Resource<T> {
  data: T | null;
  error: ApiError | null;
  busy: boolean;
  reload: () => void;
}

type Reader<T> = (signal: AbortSignal) => Promise<T>;

// key names what is read: another key is another thing, and the old one is not shown for it. "" reads nothing.
function useReading<T>(key: string, part: number, reader: Reader<T>, kinds: EventKind[]): Resource<T> {
  const [state, setState] = useState({ key, data: null as T | null, error: null as ApiError | null, busy: true });
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (!key) return undefined;
    const stop = new AbortController();
    let timer = 0;
    let readAt = 0;
    let isReading = false;
    let isOld = false; // something happened since the reading began: one at a time, or an older answer could come last
    const put = (change: { data?: T; error: ApiError | null; busy: boolean }) =>
      setState((old) => ({ key, data: old.key === key ? old.data : null, ...change }));
    const read = async () => {
      readAt = Date.now();
      isReading = true;
      isOld = false;
      put({ error: null, busy: true });
      try {
        const data = await reader(stop.signal);
        if (!stop.signal.aborted) put({ data, error: null, busy: false });
      } catch (error) {
        if (stop.signal.aborted || !(error instanceof ApiError)) return;
        put({ error, busy: false });
        if (error.status === 0 || error.status >= 500) again(RETRY_MS);
      } finally {
        isReading = false;
        if (isOld && !stop.signal.aborted) soon();
      }
    };
    const again = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void read(), ms);
    };
    const soon = () => again(readAt + PERIOD_MS - Date.now());
    void read();
    const unsubscribe = subscribe((kind) => {
      if (kind !== "all" && !kinds.includes(kind)) return;
      if (isReading) isOld = true;
      else soon();
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
      stop.abort();
    };
  }, [key, part, turn]);

  const reload = () => setTurn((n) => n + 1);
  if (state.key !== key) return { data: null, error: null, busy: true, reload };
  return { data: state.data, error: state.error, busy: state.busy, reload };
}

export function useResource<T>(path: string | null, query: Query, kinds: EventKind[]): Resource<T> {
  const key = path === null ? "" : path + JSON.stringify(query);
  return useReading<T>(key, 0, (signal) => get<T>(path as string, query, signal), kinds);
}

export interface List<T> extends Resource<Page<T>> {
  more: (() => void) | null; // reads one page further; null at the end
}

const PAGE_SIZE = "50";

// As many pages as were asked for, all of them anew after an event, so that no row is stale.
export function useList<T>(path: string, query: Query, kinds: EventKind[]): List<T> {
  const key = path + JSON.stringify(query);
  const [wanted, setWanted] = useState({ key, pages: 1 });
  const pages = wanted.key === key ? wanted.pages : 1;
  const reader = async (signal: AbortSignal): Promise<Page<T>> => {
    let page = await get<Page<T>>(path, { ...query, limit: PAGE_SIZE }, signal);
    const items = page.items;
    for (let i = 1; i < pages && page.next; i++) {
      page = await get<Page<T>>(path, { ...query, limit: PAGE_SIZE, cursor: page.next }, signal);
      items.push(...page.items);
    }
    return { ...page, items };
  };
  const resource = useReading<Page<T>>(key, pages, reader, kinds);
  const more = resource.data?.next ? () => setWanted({ key, pages: pages + 1 }) : null;
  return { ...resource, more };
}
