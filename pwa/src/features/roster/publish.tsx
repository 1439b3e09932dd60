/** Publishing a week: what is uncovered wants a reason each, the contact post accepts none, overload wants the head (ORG-02, 05, 06, 07). */
import { useState } from "preact/hooks";
import { showReceipt } from "../../app/feature";
import { t, weekday } from "../../i18n";
import { Button, Buttons, Notice, Sheet, TextArea, TextField } from "../../ui";
import { personName, postTitle } from "../hall/names";
import { asked, type GridRows } from "./grid";
import type { Roster } from "./rows";
import { gapWord } from "./words";

interface PublishProps {
  open: boolean;
  roster: Roster;
  rows: GridRows;
  days: readonly string[];
  posts: readonly string[];
  onClose: () => void;
}

export function PublishSheet(props: PublishProps) {
  return props.open ? <Form {...props} /> : null;
}

function Form({ roster: { sync, me }, rows, days, posts, onClose }: PublishProps) {
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const [text, setText] = useState("");
  const head = me?.roles.includes("HEAD") ? me.unit : "";
  const found = asked(rows, days, new Set(posts), head);
  const gaps = [...found.gaps];
  const contact = gaps.filter(([, gap]) => gap.kind === "contact");
  const open = gaps.filter(([post, gap]) => gap.kind !== "contact" && !reasons[post]?.trim());
  const blocked = contact.length > 0 || found.loads.size > 0;
  const owed = found.changes || found.twice;
  const ready = !blocked && found.drafts > 0 && open.length === 0 && (!owed || text.trim() !== "");
  const publish = async () => {
    const named = Object.fromEntries(Object.entries(reasons).filter(([post]) => found.gaps.has(post)));
    const args = { from_day: found.days[0] ?? "", to_day: found.days.at(-1) ?? "", posts: posts.length === rows.posts.size ? [] : [...posts], reasons: named, text };
    showReceipt(await sync.save("roster.publish", args));
    onClose();
  };
  return (
    <Sheet
      open
      title={t("发布排班")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button onPress={onClose}>{t("取消")}</Button>
          <Button tone="main" disabled={!ready} onPress={() => void publish()}>
            {t("发布")}
          </Button>
        </Buttons>
      }
    >
      <div class="stack">
        <p>{t("{n} 处改动发布后，全厅立即可见。", { n: found.drafts })}</p>
        {contact.map(([post, gap]) => (
          <Notice key={post} tone="bad" title={t("{post}：{gap}", { post: postTitle(rows.posts.get(post)), gap: gapWord(gap.kind) })}>
            {t("办公室联络岗每个工作时段都必须有人，不能发布。")} {daysWord(gap.days)}
          </Notice>
        ))}
        {[...found.loads].map(([uid, posts_of]) => (
          <Notice key={uid} tone="bad" title={t("{name} 同时担任 {n} 处B岗", { name: personName(sync.rows("person").value, uid), n: posts_of })}>
            {t("须先由其负责人同意，或改排他人。")}
          </Notice>
        ))}
        {gaps
          .filter(([, gap]) => gap.kind !== "contact")
          .map(([post, gap]) => (
            <TextField
              key={post}
              label={t("{post}：{gap}", { post: postTitle(rows.posts.get(post)), gap: gapWord(gap.kind) })}
              hint={daysWord(gap.days)}
              placeholder={t("写明原因")}
              required
              value={reasons[post] ?? ""}
              onChange={(reason) => setReasons((now) => ({ ...now, [post]: reason }))}
            />
          ))}
        {owed && (
          <TextArea
            label={found.twice ? t("有人同时担任两处A岗，写明原因") : t("已发布的人员有变动，写明原因")}
            required
            value={text}
            max={400}
            onChange={setText}
          />
        )}
        {!blocked && gaps.length === 0 && <Notice tone="ok" title={t("应到岗位都有人在岗、有人顶替。")} />}
      </div>
    </Sheet>
  );
}

const daysWord = (days: readonly string[]) => days.map((day) => weekday(day)).join(t("、"));
