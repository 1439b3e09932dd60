/** What an institution adds to the client, and what the client gives its screens. The only file of `app/` that features import.
 *
 * A feature is one folder `src/features/<name>/` whose index.ts exports `feature: Feature`. The index is part of the first load,
 * so it holds effects, places and addresses only; screens are loaded when they are opened, lists after the first paint.
 */
import type { ComponentType } from "preact";
import type { Effects, OpName, OutboxItem, Sync } from "../sync/api";
import type { IconName } from "../ui/icon";

export { useAmended } from "./amended";
export { Camera, canScan } from "./camera";
export { AttachField, Attachments, attachedWord, dueItems } from "./attach";
export { useAsked, useDraft, DraftNotice, type Draft } from "./draft";
export { Lazy } from "./lazy";
export { textOf as itemText } from "./lists";
export { back, go, route, toTop } from "./router";
export { showReceipt } from "./receipt";
export { SubmitBar } from "./submit";
export { useMe, useNow, useSync } from "./context";

export type Role = "STF" | "HEAD" | "LEAD" | "TOP" | "OFF" | "INS" | "EFF" | "TEAM" | "CHECK" | "SUP" | "DIS" | "ADM" | "BOARD";

/** The places of the bottom bar. Which of them a person gets is decided in `tabs.ts`. */
export type TabId =
  | "post" | "todo" | "messages" | "patrol" | "check" | "findings" | "missions" | "reports" | "approve" | "problems" | "overview" | "ledger" | "bulletin" | "me";

export interface ScreenProps {
  sync: Sync;
  /** Parts of the path: `/away/:id` gives `id`. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
}

/** One screen. `path` with :names; `title` shows in the header; `roles` absent = everyone who is signed in. */
export interface Screen {
  path: string;
  title: (params: Readonly<Record<string, string>>) => string;
  load: () => Promise<{ default: ComponentType<ScreenProps> }>;
  roles?: readonly Role[];
}

/** One place of the bottom bar. `path` is a screen of the same feature. */
export interface TabSpec {
  id: TabId;
  path: string;
  label: () => string;
  icon: IconName;
}

/**
 * A way in that is not a tab: listed under 我的 and at the desk's side; `urgent` also stands in the header of every screen,
 * where `held` is what pressing it longer does at once; should that fail, its screen opens.
 */
export interface Action {
  path: string;
  label: () => string;
  icon: IconName;
  roles?: readonly Role[];
  urgent?: boolean;
  held?: (sync: Sync) => Promise<void>;
}

/** One line of 事项 (`waits`: something is asked of this person) or 消息. `at` ms. */
export interface InboxItem {
  id: string;
  at: number;
  title: string;
  text?: string;
  path?: string;
  waits: boolean;
}

/** How an op reads in the outbox: what it says, and the form (path) that opens it again for 修改重提. */
export interface OpText {
  title: string;
  text?: string;
  edit?: string;
}
export type Describe = { [K in OpName]?: (item: OutboxItem<K>, sync: Sync) => OpText };

/** What an institution adds to the shell's lists and numbers. Functions read signals, so what they give stays live. */
export interface Lists {
  describe?: Describe;
  /** Lines for 事项 and 消息. */
  inbox?: (sync: Sync) => InboxItem[];
  /** How much waits at a place: the number beside its label. */
  counts?: { [K in TabId]?: (sync: Sync) => number };
}

export interface Feature {
  id: string;
  effects: Effects;
  screens: readonly Screen[];
  tabs: readonly TabSpec[];
  actions?: readonly Action[];
  /** A block of its own at the head of everybody's first screen, which shows nothing to those it does not concern. */
  home?: () => Promise<{ default: ComponentType<{ sync: Sync }> }>;
  /** Loaded after the first paint. */
  lists?: () => Promise<{ lists: Lists }>;
}
