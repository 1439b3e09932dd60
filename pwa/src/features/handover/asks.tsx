/** At the head of the first screen: work somebody hands to this person, to be accepted in one tap; work that is back; the phone's receipts. */
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Buttons, Card, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postName } from "../hall/names";
import { atRisk, stateNow, wantedOf, type Sheet } from "./model";
import { useReceipts } from "./receipts";
import { useHandovers, type Handovers } from "./rows";
import { dueWord, spanWord } from "./words";
import "./handover.css";

export default function Asks({ sync }: { sync: Sync }) {
  useReceipts(sync);
  const all = useHandovers();
  const { sheets, uid, now, me } = all;
  const head = me?.roles.includes("HEAD") ?? false;
  const risky = head ? atRisk(sheets.filter((sheet) => sheet.unit === me?.unit), now) : [];
  return (
    <div class="hand-home">
      {sheets.map((sheet) => {
        const wanted = wantedOf(sheet, uid, false, now);
        if (wanted === "answer") return <Answer key={sheet.rid} all={all} sheet={sheet} />;
        if (wanted === "back" || wanted === "close") return <Reminder key={sheet.rid} all={all} sheet={sheet} />;
        return null;
      })}
      {risky.length > 0 && (
        <Card tone="bad">
          <b>{t("缺口期间有 {n} 件今天到期", { n: risky.length })}</b>
          {risky.slice(0, 3).map(({ sheet, item }) => (
            <a key={`${sheet.rid}:${item.matter}`} href={`/handover/${sheet.rid}`}>
              {t("{post}：{matter}，{due}", { post: postName(all.rows.posts, sheet.post), matter: item.matter, due: dueWord(item.due ?? "", now) })}
            </a>
          ))}
        </Card>
      )}
    </div>
  );
}

function Answer({ all, sheet }: { all: Handovers; sheet: Sheet }) {
  const { sync, rows, now } = all;
  const act = useAct();
  return (
    <Card tone="warn">
      <b>{t("{name} 向您移交工作", { name: personName(rows.people, sheet.a) })}</b>
      <p>{t("{post}，{span}，{n} 件事项。", { post: postName(rows.posts, sheet.post), span: spanWord(sheet.from_at, sheet.to_at, now), n: sheet.items.length })}</p>
      <Buttons>
        <a class="btn plain" href={`/handover/${sheet.rid}`}>
          {t("查看")}
        </a>
        <Button tone="main" onPress={() => void act(() => sync.save("handover.answer", { accept: true }, { rid: sheet.rid }))}>
          {t("接受移交")}
        </Button>
      </Buttons>
    </Card>
  );
}

function Reminder({ all, sheet }: { all: Handovers; sheet: Sheet }) {
  const { rows, now } = all;
  const back = stateNow(sheet, now) === "in_force";
  return (
    <Card tone="info">
      <div>
        <Tag tone="info">{back ? t("待交回") : t("待确认收回")}</Tag>
      </div>
      <a href={`/handover/${sheet.rid}`}>
        {back
          ? t("{post}的顶岗时间已到，请交回 {name}。", { post: postName(rows.posts, sheet.post), name: personName(rows.people, sheet.a) })
          : t("{name} 已交回{post}，还有 {n} 件未办结。", { name: personName(rows.people, sheet.b), post: postName(rows.posts, sheet.post), n: sheet.open_items?.length ?? 0 })}
      </a>
    </Card>
  );
}
