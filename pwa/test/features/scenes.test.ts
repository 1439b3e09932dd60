/**
 * The words the phone itself finds in the scenes of the offline conflicts, from the rows it pulled there (CON-08, CON-09, CON-35, CON-36, CON-40,
 * CON-41): tests/server/scenes/shown.json is what tests/server/test_scenes.py pulled, and what must be read in both scripts.
 */
import { signal } from "@preact/signals";
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { catalogue, parsePo } from "../../build/po";
import { stageOf } from "../../src/display/model";
import { labelText, staleText } from "../../src/display/words";
import { lists as campaign } from "../../src/features/campaign/lists";
import { stateWord } from "../../src/features/campaign/words";
import { reportsWord } from "../../src/features/incident/words";
import { lists as patrol } from "../../src/features/patrol/lists";
import { undecidedText } from "../../src/features/visit/words";
import { locale } from "../../src/i18n";
import { active } from "../../src/i18n/catalogue";
import type { RowKind, Sync } from "../../src/sync/api";
import type { RowBody } from "../../src/sync/types.gen";
import { MINUTE_MS } from "./world";

interface Shown {
  scene: string;
  who: string;
  kind: RowKind;
  rid: string;
  now: number;
  rows: { [K in RowKind]?: Record<string, RowBody[K]> };
  says: Record<"zh_Hans" | "zh_Hant_TW", string[]>;
}

const SHOWN = JSON.parse(readFileSync(new URL("../../../tests/server/scenes/shown.json", import.meta.url), "utf8")) as Shown[];
const SILENT_MIN = [3, 11, 31];

/** The part of the engine a list reads: the rows, who, and the time. */
function engine({ rows, who, now }: Shown): Sync {
  const read = (kind: RowKind) => new Map(Object.entries(rows[kind] ?? {}).map(([rid, body]) => [rid, { body }]));
  const part: Pick<Sync, "uid" | "now" | "rows"> = { uid: who, now: () => now, rows: (kind) => signal(read(kind)) as never };
  return part as Sync;
}

const row = <K extends RowKind>(one: Shown, kind: K): RowBody[K] | undefined => one.rows[kind]?.[one.rid];

/** Everything this phone says of the row. */
function words(one: Shown): string[] {
  const listed = [patrol, campaign].flatMap((lists) => lists.inbox?.(engine(one)) ?? []).map((item) => item.title);
  const [incident, problem, team, post] = [row(one, "incident"), row(one, "problem"), row(one, "visit.team"), row(one, "post.pub")];
  const hall = one.rows.hall?.["hall"];
  const board = post && hall ? [labelText(post), ...SILENT_MIN.map((n) => staleText(stageOf(n * MINUTE_MS, hall.rules), n * MINUTE_MS, hall.phone))] : [];
  return [...listed, ...(incident ? [reportsWord(incident)] : []), ...(problem ? [stateWord(problem.state)] : []), ...(team ? [undecidedText(team.undecided)] : []), ...board];
}

const spoken = (id: string) => catalogue(parsePo(readFileSync(new URL(`../../../locales/${id}/LC_MESSAGES/messages.po`, import.meta.url), "utf8")), () => true);
const TEXTS = { zh_Hans: spoken("zh_Hans"), zh_Hant_TW: spoken("zh_Hant_TW") };

afterAll(() => {
  locale.value = "zh_Hans";
  active.value = {};
});

it.each(SHOWN.map((one) => [one.scene, one.who, one] as const))("%s, as %s reads it", (_scene, _who, one) => {
  for (const id of ["zh_Hans", "zh_Hant_TW"] as const) {
    locale.value = id;
    active.value = TEXTS[id];
    expect(words(one)).toEqual(expect.arrayContaining(one.says[id]));
  }
});

it("is held for every case whose words are the phone's own", () => {
  expect([...new Set(SHOWN.map((one) => one.scene.slice(0, 6)))].sort()).toEqual(["CON-08", "CON-09", "CON-35", "CON-36", "CON-40", "CON-41"]);
});
