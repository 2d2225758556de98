// SPDX-License-Identifier: Apache-2.0
// Keys: what a page does on a key. The last page that asked is first; a key in a field is the field's.
import { useEffect, useRef } from "preact/hooks";

// True: taken, nobody else sees it.
export type KeyHandler = (key: string, event: KeyboardEvent) => boolean;

const handlers: { current: KeyHandler }[] = [];

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

export function watchKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) && event.key !== "Escape") return;
    for (const handler of [...handlers].reverse()) {
      if (handler.current(event.key, event)) {
        event.preventDefault();
        return;
      }
    }
  });
}

export function useKeys(handler: KeyHandler): void {
  const box = useRef(handler);
  box.current = handler;
  useEffect(() => {
    handlers.push(box);
    return () => void handlers.splice(handlers.indexOf(box), 1);
  }, []);
}
