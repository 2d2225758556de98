// SPDX-License-Identifier: Apache-2.0
// Chart: figures over time (uPlot). Charts of one group share the pointer's moment.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { lonelyOf } from "../figures";
import { t } from "../text";
import { theme } from "../theme";
import { zone } from "../time";

export interface Line {
  name: string;
  values: (number | null)[];
  color: string; // a token's name, "--accent"
  bars?: boolean;
}

export interface ChartProps {
  testId: string;
  group: string;
  title: string;
  at: number[]; // seconds
  lines: Line[];
  max?: number; // of the scale, where it is known
  digits: number;
  isWide?: boolean; // over all columns of the page
  hasValues?: boolean; // false: a strip, without a scale of values
}

const HEIGHT = 150;
const STRIP_HEIGHT = 74;
const GAP_FILL_ALPHA = "33";
const BAR_ALPHA = "b3";

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// uPlot shows a moment as its tzDate says: the hall's wall clock, whatever the browser's zone.
const hallDate = (seconds: number) => uPlot.tzDate(new Date((seconds + zone() * 60) * 1000), "Etc/UTC");

const DAY_S = 86_400;
const two = (n: number) => String(n).padStart(2, "0");

function tickText(seconds: number, step: number): string {
  const date = hallDate(seconds);
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return step >= DAY_S ? day : `${two(date.getHours())}:${two(date.getMinutes())}`;
}

// Zero is always in it, and noise around it does not fill the picture.
const LEAST = 1;

function rangeOf(low: number | null, high: number | null, max?: number): [number, number] {
  return [low !== null && low < 0 ? Math.min(low, -LEAST) * 1.1 : 0, max ?? Math.max(high ?? 0, LEAST) * 1.1];
}

function options({ group, lines, max, digits, hasValues = true }: ChartProps, width: number): uPlot.Options {
  const axis = { stroke: token("--muted"), grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line") } };
  const font = `14px ${token("--font")}`;
  return {
    width,
    height: hasValues ? HEIGHT : STRIP_HEIGHT,
    tzDate: hallDate,
    cursor: { sync: { key: group }, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { x: { time: true }, y: { range: (_, low, high) => rangeOf(low, high, max) } },
    axes: [
      { ...axis, font, values: (_, ticks, __, ___, step) => ticks.map((tick) => tickText(tick, step)) },
      { ...axis, font, size: 56, show: hasValues, values: (_, ticks) => ticks.map((tick) => String(+tick.toFixed(3))) },
    ],
    series: [
      { label: t("time"), value: (_, seconds) => (seconds === null ? "—" : tickText(seconds, 0)) },
      ...lines.map((line) => ({
        label: line.name,
        stroke: token(line.color),
        fill: token(line.color) + (line.bars ? BAR_ALPHA : GAP_FILL_ALPHA),
        width: line.bars ? 0 : 1.5, // a bar of nothing has no edge either
        points: line.bars ? { show: false } : { show: true, size: 7, fill: token(line.color), filter: (plot: uPlot, i: number) => lonelyOf(plot.data[i] as (number | null)[]) },
        paths: line.bars ? uPlot.paths.bars?.({ size: [0.9, 12] }) : undefined,
        value: (_: uPlot, value: number | null) => (value === null ? "—" : value.toFixed(digits)),
      })),
    ],
  };
}

export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = [props.at, ...props.lines.map((line) => line.values)] as uPlot.AlignedData;
  const shown = useRef(data);
  shown.current = data;
  useEffect(() => {
    const place = box.current;
    if (!place) return undefined;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(props, place.clientWidth), shown.current, place);
    };
    make();
    addEventListener("resize", make);
    return () => {
      removeEventListener("resize", make);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [theme.value, props.lines.length, props.title]);
  useEffect(() => plot.current?.setData(data), [data]);
  const points = props.lines[0]?.values.filter((value) => value !== null).length ?? 0;
  return (
    <section class={`card chart ${props.isWide ? "is-wide" : ""}`} data-testid={`chart-${props.testId}`} data-points={points}>
      <h2>{props.title}</h2>
      <div ref={box} class="chart-plot" />
    </section>
  );
}
