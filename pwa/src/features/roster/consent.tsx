/** HEAD agrees that one of his people is B at more posts at once than the hall lets pass (ORG-05). */
import { useState } from "preact/hooks";
import { showReceipt } from "../../app/feature";
import { monthDay, t } from "../../i18n";
import { Button, Buttons, Chips, Sheet } from "../../ui";
import { rule } from "../hall/rules";
import type { GridRows } from "./grid";
import { PersonPick } from "./pick";
import type { Roster } from "./rows";

interface ConsentProps {
  roster: Roster;
  rows: GridRows;
  week: readonly string[];
  /** Whom the drafts of the office ask this head for, if it is about somebody. */
  asked: string;
  onClose: () => void;
}

export function ConsentSheet({ roster: { sync, me }, rows, week, asked, onClose }: ConsentProps) {
  const [person, setPerson] = useState(asked);
  const [posts, setPosts] = useState("");
  const least = rule(rows.hall, "ab.max_live_posts_consent") + 1;
  const own = new Map([...rows.people].filter(([uid, one]) => one.unit === me?.unit && uid !== sync.uid));
  const agree = async () => {
    showReceipt(await sync.save("roster.consent", { person, from_day: week[0] ?? "", to_day: week.at(-1) ?? "", posts_max: Number(posts) }));
    onClose();
  };
  return (
    <Sheet
      open
      title={t("同意多岗B岗")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button onPress={onClose}>{t("取消")}</Button>
          <Button tone="main" disabled={person === "" || posts === ""} onPress={() => void agree()}>
            {t("同意")}
          </Button>
        </Buttons>
      }
    >
      <div class="stack">
        <p class="muted">{t("{from}至{to}，本职工作仍须做好。", { from: monthDay(week[0] ?? ""), to: monthDay(week.at(-1) ?? "") })}</p>
        <PersonPick label={t("人员")} people={own} unit={me?.unit ?? ""} value={person} focus onPick={setPerson} onDone={() => undefined} />
        <Chips label={t("最多同时几处")} options={[0, 1, 2].map((n) => ({ value: String(least + n), label: String(least + n) }))} value={posts} onChange={setPosts} />
      </div>
    </Sheet>
  );
}
