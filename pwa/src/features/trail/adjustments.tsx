/** 结算后调整: a month is closed; what late records say otherwise is accepted or refused by the office, with a reason (EVD-10). */
import { useState } from "preact/hooks";
import { DraftNotice, useAsked, useDraft, useMe, useSync } from "../../app/feature";
import { date, t, when } from "../../i18n";
import type { Adjustment } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, Empty, List, Section, Sheet, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postName } from "../hall/names";
import { changeWord, stateWord } from "./words";

interface One {
  rid: string;
  ver: number;
  body: Adjustment;
}

export default function Adjustments() {
  const sync = useSync();
  const me = useMe();
  const [open, setOpen] = useState<One | null>(null);
  const rows = [...sync.rows("ledger.adjust").value].map(([rid, { ver, body }]): One => ({ rid, ver, body }));
  useAsked((key) => setOpen(rows.find(({ rid }) => key === `adjust:${rid}`) ?? null));
  if (rows.length === 0) return <Empty title={t("没有结算后调整")}>{t("每月结算以后才送达的记录如果改变了数字，会列在这里，由办公室决定。")}</Empty>;
  const sorted = rows.sort((x, y) => y.body.found_at - x.body.found_at);
  const groups = [
    { title: t("待决定"), list: sorted.filter((one) => one.body.state === "proposed") },
    { title: t("已决定"), list: sorted.filter((one) => one.body.state !== "proposed") },
  ];
  const may = (one: One) => one.body.state === "proposed" && me?.roles.includes("OFF") && one.body.of !== me.uid;
  return (
    <div class="stack">
      {groups.map(
        ({ title, list }) =>
          list.length > 0 && (
            <Section key={title} title={title}>
              <List>
                {list.map((one) => (
                  <AdjustmentCell key={one.rid} one={one} {...(may(one) ? { onPress: () => setOpen(one) } : {})} />
                ))}
              </List>
            </Section>
          ),
      )}
      {open && <DecideSheet one={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function AdjustmentCell({ one, onPress }: { one: One; onPress?: () => void }) {
  const { body } = one;
  const name = useName(body);
  const sub = body.text ? `${changeWord(body.change)}${t("，")}${body.text}` : changeWord(body.change);
  return <Cell title={`${date(body.day)} ${name}`} sub={sub} value={stateWord(body.state)} {...(onPress ? { onPress } : {})} />;
}

function useName(body: Adjustment): string {
  const sync = useSync();
  if (body.scope === "person") return personName(sync.rows("person").value, body.of);
  return body.scope === "post" ? postName(sync.rows("post").value, body.of) : body.of;
}

function DecideSheet({ one, onClose }: { one: One; onClose: () => void }) {
  const sync = useSync();
  const act = useAct();
  const name = useName(one.body);
  const draft = useDraft(`adjust:${one.rid}`, { text: "" }, t("结算后调整"));
  const usual = [t("记录作出时间可信，予以调整"), t("与原始记录核对一致"), t("证据不足，维持结算")];
  const { text } = draft.value;
  const decide = async (accept: boolean) => {
    await act(async () => {
      const receipt = await sync.save("ledger.adjust", { accept, text: text.trim() }, { rid: one.rid, guard: { [one.rid]: one.ver }, ...draft.record });
      await draft.done();
      return receipt;
    });
    onClose();
  };
  return (
    <Sheet
      open
      title={t("结算后调整")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button disabled={text.trim() === ""} onPress={() => void decide(false)}>
            {t("不调整")}
          </Button>
          <Button tone="main" disabled={text.trim() === ""} onPress={() => void decide(true)}>
            {t("予以调整")}
          </Button>
        </Buttons>
      }
    >
      <p>{t("{day}，{name}：{change}。{found} 因迟到的记录发现。", { day: date(one.body.day), name, change: changeWord(one.body.change), found: when(one.body.found_at, sync.now()) })}</p>
      <DraftNotice draft={draft} />
      <Chips label={t("常用理由")} hideLabel options={usual.map((word) => ({ value: word, label: word }))} value={usual.includes(text) ? text : null} onChange={(word) => draft.set({ text: word })} />
      <TextArea label={t("理由")} value={text} onChange={(value) => draft.set({ text: value })} max={500} />
    </Sheet>
  );
}
