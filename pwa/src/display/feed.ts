/** What the board takes from the sync engine, and the picture it makes of it. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Display } from "../sync/display";
import type { BoardPublic, EmergencyPublic, Hall } from "../sync/types.gen";
import { HIGHLIGHT_MS, ageOf, changedOf, inWalkingOrder, sayingOf, type Cell } from "./model";

/** The engine of a paired screen. */
export interface Feed extends Pick<Display, "rows" | "now" | "status" | "age" | "site" | "beacon"> {
  /** The server has said something since the page was loaded. */
  heard(): boolean;
}

/** `display` as a feed: whatever moves the time of the last contact after opening came from this run. */
export function feedOf(display: Display): Feed {
  const before = display.status.peek().contact_at;
  return {
    rows: (kind) => display.rows(kind),
    now: () => display.now(),
    age: () => display.age(),
    status: display.status,
    site: display.site,
    beacon: display.beacon,
    heard: () => display.status.peek().contact_at !== before,
  };
}

/** How old the picture is, ms, and the server time it was true at (null when there never was a contact). */
export function freshness(feed: Feed): { age_ms: number; asof: number | null } {
  const age_ms = ageOf(feed.age(), feed.heard());
  return { age_ms, asof: feed.heard() ? feed.now() - age_ms : feed.status.peek().contact_at };
}

/** One consistent picture of the hall. `lifted`: windows that changed, and until when (monotonic ms) they stand out. */
export interface Picture {
  hall: Hall | undefined;
  cells: Cell[];
  lifted: ReadonlyMap<string, number>;
}

/** What the hall tells everybody in an emergency. */
export const emergenciesOf = (feed: Feed): EmergencyPublic[] => Array.from(feed.rows("emergency.pub").value.values(), (view) => view.body);

/** What the office says beside the windows (DSP-01). */
export const saidOn = (feed: Feed): BoardPublic[] => Array.from(feed.rows("board.pub").value.values(), (view) => view.body);

/** The code of the zone this screen hangs in (PTL-09). */
export const markOf = (feed: Feed): string => Array.from(feed.rows("screen").value.values(), (view) => view.body.mark ?? "")[0] ?? "";

/** At most two visible changes a second; the first of a burst is shown at once. */
const PICTURE_MS = 500;

/** Keeps a picture of `feed`; `stop` ends it. */
export function watch(feed: Feed): { picture: ReadonlySignal<Picture>; stop: () => void } {
  const picture = signal<Picture>({ hall: undefined, cells: [], lifted: new Map() });
  let saying: ReadonlyMap<string, string> = new Map();
  let drawn_mono = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draw = (): void => {
    timer = undefined;
    const now_mono = performance.now();
    const hall = feed.rows("hall").peek().get("hall")?.body;
    const posts = Array.from(feed.rows("post.pub").peek(), ([rid, view]) => [rid, view.body] as [string, typeof view.body]);
    const cells = inWalkingOrder(posts, hall?.zones ?? []);
    const lifted = new Map([...picture.peek().lifted].filter(([, until_mono]) => until_mono > now_mono));
    for (const rid of changedOf(saying, cells)) lifted.set(rid, now_mono + HIGHLIGHT_MS);
    saying = new Map(cells.map(({ rid, post }) => [rid, sayingOf(post)]));
    picture.value = { hall, cells, lifted };
    drawn_mono = now_mono;
  };

  const end = effect(() => {
    void feed.rows("hall").value;
    void feed.rows("post.pub").value;
    const wait_ms = drawn_mono + PICTURE_MS - performance.now();
    if (wait_ms <= 0) draw();
    else timer ??= setTimeout(draw, wait_ms);
  });
  return {
    picture,
    stop: () => {
      end();
      clearTimeout(timer);
    },
  };
}
