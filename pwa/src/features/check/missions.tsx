/** What a plan's draw asks for, for its lead: how far each visit has come, and what the draw gives in the place of one that came to nothing. */
import { useState } from "preact/hooks";
import { date, dayOf, names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Mission, Plan } from "../../sync/types.gen";
import { Cell, Confirm, List, Section, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { isLate, slotWord } from "./words";

/** A visit that is void, or not made yet, gives way while another unit and a later day are left. */
function mayReplace(plan: Plan, mission: Mission, today: string): boolean {
  const left = today < plan.to_day && (plan.missions ?? []).length < plan.covered.units;
  return plan.state === "drawn" && left && (mission.state === "open" || mission.state === "void") && plan.replaced?.[mission.unit] === undefined;
}

export function Missions({ sync, rid, view }: { sync: Sync; rid: string; view: View<Plan> }) {
  const [open, setOpen] = useState<Mission | null>(null);
  const plan = view.body;
  const rows = sync.rows("mission").value;
  const today = dayOf(sync.now());
  const drawn = (plan.missions ?? []).flatMap((one) => (rows.get(one) ? [{ rid: one, body: rows.get(one)!.body }] : []));
  if (drawn.length === 0) return null;
  const words = { open: t("未检查"), recorded: t("已交来"), published: t("已公布"), void: t("作废") };
  return (
    <Section title={t("抽中的任务")} aside={t("仅您和检查人员可见")}>
      <List>
        {drawn.map(({ rid: one, body }) => {
          const replaced = body.state === "void" ? plan.replaced?.[body.unit] : undefined;
          const said = replaced === undefined ? "" : t("理由：{text}", { text: replaced });
          return (
            <Cell
              key={one}
              title={names(body.unit_names)}
              sub={[t("{number}号窗口", { number: body.window }), date(body.from_day), slotWord(body.slot), body.team_names.join(t("、")), said].filter(Boolean).join("\u00a0· ")}
              value={isLate(body, today) ? <Tag tone="bad">{t("已逾期")}</Tag> : <Tag tone={body.state === "published" ? "ok" : "idle"}>{replaced === undefined ? words[body.state] : t("已替补")}</Tag>}
              {...(mayReplace(plan, body, today) && !view.pending ? { onPress: () => setOpen(body) } : {})}
            />
          );
        })}
      </List>
      {drawn.some(({ body }) => mayReplace(plan, body, today)) && <small>{t("检查作废或者无法进行的，点开可以由抽取另定一家。")}</small>}
      {open && <Replace sync={sync} rid={rid} view={view} mission={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Replace({ sync, rid, view, mission, onClose }: { sync: Sync; rid: string; view: View<Plan>; mission: Mission; onClose: () => void }) {
  const act = useAct();
  const [text, setText] = useState("");
  const replace = async () => {
    await act(() => sync.save("plan.replace", { unit: mission.unit, text: text.trim() }, { rid, guard: { [rid]: view.ver } }));
    onClose();
  };
  return (
    <Confirm
      open
      title={t("由抽取另定一家？")}
      confirm={t("替补")}
      tone="danger"
      disabled={text.trim() === ""}
      onClose={onClose}
      onConfirm={() => void replace()}
    >
      <p>{t("{unit}的这次检查作废。替补的单位、窗口、日期和人员由原来的抽取给出，谁也不能挑选。", { unit: names(mission.unit_names) })}</p>
      <TextArea label={t("理由")} hint={t("理由会随抽取依据公布，请不要写人名。")} required rows={2} max={500} value={text} onChange={setText} />
    </Confirm>
  );
}
