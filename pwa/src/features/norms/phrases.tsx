/** 用语库 in the hand, offline: what to say in a scene, what never; and the catalogues of conduct (LNG-01..06). */
import { useState } from "preact/hooks";
import type { ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import { Card, Chips, Empty, Section, Tag, TextField } from "../../ui";
import { SCENES, sceneWord } from "./words";
import "./norms.css";

type Part = "say" | "conduct";

export default function Phrases({ sync }: ScreenProps) {
  const [part, setPart] = useState<Part>("say");
  return (
    <div class="stack">
      <Chips<Part>
        label={t("用语库")}
        hideLabel
        options={[
          { value: "say", label: t("文明用语与忌语") },
          { value: "conduct", label: t("行为规范") },
        ]}
        value={part}
        onChange={setPart}
      />
      {part === "say" ? <Book sync={sync} /> : <Conduct sync={sync} />}
    </div>
  );
}

function Book({ sync }: Pick<ScreenProps, "sync">) {
  const [typed, setTyped] = useState("");
  const wanted = typed.trim().toLowerCase();
  const every = [...sync.rows("phrase").value]
    .map(([rid, { body }]) => ({ rid, body, good: names(body.good), bad: body.bad ? names(body.bad) : "" }))
    .sort((a, b) => SCENES.indexOf(a.body.scene) - SCENES.indexOf(b.body.scene) || (a.body.order ?? 0) - (b.body.order ?? 0));
  const shown = every.filter(({ body, good, bad }) => `${sceneWord(body.scene)} ${good} ${bad}`.toLowerCase().includes(wanted));
  return (
    <>
      <TextField label={t("查找")} type="search" value={typed} onChange={setTyped} placeholder={t("场景或用语")} />
      {every.some(({ body }) => body.example) && <p class="muted">{t("标“示例”的是随产品提供的例子，请换成本厅自己的。")}</p>}
      {shown.length === 0 && <Empty title={t("没有找到")} icon="search" />}
      {shown.map(({ rid, body, good, bad }) => (
        <Card key={rid}>
          <div class="phrase">
            <h2>
              {sceneWord(body.scene)} {body.example && <Tag tone="idle">{t("示例")}</Tag>}
            </h2>
            <p class="good">
              <b>{t("宜说")}</b> <q>{good}</q>
            </p>
            <p class="bad">
              <b>{t("忌说")}</b> {bad ? <q>{bad}</q> : t("一声不吭")}
            </p>
          </div>
        </Card>
      ))}
    </>
  );
}

function Conduct({ sync }: Pick<ScreenProps, "sync">) {
  const sets = [...sync.rows("tagset").value].sort(([, { body: a }], [, { body: b }]) => (a.order ?? 0) - (b.order ?? 0));
  if (sets.length === 0) return <Empty title={t("还没有行为规范")} icon="ledger" />;
  return (
    <>
      {sets.map(([rid, { body }]) => (
        <Section key={rid} title={names(body.names)} aside={body.example ? <Tag tone="idle">{t("示例")}</Tag> : undefined}>
          <ul class="tags">
            {body.tags.map((tag) => (
              <li key={tag.id}>{names(tag.names)}</li>
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}
