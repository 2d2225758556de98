// SPDX-License-Identifier: Apache-2.0
// Chime: two soft tones, made in the browser. A browser plays nothing before the person has touched the page; then the
// alarm is only seen. Several pages of one browser sound once.
const TONES = [
  { hz: 784, at: 0 },
  { hz: 587, at: 0.22 },
];
const TONE_S = 0.5;
const LOUD = 0.25;
const APART_MS = 4_000;
const KEY = "hallwatch.chimed";

let sound: AudioContext | null = null;

function isTooSoon(): boolean {
  const now = Date.now();
  const last = Number(localStorage.getItem(KEY)) || 0;
  if (now >= last && now - last < APART_MS) return true;
  localStorage.setItem(KEY, String(now));
  return false;
}

function tone(context: AudioContext, hz: number, at: number): void {
  const wave = context.createOscillator();
  const gain = context.createGain();
  wave.frequency.value = hz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUD, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + TONE_S);
  wave.connect(gain).connect(context.destination);
  wave.start(at);
  wave.stop(at + TONE_S);
}

export function chime(): void {
  if (!("AudioContext" in window) || isTooSoon()) return;
  const context = (sound ??= new AudioContext());
  const play = () => TONES.forEach(({ hz, at }) => tone(context, hz, context.currentTime + at));
  if (context.state === "running") play();
  else context.resume().then(play, () => undefined);
}
