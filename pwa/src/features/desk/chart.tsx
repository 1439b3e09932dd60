/** One index over time as a chart: a line for rates, delays and averages, bars for minutes and numbers. A press on a point opens its facts. */
import { max, ticks } from "d3-array";
import { area, line, stack } from "d3-shape";
import type { IndexPoint, IndexSeries } from "../../sync/types.gen";
import { axisText, chartValue, labelsOf, spanText, valueText } from "./trends";

interface ChartProps {
  series: IndexSeries;
  by: string;
  /** What the chart shows, read out. */
  label: string;
  /** Opens the facts behind a point; none when they are not this person's to read. */
  onOpen: ((point: IndexPoint) => void) | undefined;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 184, 44, 12, 12, 26];
const TICKS = 4;
const BAR_SHARE = 0.7;

interface Scales {
  /** Middle of the place of a point. */
  x: (at: number) => number;
  y: (value: number) => number;
  step: number;
  ticks: number[];
}

function scales(count: number, top: number): Scales {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, count);
  const marks = ticks(0, top, TICKS);
  const last = Math.max(top, marks.at(-1) ?? 0) || 1;
  return {
    x: (at) => LEFT + step * (at + 0.5),
    y: (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / last),
    step,
    ticks: marks,
  };
}

export default function Chart({ series: whole, by, label, onOpen }: ChartProps) {
  // Days on which the hall was closed would be gaps that say nothing.
  const series = by === "day" ? { ...whole, points: whole.points.filter((point) => point.top > 0 || point.bottom > 0) } : whole;
  const trend = series.kind === "rate" || series.kind === "delay" || series.kind === "average";
  const values = series.points.map((point) => (trend ? chartValue(series, point.value) : point.top));
  const scale = scales(values.length, series.kind === "rate" ? 100 : Math.max(1, max(values, (value) => value ?? 0) ?? 0));
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <Axes series={series} by={by} scale={scale} />
      {trend ? <Line values={values} scale={scale} /> : <Bars series={series} scale={scale} />}
      {series.points.map((point, at) => {
        const value = values[at] ?? null;
        if (value === null || (!trend && value === 0)) return null;
        const title = `${spanText(by, point)} ${valueText(series, point) ?? ""}`;
        const spot = trend ? <circle class="point" cx={scale.x(at)} cy={scale.y(value)} r={Math.min(4, scale.step / 3)} /> : <rect class="hit" x={scale.x(at) - scale.step / 2} y={TOP} width={scale.step} height={HEIGHT - TOP - BOTTOM} />;
        const inside = (
          <>
            <title>{title}</title>
            {spot}
          </>
        );
        // For the pointer only: the table below is the way for the keyboard and for screen readers.
        return (
          <g key={point.from_day} {...(onOpen ? { class: "spot", onClick: () => onOpen(point) } : {})}>
            {inside}
          </g>
        );
      })}
    </svg>
  );
}

function Axes({ series, by, scale }: { series: IndexSeries; by: string; scale: Scales }) {
  return (
    <g class="axes">
      {scale.ticks.map((mark) => (
        <g key={mark}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={scale.y(mark)} y2={scale.y(mark)} />
          <text x={LEFT - 6} y={scale.y(mark) + 4} text-anchor="end">
            {axisText(series, mark)}
          </text>
        </g>
      ))}
      {labelsOf(by, series.points).map((text, at) =>
        text ? (
          <text key={text} x={scale.x(at)} y={HEIGHT - 6} text-anchor="middle">
            {text}
          </text>
        ) : null,
      )}
    </g>
  );
}

/** A line with the ground below it; days without enough cases leave a gap. */
function Line({ values, scale }: { values: (number | null)[]; scale: Scales }) {
  const there = (value: number | null) => value !== null;
  const x = (_: number | null, at: number) => scale.x(at);
  const y = (value: number | null) => scale.y(value ?? 0);
  const ground = area<number | null>().defined(there).x(x).y0(scale.y(0)).y1(y);
  const edge = line<number | null>().defined(there).x(x).y(y);
  return (
    <>
      <path class="ground" d={ground(values) ?? ""} />
      <path class="edge" d={edge(values) ?? ""} />
    </>
  );
}

/** Bars, their parts one on the other. */
function Bars({ series, scale }: { series: IndexSeries; scale: Scales }) {
  const count = Math.max(1, series.parts?.length ?? 0);
  const keys = Array.from({ length: count }, (_, part) => part);
  const value = (point: IndexPoint, part: number) => (count > 1 ? (point.parts?.[part] ?? 0) : point.top);
  const layers = stack<unknown, IndexPoint, number>().keys(keys).value(value)(series.points);
  const width = Math.max(1, scale.step * BAR_SHARE);
  return (
    <>
      {layers.map((layer, part) =>
        layer.map(([from, to], at) => (to > from ? <rect key={`${part}.${at}`} class={`part p${part}`} x={scale.x(at) - width / 2} width={width} y={scale.y(to)} height={scale.y(from) - scale.y(to)} /> : null)),
      )}
    </>
  );
}
