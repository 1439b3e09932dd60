/** What the tabs of one person at one site tell one another. The store holds the truth; messages only say where to look. */
import type { Channel, Env } from "./env.ts";
import type { Link } from "./engine.ts";

export type Message =
  /** The store changed: read what is newer. */
  | { t: "changed" }
  /** What a form holds has changed, or is gone. */
  | { t: "draft"; key: string }
  /** An op was saved: the leader sends it. */
  | { t: "saved" }
  /** Try now: somebody asked, or signed in. */
  | { t: "kick" }
  /** The leader is alive, and this is what it knows; `quiet_ms`: since it last heard from the server; `shows`: what its tab has read. */
  | { t: "beat"; visible: boolean; link: Link; quiet_ms: number | null; shows: string }
  /** A visible tab wants a hidden leader's place. */
  | { t: "want" };

export class Bus {
  private readonly channel: Channel;
  private readonly listeners = new Set<(message: Message) => void>();

  constructor(env: Env, name: string) {
    this.channel = env.channel(name);
    this.channel.onmessage = ({ data }) => {
      for (const listener of this.listeners) listener(data as Message);
    };
  }

  /** Hears what other tabs say; this tab does not hear itself. */
  listen(listener: (message: Message) => void): void {
    this.listeners.add(listener);
  }

  /** What is closed says nothing any more. */
  tell(message: Message): void {
    if (!this.channel.onmessage) return;
    this.channel.postMessage(message);
  }

  close(): void {
    this.listeners.clear();
    this.channel.onmessage = null;
    this.channel.close();
  }
}
