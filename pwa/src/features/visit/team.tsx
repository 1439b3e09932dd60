/** Two people, one checklist (CON-35): where their sheets differ the lead decides; what one may ask about a sheet is shown as a hint. */
import { useState } from "preact/hooks";
import { names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Mission, VisitTeam } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, List, Notice, Section, Sheet, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import type { Hint } from "../hall/doubts";
import { MARKS, points, type Mark } from "./model";
import { MARK_TONE, markText, undecidedText } from "./words";

/** What one may ask about a sheet; nothing follows from it by itself. */
function hintText(hint: Hint): string {
  const words: Record<typeof hint, () => string> = {
    dwell: () => t("停留时间偏短"),
    batch: () => t("多项在短时间内集中勾选"),
    photo_reused: () => t("照片在别的记录里用过"),
    photo_time: () => t("照片不是在到达至离开之间拍的"),
    hours: () => t("不在开放时间"),
    day: () => t("不是抽定的日期"),
    ahead: () => t("离开时间晚于送达时间"),
    alone: () => t("只有一人的记录"),
    tie: () => t("与该单位有回避关系"),
    conflict: () => t("本人写明有利害关系"),
    revealed: () => t("身份已暴露"),
    drawn: () => t("抽取结果公布以后才送达，不能证明是此前写的"),
    window: () => t("这个窗口已不属于抽中的单位"),
  };
  return words[hint]();
}

interface TeamProps {
  sync: Sync;
  mission: string;
  body: Mission;
  view: View<VisitTeam>;
}

/** Who handed a sheet in, by name; the lead knows the team. */
function visitorOf(sync: Sync, mission: Mission, visit: string): string {
  const uid = sync.rows("visit").value.get(visit)?.body.visitor;
  return mission.team_names[mission.team.indexOf(uid ?? "")] ?? "—";
}

export function Team(props: TeamProps) {
  const { sync, body, view } = props;
  const [open, setOpen] = useState("");
  const { differs, undecided, visits, hints = {} } = view.body;
  const asked = Object.entries(hints);
  const unmarked = (view.body.items ?? 0) - (view.body.answered ?? 0);
  if (visits.length < 2 && asked.length === 0 && unmarked === 0) return null;
  const items = new Map(sync.rows("checklist").value.get(view.body.checklist)?.body.groups.flatMap((group) => group.items.map((item) => [item.id, item] as const)));
  return (
    <>
      {unmarked > 0 && <p class="muted num">{t("已评定 {n} / {m} 项；没有评定的项不计分，公布时须写明原因。", { n: view.body.answered ?? 0, m: view.body.items ?? 0 })}</p>}
      {asked.length > 0 && (
        <Notice tone="info" title={t("供参考的提示")}>
          {asked.map(([visit, found]) => (
            <p key={visit}>
              {t("{name}：{what}", { name: visitorOf(sync, body, visit), what: found.map(hintText).join(t("、")) })}
            </p>
          ))}
          <small>{t("提示只供询问，不影响得分，也不作判定。")}</small>
        </Notice>
      )}
      {visits.length > 1 && (
        <Section title={t("{n} 人合并", { n: visits.length })} aside={undecided > 0 ? <Tag tone="warn">{undecidedText(undecided)}</Tag> : <Tag tone="ok">{t("{n} 分", { n: points(view.body.score.tenths) })}</Tag>}>
          {differs.length === 0 ? (
            <p class="muted">{t("没有不一致的项；只有一人填的项已合在一起。")}</p>
          ) : (
            <List>
              {differs.map((one) => (
                <Cell
                  key={one.item}
                  title={<span class="text">{`${one.item} ${names(items.get(one.item)?.names)}`}</span>}
                  sub={[...Object.entries(one.marks).map(([visit, mark]) => `${visitorOf(sync, body, visit)} ${markText(mark)}`), one.text ?? ""].filter(Boolean).join("\u00a0· ")}
                  value={one.mark ? <Tag tone={MARK_TONE[one.mark]}>{markText(one.mark)}</Tag> : <Tag tone="warn">{t("待认定")}</Tag>}
                  onPress={() => setOpen(one.item)}
                />
              ))}
            </List>
          )}
          {undecided > 0 && <small>{t("未认定的项不计入得分，也不告知单位。")}</small>}
        </Section>
      )}
      {open && <Settle {...props} item={open} onClose={() => setOpen("")} />}
    </>
  );
}

function Settle({ sync, mission, view, item, onClose }: TeamProps & { item: string; onClose: () => void }) {
  const act = useAct();
  const known = view.body.differs.find((one) => one.item === item);
  const [mark, setMark] = useState<Mark | null>(known?.mark ?? null);
  const [text, setText] = useState(known?.text ?? "");
  const settle = async () => {
    if (!mark) return;
    await act(() => sync.save("visit.settle", { item, mark, ...(text.trim() ? { text: text.trim() } : {}) }, { rid: mission, guard: { [mission]: view.ver } }));
    onClose();
  };
  return (
    <Sheet
      open
      title={t("认定 {item}", { item })}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="main" disabled={!mark || view.pending} onPress={() => void settle()}>
            {t("认定")}
          </Button>
        </Buttons>
      }
    >
      <Chips label={t("认定为")} size="keys" value={mark} options={MARKS.map((value) => ({ value, label: markText(value) }))} onChange={setMark} />
      <TextArea label={t("依据")} rows={2} max={500} value={text} onChange={setText} hint={t("如录音、照片、现场核实。")} />
    </Sheet>
  );
}
