/** Where a device keeps the head of the evidence log. Nothing in it is secret: it belongs to the browser, not to a person. */

export type LocalStore = Pick<Storage, "getItem" | "setItem">;

/**
 * The newest head seen, with the very text that was signed. `key`: what it was verified with; `signed`: false where the browser cannot
 * verify Ed25519; `at`: when it was last compared (ms). `found`: what the last comparison showed; `other`: the note that contradicts `note`,
 * or the first one of the log that began anew, until a person accepts it.
 */
export interface KeptLog {
  origin: string;
  size: number;
  root: string;
  note: string;
  key: string;
  signed: boolean;
  at: number;
  found: "grown" | "restarted" | "shorter" | "diverged";
  other?: string;
}

const place = (site: string): string => `zg.log.${site}`;

/** What is kept of a site's log, if anything. */
export function keptLog(site: string, local: LocalStore = localStorage): KeptLog | null {
  try {
    const kept = JSON.parse(local.getItem(place(site)) ?? "null") as KeptLog | null;
    return kept && typeof kept.size === "number" ? kept : null;
  } catch {
    return null;
  }
}

/** Whether a person must look at what was found: it is not compared away. */
export function asksSomebody(kept: KeptLog | null): boolean {
  return kept?.found === "diverged" || kept?.found === "restarted";
}

/** Keeps it. A full storage forgets nothing that matters: the next comparison begins where this one did. */
export function keepLog(site: string, kept: KeptLog, local: LocalStore = localStorage): void {
  try {
    local.setItem(place(site), JSON.stringify(kept));
  } catch {
    // Compared all the same.
  }
}
