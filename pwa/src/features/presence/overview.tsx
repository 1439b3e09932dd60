/** 总览 for the office, heads and leadership: every post by zone, gaps first; the whereabouts board at the desk. */
import { useState } from "preact/hooks";
import { useAmended, useAsked, useSync } from "../../app/feature";
import { names as nameOf, t, when } from "../../i18n";
import { Button, Card, Cell, List, Loading, Section, Select, Tag } from "../../ui";
import { kindWord } from "../hall/kinds";
import { Decisions, Gaps } from "./head";
import { LeaveSheet } from "./leave";
import { gapsNow, isServed, whereabouts, type PostNow } from "./model";
import { overdueOf } from "./notice";
import { PostCell, PostSheet } from "./post-cell";
import { Settle } from "./settle";
import { usePresence, type Presence } from "./rows";
import { useWide } from "./wide";
import { labelWord } from "./words";
import { WhereaboutsList, WhereaboutsTable } from "./whereabouts";
import "./presence.css";

export default function Overview() {
  const presence = usePresence();
  const wide = useWide();
  const [open, setOpen] = useState<string | null>(null);
  const { hall, rows, posts, now, me } = presence;
  if (!hall || !me) return <Loading />;
  const office = me.roles.includes("OFF");
  // Leadership opens with totals; the roster is open to heads (§7, VIS-05).
  const named = office || me.roles.includes("HEAD");
  const people = office ? whereabouts(rows, posts, null, now) : [];
  const shown = posts.find((post) => post.id === open);
  return (
    <>
      <div class="wide">
        <Totals presence={presence} office={office} />
      </div>
      <Incidents presence={presence} />
      <div class="duo wide">
        <Gaps presence={presence} unit={null} names={named} />
        {office && <Settle presence={presence} unit={null} />}
        {office && <Decisions presence={presence} unit={null} />}
        <Section title={t("台账和指标")}>
          <List label={t("台账和指标")}>
            {INDEX_READERS.some((role) => me.roles.includes(role)) && <Cell title={t("指标")} icon="overview" href="/indices" />}
            <Cell title={t("台账")} icon="ledger" href="/registers" />
          </List>
        </Section>
      </div>
      {hall.zones.map((zone) => (
        <ZoneSection key={zone.id} presence={presence} title={nameOf(zone.names)} posts={posts.filter((post) => post.post.zone === zone.id)} names={named} onOpen={setOpen} />
      ))}
      {office && (
        <section class="section wide">
          <header>
            <h2>{t("人员去向一览表")}</h2>
          </header>
          {wide ? <WhereaboutsTable presence={presence} people={people} /> : <WhereaboutsList presence={presence} people={people.filter((one) => one.notice)} />}
          {!wide && people.every((one) => !one.notice) && <p class="muted">{t("现在没有人离岗。")}</p>}
        </section>
      )}
      {office && <WholeUnit presence={presence} />}
      {shown && <PostSheet presence={presence} post={shown} onClose={() => setOpen(null)} />}
    </>
  );
}

/** The discipline section reads registers only. */
const INDEX_READERS = ["OFF", "EFF", "HEAD", "LEAD", "TOP"];

/** What is going on in the hall, before anything else (EMG-07). */
function Incidents({ presence: { hall, posts, now } }: { presence: Presence }) {
  const open = [...useSync().rows("incident").value].filter(([, { body }]) => !body.main && !body.drill && (body.state === "reported" || body.state === "handling"));
  if (open.length === 0) return null;
  const where = (place: string) => {
    const zone = hall?.zones.find(({ id }) => id === place);
    return zone ? nameOf(zone.names) : (posts.find(({ id }) => id === place)?.post.number ?? "");
  };
  return (
    <div class="wide">
      <Section title={t("突发事件")} aside={t("{n} 件", { n: open.length })}>
        <List>
          {open
            .sort(([, x], [, y]) => x.body.level - y.body.level || y.body.found_at - x.body.found_at)
            .map(([rid, { body }]) => (
              <Cell key={rid} icon="urgent" title={kindWord(body.kind)} sub={[where(body.place), when(body.found_at, now)].filter(Boolean).join(t("，"))} href={`/incidents/${rid}`} />
            ))}
        </List>
      </Section>
    </div>
  );
}

/** The office writes down a unit that told it of leaving as a whole (AWY-02). */
function WholeUnit({ presence }: { presence: Presence }) {
  const { units, posts } = presence;
  const amended = useAmended("away.announce")?.a.unit ?? "";
  const [unit, setUnit] = useState(amended);
  const [open, setOpen] = useState(amended !== "");
  useAsked((key) => {
    const away = /^away:(.+)$/.exec(key)?.[1];
    if (away && units.has(away)) [setUnit(away), setOpen(true)];
  });
  const options = [...units].map(([id, { body }]) => ({ value: id, label: nameOf(body.names) }));
  return (
    <Section title={t("代登记全室离岗")}>
      <Select label={t("单位")} value={unit} options={[{ value: "", label: t("请选择") }, ...options]} onChange={setUnit} />
      <Button disabled={unit === ""} onPress={() => setOpen(true)}>
        {t("全室离岗")}
      </Button>
      {open && <LeaveSheet presence={presence} posts={posts.filter((post) => post.post.unit === unit).map((post) => post.id)} unit={unit} onClose={() => setOpen(false)} />}
    </Section>
  );
}

/** The hall in four figures. */
function Totals({ presence, office }: { presence: Presence; office: boolean }) {
  const { posts, notices, now, hall } = presence;
  const overdue = overdueOf(notices, now, hall).length;
  const gaps = gapsNow(posts, hall, now).length;
  const open = posts.filter((post) => isServed(post, hall, now));
  return (
    <Card tone={gaps > 0 ? "bad" : open.length > 0 ? "ok" : "info"}>
      <div class="row wrap">
        {open.length === 0 && <Tag tone="idle">{labelWord("closed")}</Tag>}
        <Tag tone="ok">{t("在岗 {n}", { n: open.filter((post) => post.state === "a").length })}</Tag>
        <Tag tone="info">{t("代办 {n}", { n: open.filter((post) => post.state === "cover").length })}</Tag>
        <Tag tone={gaps > 0 ? "bad" : "idle"}>{t("缺口 {n}", { n: gaps })}</Tag>
        {office && <Tag tone={overdue > 0 ? "bad" : "idle"}>{t("逾期未归 {n}", { n: overdue })}</Tag>}
      </div>
    </Card>
  );
}

const RANK: Record<PostNow["state"], number> = { gap: 0, unassigned: 1, cover: 2, a: 3 };

interface ZoneProps {
  presence: Presence;
  title: string;
  posts: readonly PostNow[];
  /** Leadership opens with totals; a name needs a tap (VIS-05). */
  names: boolean;
  onOpen: (id: string) => void;
}

function ZoneSection({ presence, title, posts, names, onOpen }: ZoneProps) {
  const open = posts.some((post) => isServed(post, presence.hall, presence.now));
  const served = posts.filter((post) => post.state === "a" || post.state === "cover").length;
  const ordered = [...posts].sort((x, y) => RANK[x.state] - RANK[y.state]);
  return (
    <section class="section wide">
      <header>
        <h2>{title}</h2>
        <span class="muted num">{open ? t("{served}/{all} 在岗", { served, all: posts.length }) : labelWord("closed")}</span>
      </header>
      <div class="posts">
        <List label={title}>
          {ordered.map((post) => (
            <PostCell key={post.id} presence={presence} post={post} names={names} onPress={() => onOpen(post.id)} />
          ))}
        </List>
      </div>
    </section>
  );
}
