/** What phone and server must know alike of a hall's day: the vectors that the server satisfies, too (tests/server/test_twins.py). */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { isParted } from "../../src/features/hall/duty";
import { hoursOf, lunchSpan } from "../../src/features/hall/hours";
import { isUnlikely, longestUntil } from "../../src/features/presence/bounds";
import type { Reason } from "../../src/features/presence/notice";
import { zone } from "../../src/i18n/time";
import type { Duty, Hall } from "../../src/sync/types.gen";

interface Input {
  fn: "hours_of" | "lunch_span" | "longest_until" | "is_unlikely" | "is_parted";
  day: string;
  reason: Reason;
  leaves_at: number;
  back_at: number;
  now: number;
  duty: Duty;
  from_at: number;
  at: number;
}

interface Vectors {
  halls: Record<string, Hall>;
  cases: { name: string; hall: string; input: Input; expected: unknown }[];
}

const VECTORS = JSON.parse(readFileSync(new URL("../../../server/domain/hall/vectors.json", import.meta.url), "utf8")) as Vectors;

const DOES: Record<Input["fn"], (hall: Hall, input: Input) => unknown> = {
  hours_of: (hall, { day }) => hoursOf(hall, day).map(({ slot, from, to }) => [slot, from, to]),
  lunch_span: (hall, { day }) => {
    const span = lunchSpan(hall, day);
    return span && [span.from, span.to];
  },
  longest_until: (hall, { reason, leaves_at }) => longestUntil(hall, reason, leaves_at),
  is_parted: (hall, { duty, from_at, at }) => isParted(hall, duty, from_at, at),
  is_unlikely: (hall, { reason, leaves_at, back_at, now }) => isUnlikely(hall, reason, leaves_at, back_at, now),
};

beforeAll(() => {
  zone.value = "Asia/Shanghai";
});

test.each(VECTORS.cases)("$name", ({ hall, input, expected }) => {
  expect(DOES[input.fn](VECTORS.halls[hall]!, input)).toEqual(expected);
});
