/** 公示屏内容 at the desk: what stands on the lobby board, who put it there, until when (DSP-01). */
import { go, type ScreenProps } from "../../app/feature";
import { dayOf, t } from "../../i18n";
import { Button, Cell, Empty, List, Notice, SplitView, Tag } from "../../ui";
import { ItemForm } from "./item-form";
import { KINDS, stateAmong, type State } from "./model";
import { kindWord, spanWord, STATE_TONES, stateWord, titleOf } from "./words";

const ORDER: readonly State[] = ["on", "waiting", "newer", "over", "ended"];

export default function BoardContent({ sync, params }: ScreenProps) {
  const today = dayOf(sync.now());
  const id = params["id"] ?? null;
  const all = [...sync.rows("board.item").value.values()].map(({ body }) => body);
  const items = [...sync.rows("board.item").value]
    .map(([rid, { body, pending }]) => ({ rid, body, pending, state: stateAmong(body, all, today) }))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || KINDS.indexOf(a.body.kind) - KINDS.indexOf(b.body.kind) || b.body.at - a.body.at);
  const missing = KINDS.filter((kind) => !items.some(({ body, state }) => body.kind === kind && state === "on"));
  const list = (
    <div class="stack">
      <Button tone="main" icon="edit" onPress={() => go("/board/new")}>
        {t("新建")}
      </Button>
      {items.length === 0 ? (
        <Empty title={t("公示屏还没有办公室发布的内容")} icon="screen">
          {t("窗口状态、服务时间自动显示；通知、承诺、四公开、值班领导、监督方式和上月统计在这里填写。")}
        </Empty>
      ) : (
        <List label={t("公示屏内容")}>
          {items.map(({ rid, body, pending, state }) => (
            <Cell key={rid} title={titleOf(sync, body)} sub={[kindWord(body.kind), spanWord(body)].join("\u00a0· ")} value={<Tag tone={STATE_TONES[state]}>{pending ? t("已存本机") : stateWord(state)}</Tag>} href={`/board/${rid}`} on={rid === id} />
          ))}
        </List>
      )}
      {items.length > 0 && missing.length > 0 && <Notice tone="info" title={t("现在没有：{kinds}", { kinds: missing.map(kindWord).join(t("、")) })} />}
    </div>
  );
  const known = id !== null && id !== "new" ? sync.rows("board.item").value.get(id) : undefined;
  const detail = id === "new" || known ? <ItemForm key={id} sync={sync} id={known ? id : null} onDone={() => go("/board")} /> : null;
  return <SplitView list={list} detail={detail} hint={t("选一项查看和修改。")} />;
}
