/** Records that stand in journals although their databases have gone, as the door tells before anybody has signed in. */
import { accounts } from "./account.ts";
import type { Env } from "./env.ts";
import { parseJournal } from "./journal.ts";
import { databaseName, journalName } from "./store.ts";

/** How many records wait in journals of people this browser does not know any more. */
export async function countStranded(env: Env): Promise<number> {
  const disk = await env.disk();
  const known = new Set((await accounts(env)).map(({ site, uid }) => journalName(databaseName(site, uid))));
  const names = (await disk?.names())?.filter((name) => name.endsWith(".journal") && !known.has(name)) ?? [];
  const texts = await Promise.all(names.map((name) => disk!.read(name)));
  return texts.reduce((sum, text) => sum + parseJournal(text ?? "").entries.length, 0);
}
