// SPDX-License-Identifier: Apache-2.0
// Idle: how long a screen that stands in a hall has not been touched, for pages that go back to their beginning by
// themselves.
import { useEffect, useState } from "preact/hooks";

const TOUCHES = ["pointerdown", "keydown", "wheel", "touchmove"];

// Seconds left until onIdle, which is called once, and again after the next touch. While isOn is false nothing is
// counted.
export function useIdle(seconds: number, isOn: boolean, onIdle: () => void): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (!isOn) return undefined;
    let end = Date.now() + seconds * 1000;
    let isOver = false;
    const touch = () => {
      end = Date.now() + seconds * 1000;
      isOver = false;
      setLeft(seconds);
    };
    const timer = setInterval(() => {
      const now = Math.min(seconds, Math.max(0, Math.ceil((end - Date.now()) / 1000)));
      setLeft(now);
      if (now > 0 || isOver) return;
      isOver = true;
      onIdle();
    }, 250);
    touch();
    TOUCHES.forEach((name) => addEventListener(name, touch, { passive: true }));
    return () => {
      clearInterval(timer);
      TOUCHES.forEach((name) => removeEventListener(name, touch));
    };
  }, [seconds, isOn]);
  return left;
}
