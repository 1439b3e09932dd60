/** The frame around every screen: header with the status pill, banners, the screen, the bottom bar. */
import { computed } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { dayAndWeekday, names, t, zone } from "../i18n";
import type { Sync } from "../sync/api";
import { IconButton, Pill, Tabs, type Tab } from "../ui";
import { SyncContext } from "./context";
import type { Screen, TabSpec } from "./feature";
import { features, loadMore } from "./features";
import { Lazy, Wall } from "./lazy";
import { countOf } from "./lists";
import { back, go, route, toTop } from "./router";
import { isFor, screenAt, SHELL_SCREENS } from "./screens";
import { account } from "./session";
import { statusWord } from "./status";
import { placesOf } from "./tabs";

const screens = computed<readonly Screen[]>(() => [...SHELL_SCREENS, ...features.value.flatMap((feature) => feature.screens)]);

/** What is said above a screen follows the first paint. */
const loadAbove = () => import("./above");
/** An address nobody has claimed yet may belong to an institution that is still to come. */
const loadNowhere = () => loadMore().then(() => import("./nowhere"));

export function Shell({ sync }: { sync: Sync }) {
  const roles = sync.rows("me").value.get(sync.uid)?.body.roles ?? account.value?.roles ?? [];
  const places = useMemo(() => placesOf(roles, features.value), [roles.join(), features.value]);
  const home = places.bar[0]?.path ?? "/me";
  const { path, query } = route.value;
  const at = path === "/" || path === "/index.html" ? home : path;
  const found = screenAt(at, roles, screens.value);
  const tab = places.bar.find((spec) => spec.path === at);
  const title = found ? (tab?.label() ?? found.screen.title(found.params)) : t("没有这个页面");
  useHallZone(sync);

  return (
    <SyncContext.Provider value={sync}>
      <div class={tab ? "shell root" : "shell"}>
        <Header sync={sync} title={title} root={tab !== undefined} home={home} />
        <Main of={at + query.toString()} title={title}>
          <Lazy quiet load={loadAbove} props={{ home: at === home, roles }} />
          <div class="screen">
            <Wall of={at}>
              {found ? <Lazy key={at} load={found.screen.load} props={{ sync, params: found.params, query }} /> : <Lazy load={loadNowhere} props={{ home }} />}
            </Wall>
          </div>
        </Main>
        <Bar sync={sync} specs={places.bar} current={tab?.id ?? null} />
      </div>
    </SyncContext.Provider>
  );
}

/** Times on every screen are the hall's. */
function useHallZone(sync: Sync): void {
  const tz = sync.rows("hall").value.get("hall")?.body.tz;
  useEffect(() => {
    if (tz) zone.value = tz;
  }, [tz]);
}

/** What must be at hand from every place: one tap in the header. */
function urgentFor(roles: readonly string[]) {
  const actions = features.value.flatMap((feature) => feature.actions ?? []);
  return actions.filter((action) => action.urgent && isFor(action, roles));
}

function Header({ sync, title, root, home }: { sync: Sync; title: string; root: boolean; home: string }) {
  const hall = sync.rows("hall").value.get("hall")?.body;
  const urgent = root ? urgentFor(account.value?.roles ?? []) : [];
  const status = statusWord(sync.status.value);
  const now = sync.now();
  return (
    <header class="top">
      {!root && <IconButton icon="back" label={t("返回")} onPress={() => back(home)} />}
      <div class="grow">
        <h1>{title}</h1>
        {root && (
          <small>
            {dayAndWeekday(now)}
            {hall && <span class="desk"> · {names(hall.names)}</span>}
          </small>
        )}
      </div>
      {urgent.map(({ path, icon, label, held }) => (
        <IconButton key={path} icon={icon} label={label()} onPress={() => go(path)} {...(held && { onHold: () => void held(sync).catch(() => go(path)) })} />
      ))}
      <Pill {...status} href="/outbox" />
    </header>
  );
}

/** Moves the reader to each new screen and names the page by it. It scrolls: keys must reach it even where nothing on it can be pressed. */
function Main({ of, title, children }: { of: string; title: string; children: preact.ComponentChildren }) {
  const ref = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) ref.current?.focus({ preventScroll: true });
    toTop();
    first.current = false;
  }, [of]);
  useEffect(() => {
    document.title = `${title} · ${t("在岗")}`;
  }, [title]);
  return (
    <main ref={ref} tabIndex={0}>
      {children}
    </main>
  );
}

function Bar({ sync, specs, current }: { sync: Sync; specs: readonly TabSpec[]; current: string | null }) {
  const counts = useMemo(() => computed(() => new Map(specs.map((spec) => [spec.id, countOf(spec.id, sync)]))), [specs, sync]);
  const tabs: Tab[] = specs.map((spec) => ({ id: spec.id, href: spec.path, label: spec.label(), icon: spec.icon, count: counts.value.get(spec.id) ?? 0 }));
  return <Tabs label={t("主导航")} tabs={tabs} current={current} />;
}
