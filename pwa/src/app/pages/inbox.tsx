/** 事项: what is asked of this person. 消息: what happened that concerns this person. Both are filled by the institutions, and say that there is nothing when those have been asked. */
import { t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Cell, Empty, List, Loading } from "../../ui";
import type { InboxItem, ScreenProps } from "../feature";
import { inboxOf, lists } from "../lists";

function Lines({ sync, list }: { sync: Sync; list: readonly InboxItem[] }) {
  return (
    <List>
      {list.map((item) => (
        <Cell
          key={item.id}
          title={item.title}
          sub={item.text}
          value={<small class="num">{when(item.at, sync.now())}</small>}
          {...(item.path ? { href: item.path } : {})}
        />
      ))}
    </List>
  );
}

export function Todo({ sync }: ScreenProps) {
  const list = inboxOf(sync).filter((item) => item.waits);
  if (list.length > 0) return <Lines sync={sync} list={list} />;
  if (lists.value.length === 0) return <Loading />;
  return <Empty title={t("没有等您办的事项")}>{t("请您顶岗、确认或说明的事情会出现在这里。")}</Empty>;
}

export function Messages({ sync }: ScreenProps) {
  const list = inboxOf(sync).filter((item) => !item.waits);
  if (list.length > 0) return <Lines sync={sync} list={list} />;
  if (lists.value.length === 0) return <Loading />;
  return (
    <Empty icon="bell" title={t("没有消息")}>
      {t("与您有关的每一条记录和结果都会出现在这里。")}
    </Empty>
  );
}
