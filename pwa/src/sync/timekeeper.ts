/** The device's sense of time: what its clocks said, the offset measured at the last contact, whether the clock was set back. */
import type { Env } from "./env.ts";
import type { ClockState } from "./store.ts";
import type { Beacon, Clk } from "./types.gen.ts";

/** A wall clock that falls behind the monotonic one, or behind its own past, by more than this was set back. */
export const STEP_MS = 120_000;

/** Before any contact. */
export function newClock(env: Env): ClockState {
  return { off: null, beacon: null, wall: env.wall(), mono: env.mono(), load: env.load, stepped: false, contact_at: null };
}

/** One more reading. Monotonic time may pause in sleep: it bounds what passed from below; across loads the wall alone is compared. */
export function tick(clock: ClockState, env: Env): ClockState {
  const [wall, mono] = [env.wall(), env.mono()];
  const passed = clock.load === env.load ? Math.max(0, mono - clock.mono) : 0;
  return { ...clock, wall, mono, load: env.load, stepped: clock.stepped || wall - clock.wall < passed - STEP_MS };
}

/** The server was reached: it said `now` while the wall clock stood at `wall`. The offset is measured anew and a step is forgiven. */
export function contact(clock: ClockState, env: Env, now: number, wall: number, beacon?: Beacon): ClockState {
  return {
    off: Math.round(now - wall),
    beacon: beacon ? { id: beacon.id, load: env.load, mono: env.mono() } : clock.beacon,
    wall: env.wall(),
    mono: env.mono(),
    load: env.load,
    stepped: false,
    contact_at: now,
  };
}

/** What an op says about time. */
export function clk(clock: ClockState, env: Env): Clk {
  return {
    w: clock.wall,
    o: clock.load,
    m: clock.mono,
    tz: env.timezone(),
    ...(clock.off === null ? {} : { off: clock.off }),
    ...(clock.beacon ? { b: clock.beacon.id, bo: clock.beacon.load, bm: clock.beacon.mono } : {}),
    ...(clock.stepped ? { st: true } : {}),
  };
}

/** Server-corrected present time, ms. */
export function serverNow(clock: ClockState, env: Env): number {
  return env.wall() + (clock.off ?? 0);
}
