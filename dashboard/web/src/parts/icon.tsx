// SPDX-License-Identifier: Apache-2.0
// Icons on a 24 × 24 grid, drawn with strokes.
const PATHS = {
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-4H4zM14 8h6V4h-6z",
  live: "M3 7h11v10H3zM14 10.5 21 7v10l-7-3.5",
  ratings: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14c1.8 2.4 5.2 2.4 7 0M9 9.5v.5M15 9.5v.5",
  cases: "M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7",
  flags: "M6 21V4M6 4h11l-2 4 2 4H6",
  exports: "M4 4h10l6 6v10H4zM14 4v6h6M12 12v6M9 15.5l3 3 3-3",
  phone: "M6 3h4l1.5 5-2.5 2c1 2.2 2.8 4 5 5l2-2.5 5 1.5v4c0 1-1 2-2 2C11 20 4 13 4 5c0-1 1-2 2-2Z",
  bell: "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  back10: "M4 5v5h5M4.6 10A8 8 0 1 1 4 13",
  ahead10: "M20 5v5h-5M19.4 10A8 8 0 1 0 20 13",
  press: "M12 3v12M7 10.5l5 5 5-5M5 20h14",
  sound: "M4 10v4h3l5 4V6L7 10zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  mute: "M4 10v4h3l5 4V6L7 10zM16 9.5l5 5M21 9.5l-5 5",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  language: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  theme: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M12 7l5.5 9M12 12l3 6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5",
  filter: "M4 6h16M7 12h10M10 18h4",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8v.2",
  playback: "M3 5h18v14H3zM10 9v6l5-3zM3 15h4M17 15h4",
  calendar: "M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  markBefore: "M18 6v12l-8-6zM6 5v14",
  markNext: "M6 6v12l8-6zM18 5v14",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  inPoint: "M11 4H7v16h4M11 12h8M16 9l3 3-3 3",
  outPoint: "M13 4h4v16h-4M13 12H5M8 9l-3 3 3 3",
  zoomIn: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5M8 11h6M11 8v6",
  zoomOut: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5M8 11h6",
  keys: "M3 7h18v11H3zM7 11v.2M11 11v.2M15 11v.2M8 14.5h8",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
