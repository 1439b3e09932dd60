/** 人员去向一览表: a list in the hand, a table at the desk. */
import { clock, names, t } from "../../i18n";
import { Cell, List, Table, Tag } from "../../ui";
import { personName, postNames, unitName } from "../hall/names";
import { backTime } from "../hall/hours";
import { rule } from "../hall/rules";
import { liveAt } from "./cover";
import { servedBy, type Whereabouts } from "./model";
import { phaseOf, type Notice } from "./notice";
import type { Presence } from "./rows";
import { labelWord, PHASE_TONE, phaseWord, reasonWord } from "./words";

function State({ presence, one }: { presence: Presence; one: Whereabouts }) {
  const live = liveAt(presence.posts, one.uid).length;
  // Overload is for the head to see before the work suffers (AB-04, ORG-05).
  if (!one.notice && live > rule(presence.hall, "ab.max_live_posts_warn")) return <Tag tone="warn">{t("同时 {n} 个岗位", { n: live })}</Tag>;
  if (!one.notice && one.covering.length > 0) return <Tag tone="info">{t("顶岗")}</Tag>;
  if (!one.notice) return <Tag tone={one.label === "on_post" ? "ok" : one.label === "covered" ? "info" : "bad"}>{labelWord(one.label)}</Tag>;
  const phase = phaseOf(one.notice, presence.now, presence.hall);
  return <Tag tone={PHASE_TONE[phase]}>{phase === "away" ? reasonWord(one.notice.reason) : phaseWord(phase)}</Tag>;
}

const place = (notice: Notice) => notice.destination || reasonWord(notice.reason);

export function WhereaboutsList({ presence, people }: { presence: Presence; people: readonly Whereabouts[] }) {
  return (
    <>
      <List label={t("人员去向一览表")}>
        {people.map((one) => (
          <Cell
            key={one.uid}
            title={one.person.name}
            sub={
              <>
                <State presence={presence} one={one} /> {lineOf(presence, one)}
              </>
            }
          />
        ))}
      </List>
      <PrintBoard people={people} />
    </>
  );
}

/** To the paper for the wall: of a unit, or of the hall (DOC-08). */
function PrintBoard({ people }: { people: readonly Whereabouts[] }) {
  const [unit, other] = new Set(people.map((one) => one.person.unit));
  return (
    <a class="btn quiet" href={`/papers/whereabouts/${other === undefined ? unit : "hall"}`}>
      {t("打印一览表")}
    </a>
  );
}

/** Where somebody is and who serves, or the posts of somebody who is here. */
function lineOf({ rows, posts: all, now }: Presence, { notice, posts, covering }: Whereabouts): string {
  if (!notice) return postNames(rows.posts, [...posts, ...covering]);
  const time = backTime(notice, now);
  const name = personName(rows.people, servedBy(notice, all) ?? notice.stand_in);
  return time ? t("{place}，约 {time} 返回；顶岗人 {name}", { place: place(notice), time, name }) : `${t("顶岗人")}\u00a0${name}`;
}

export function WhereaboutsTable({ presence, people }: { presence: Presence; people: readonly Whereabouts[] }) {
  const { rows, units } = presence;
  return (
    <>
      <Table<Whereabouts>
        caption={t("人员去向一览表")}
        rows={people}
        rowKey={(one) => one.uid}
        columns={[
          { id: "name", title: t("姓名"), cell: (one) => one.person.name },
          { id: "unit", title: t("单位"), cell: (one) => unitName(units, one.person.unit) },
          { id: "title", title: t("职务"), cell: (one) => names(one.person.title) },
          { id: "posts", title: t("岗位"), cell: (one) => postNames(rows.posts, one.posts) || "—" },
          { id: "state", title: t("状态"), cell: (one) => <State presence={presence} one={one} /> },
          { id: "where", title: t("去向"), cell: (one) => (one.notice ? place(one.notice) : "—") },
          { id: "left", title: t("离岗"), numeric: true, cell: (one) => (one.notice ? clock(one.notice.leaves_at) : "—") },
          { id: "back", title: t("预计返回"), numeric: true, cell: (one) => (one.notice ? (backTime(one.notice, presence.now) ?? t("今日不在岗")) : "—") },
          { id: "stand_in", title: t("顶岗人"), cell: (one) => (one.notice ? personName(rows.people, servedBy(one.notice, presence.posts) ?? one.notice.stand_in) : "—") },
        ]}
      />
      <PrintBoard people={people} />
    </>
  );
}
