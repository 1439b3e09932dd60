/** The bottom bar of the phone and the side of the desk: at most four places. */
import { Icon, type IconName } from "./icon";

export interface Tab {
  id: string;
  href: string;
  label: string;
  icon: IconName;
  count: number;
}

export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string | null }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.id} href={tab.href} aria-current={tab.id === current ? "page" : undefined}>
          <span>
            <Icon name={tab.icon} />
            {tab.count > 0 && <b class="count num">{tab.count > 99 ? "99+" : tab.count}</b>}
          </span>
          {tab.label}
        </a>
      ))}
    </nav>
  );
}
