// SPDX-License-Identifier: Apache-2.0
// Slow scroll: a part of a screen in the hall that is higher than its place goes by slowly, and pauses at both ends.
// Whoever touches it scrolls by hand; when nobody has touched it for a while it begins anew.
import { useEffect, useRef } from "preact/hooks";

const STEP_MS = 40; // for each pixel
const PAUSE_MS = 6_000;
const IDLE_MS = 30_000;

export function useSlowScroll<T extends HTMLElement = HTMLDivElement>(isOn = true) {
  const box = useRef<T>(null);
  useEffect(() => {
    const place = box.current;
    if (!place || !isOn) return undefined;
    let waitUntil = Date.now() + PAUSE_MS;
    let isTouched = false;
    const touch = () => {
      isTouched = true;
      waitUntil = Date.now() + IDLE_MS;
    };
    const isAtEnd = () => place.scrollTop + place.clientHeight >= place.scrollHeight - 1;
    const timer = setInterval(() => {
      if (Date.now() < waitUntil || place.scrollHeight <= place.clientHeight) return;
      if (isTouched || isAtEnd()) place.scrollTop = 0;
      else place.scrollTop += 1;
      if (isTouched || isAtEnd() || place.scrollTop === 0) waitUntil = Date.now() + PAUSE_MS;
      isTouched = false;
    }, STEP_MS);
    place.addEventListener("pointerdown", touch);
    place.addEventListener("touchmove", touch, { passive: true });
    place.addEventListener("wheel", touch, { passive: true });
    return () => {
      clearInterval(timer);
      place.removeEventListener("pointerdown", touch);
      place.removeEventListener("touchmove", touch);
      place.removeEventListener("wheel", touch);
    };
  }, [isOn]);
  return box;
}
