/** 组织: units, posts, people, services and zones; the list beside what is being changed. */
import type { ScreenProps } from "../../app/feature";
import { names, t, tc } from "../../i18n";
import { Loading } from "../../ui";
import { Finder, type Line } from "../hall/finder";
import { postTitle, unitName, walkingOrder } from "../hall/names";
import { PersonForm } from "./person";
import { PostForm, ServiceForm, UnitForm, ZoneForm } from "./forms";
import { useRoster, type Roster } from "./rows";
import "./roster.css";

const KINDS = ["units", "posts", "people", "services", "zones"] as const;
type Kind = (typeof KINDS)[number];

export default function Organisation({ params }: ScreenProps) {
  const roster = useRoster();
  const kind: Kind = KINDS.find((one) => one === params["kind"]) ?? "units";
  if (!roster.rows) return <Loading />;
  const words: Record<Kind, string> = { units: tc("多", "单位"), posts: tc("多", "岗位"), people: t("人员"), services: tc("多", "受理事项"), zones: tc("多", "区域") };
  return (
    <Finder
      path="/organisation"
      kinds={KINDS}
      kind={kind}
      words={words}
      lines={linesOf(roster, kind)}
      id={params["id"] ?? null}
      tools={
        <a class="btn" href="/organisation/import">
          {t("导入与导出")}
        </a>
      }
      advice={t("可以新建，或从表格一次导入。")}
      form={(id, close) => <Form roster={roster} kind={kind} id={id} onDone={close} />}
    />
  );
}

function Form({ roster, kind, id, onDone }: { roster: Roster; kind: Kind; id: string | null; onDone: () => void }) {
  switch (kind) {
    case "units":
      return <UnitForm roster={roster} id={id} onDone={onDone} />;
    case "posts":
      return <PostForm roster={roster} id={id} onDone={onDone} />;
    case "people":
      return <PersonForm roster={roster} id={id} onDone={onDone} />;
    case "services":
      return <ServiceForm roster={roster} id={id} onDone={onDone} />;
    case "zones":
      return <ZoneForm roster={roster} id={id} onDone={onDone} />;
  }
}

function linesOf({ sync, rows }: Roster, kind: Kind): Line[] {
  if (!rows) return [];
  const units = sync.rows("unit").value;
  if (kind === "units") return [...rows.units].map(([id, unit]) => ({ id, title: names(unit.names), sub: rows.people.get(unit.head)?.name ?? t("未定负责人") }));
  if (kind === "posts") {
    return walkingOrder(sync.rows("post").value, rows.hall.zones).map((id) => {
      const post = rows.posts.get(id);
      return { id, title: postTitle(post), sub: unitName(units, post?.unit), ...(post?.required ? {} : { mark: t("不要求到岗") }) };
    });
  }
  if (kind === "people") {
    return [...rows.people]
      .sort((a, b) => a[1].badge.localeCompare(b[1].badge, "en", { numeric: true }))
      .map(([id, person]) => ({ id, title: person.name, sub: `${person.badge} ${person.left ? "" : unitName(units, person.unit)}`, ...(person.left ? { mark: t("已离任") } : {}) }));
  }
  if (kind === "services") return [...sync.rows("service").value].map(([id, { body }]) => ({ id, title: names(body.names), sub: `${id} ${unitName(units, body.unit)}` }));
  return rows.hall.zones.map((zone) => ({ id: zone.id, title: names(zone.names), sub: t("{n}层", { n: zone.floor }) }));
}

