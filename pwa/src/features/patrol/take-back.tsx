/** 撤回记录: after anybody was told, the office or the efficiency group takes a record back, with a reason; never its author (CON-44). */
import { useState } from "preact/hooks";
import { useMe, useSync } from "../../app/feature";
import { clock, t } from "../../i18n";
import { Cell, Confirm, List, Section, TextArea } from "../../ui";
import { useAct } from "../hall/act";

export interface Look {
  rid: string;
  /** When it was seen (ms). */
  at: number;
}

/** `looks`: the records; `about`: the people they are about, who take nothing back. */
export function TakeBack({ looks, about }: { looks: readonly Look[]; about: readonly (string | null | undefined)[] }) {
  const sync = useSync();
  const me = useMe();
  const [open, setOpen] = useState<Look | null>(null);
  const decides = me && ["OFF", "EFF"].some((role) => me.roles.includes(role)) && !about.includes(me.uid);
  const others = looks.filter(({ rid }) => sync.rows("obs").value.get(rid)?.body.inspector !== me?.uid);
  if (!decides || others.length === 0) return null;
  return (
    <Section title={t("撤回记录")} aside={t("须写明理由")}>
      <List>
        {others.map((look) => (
          <Cell key={look.rid} title={t("{time} 的记录", { time: clock(look.at) })} onPress={() => setOpen(look)} />
        ))}
      </List>
      {open && <Reason look={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function Reason({ look, onClose }: { look: Look; onClose: () => void }) {
  const sync = useSync();
  const act = useAct();
  const [text, setText] = useState("");
  const takeBack = async () => {
    await act(() => sync.save("finding.void", { text: text.trim() }, { rid: look.rid }));
    onClose();
  };
  return (
    <Confirm open title={t("撤回这条记录？")} confirm={t("撤回")} tone="danger" disabled={text.trim() === ""} onClose={onClose} onConfirm={() => void takeBack()}>
      <p>{t("{time} 的记录不再计算，由它得出的问题一并撤销；原记录仍留存，并注明理由。", { time: clock(look.at) })}</p>
      <TextArea label={t("理由")} required rows={2} max={500} value={text} onChange={setText} />
    </Confirm>
  );
}
