/** 待核: the office decides a doubt, with a reason; after its term nobody is counted (CON-02). */
import { DraftNotice, useDraft, useMe, useSync } from "../../app/feature";
import { date, t } from "../../i18n";
import type { Finding } from "../../sync/types.gen";
import { Button, Buttons, Chips, Section, TextArea } from "../../ui";
import { useAct } from "../hall/act";

export function DecideDoubt({ rid, body }: { rid: string; body: Finding }) {
  const sync = useSync();
  const me = useMe();
  const act = useAct();
  const draft = useDraft(`decide:${rid}`, { text: "" }, t("待核判定"));
  const saw = body.observations.some((id) => sync.rows("obs").value.get(id)?.body.inspector === me?.uid);
  if (!body.doubt || !me?.roles.includes("OFF") || body.person === me.uid || body.cover === me.uid || saw) return null;
  const ver = sync.rows("finding").value.get(rid)?.ver ?? 0;
  const usual = [t("有办件记录，当时在岗"), t("有同事佐证，事由属实"), t("没有其他佐证，按记录认定")];
  const { text } = draft.value;
  const decide = (count: boolean) =>
    void act(async () => {
      const receipt = await sync.save("finding.decide", { count, text: text.trim() }, { rid, guard: { [rid]: ver }, ...draft.record });
      await draft.done();
      return receipt;
    });
  return (
    <Section title={t("待核判定")}>
      <p class="muted">{t("请在 {date} 前判定；到期没有判定，个人不计。", { date: date(body.decide_until ?? "") })}</p>
      <DraftNotice draft={draft} />
      <Chips label={t("常用理由")} hideLabel options={usual.map((one) => ({ value: one, label: one }))} value={usual.includes(text) ? text : null} onChange={(one) => draft.set({ text: one })} />
      <TextArea label={t("理由")} value={text} onChange={(value) => draft.set({ text: value })} max={500} />
      <Buttons>
        <Button tone="danger" disabled={text.trim() === ""} onPress={() => decide(true)}>
          {t("计个人一次")}
        </Button>
        <Button tone="main" disabled={text.trim() === ""} onPress={() => decide(false)}>
          {t("个人不计")}
        </Button>
      </Buttons>
    </Section>
  );
}
