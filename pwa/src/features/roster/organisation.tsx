/** 组织: units, posts, people, services and zones; the list beside what is being changed. */
import { useState } from "preact/hooks";
import { go, type ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import { Button, Cell, Chips, Empty, List, Loading, SplitView, Tag, TextField } from "../../ui";
import { postTitle, unitName, walkingOrder } from "../hall/names";
import { PersonForm } from "./person";
import { PostForm, ServiceForm, UnitForm, ZoneForm } from "./forms";
import { useRoster, type Roster } from "./rows";
import "./roster.css";

const KINDS = ["units", "posts", "people", "services", "zones"] as const;
type Kind = (typeof KINDS)[number];

interface Line {
  id: string;
  title: string;
  sub: string;
  mark?: string;
}

export default function Organisation({ params }: ScreenProps) {
  const roster = useRoster();
  const [typed, setTyped] = useState("");
  const kind: Kind = KINDS.find((one) => one === params["kind"]) ?? "units";
  const id = params["id"] ?? null;
  if (!roster.rows) return <Loading />;
  const words: Record<Kind, string> = { units: t("单位"), posts: t("岗位"), people: t("人员"), services: t("受理事项"), zones: t("区域") };
  const wanted = typed.trim().toLowerCase();
  const all = linesOf(roster, kind);
  const lines = all.filter((line) => `${line.title} ${line.sub} ${line.id}`.toLowerCase().includes(wanted));
  const list = (
    <div class="stack">
      <Chips label={t("类别")} hideLabel options={KINDS.map((one) => ({ value: one, label: words[one] }))} value={kind} onChange={(next) => go(`/organisation/${next}`)} />
      <TextField label={t("查找")} type="search" value={typed} onChange={setTyped} />
      <div class="row wrap">
        <Button icon="edit" onPress={() => go(`/organisation/${kind}/new`)}>
          {t("新建")}
        </Button>
        <a class="btn" href="/organisation/import">
          {t("导入与导出")}
        </a>
      </div>
      {lines.length > 0 ? (
        <List label={words[kind]}>
          {lines.map((line) => (
            <Cell key={line.id} title={line.title} sub={line.sub} value={line.mark && <Tag tone="idle">{line.mark}</Tag>} href={`/organisation/${kind}/${line.id}`} on={line.id === id} />
          ))}
        </List>
      ) : (
        <Empty icon="info" title={all.length > 0 ? t("没有找到") : t("还没有内容")}>
          {t("可以新建，或从表格一次导入。")}
        </Empty>
      )}
    </div>
  );
  const detail = id === null ? null : <Detail key={`${kind}:${id}`} roster={roster} kind={kind} id={id === "new" ? null : id} />;
  return <SplitView list={list} detail={detail} hint={t("选一项查看和修改。")} />;
}

function Detail({ roster, kind, id }: { roster: Roster; kind: Kind; id: string | null }) {
  const close = () => go(`/organisation/${kind}`);
  switch (kind) {
    case "units":
      return <UnitForm roster={roster} id={id} onDone={close} />;
    case "posts":
      return <PostForm roster={roster} id={id} onDone={close} />;
    case "people":
      return <PersonForm roster={roster} id={id} onDone={close} />;
    case "services":
      return <ServiceForm roster={roster} id={id} onDone={close} />;
    case "zones":
      return <ZoneForm roster={roster} id={id} onDone={close} />;
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

