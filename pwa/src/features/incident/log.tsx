/** 处理经过: what was done, to whom it was reported, what was allowed, in the order in which it was done (EMG-03..05); and what joins it. */
import { useState } from "preact/hooks";
import { SubmitBar, useMe, useSync } from "../../app/feature";
import { exact, t } from "../../i18n";
import type { EmergencyPublic, Incident, NoteStep } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, List, MultiChips, Section, Select, Sheet, Tag, TextArea, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postName, walkingOrder } from "../hall/names";
import { inOrder } from "./model";
import { kindWord, messageWord, MESSAGES, placeWord, stepWord, STEPS } from "./words";

type Step = NoteStep["step"];
const SUPERIORS = ["OFF", "LEAD", "TOP"];

export function Log({ rid, incident, may }: { rid: string; incident: Incident; may: boolean }) {
  const sync = useSync();
  const [open, setOpen] = useState(false);
  const people = sync.rows("person").value;
  const log = incident.log ?? [];
  return (
    <Section title={t("处理经过")}>
      {log.length > 0 && (
        <List>
          {log.map((one, at) => (
            <Cell
              key={at}
              title={
                <>
                  {stepWord(one.step)}
                  {one.to && t("：{to}", { to: one.to })}{" "}
                  {one.permitted != null && <Tag tone={one.permitted ? "ok" : "bad"}>{one.permitted ? t("同意采访") : t("不同意采访")}</Tag>}
                </>
              }
              sub={
                <>
                  <span>{one.text}</span>
                  <small class="num">{t("{name}，{time}", { name: personName(people, one.by), time: exact(one.at) })}</small>
                </>
              }
            />
          ))}
        </List>
      )}
      {may && (
        <Button icon="edit" onPress={() => setOpen(true)}>
          {t("记一笔")}
        </Button>
      )}
      {open && <NoteSheet rid={rid} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function NoteSheet({ rid, onClose }: { rid: string; onClose: () => void }) {
  const sync = useSync();
  const me = useMe();
  const [step, setStep] = useState<Step>("action");
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const [permitted, setPermitted] = useState<"yes" | "no" | "open">("open");
  const decides = step === "media" && SUPERIORS.some((role) => me?.roles.includes(role));
  const submit = async () => {
    const a: NoteStep = { step, at: sync.now(), text: text.trim() };
    if (to.trim() && (step === "report_up" || step === "media" || step === "told")) a.to = to.trim();
    if (decides && permitted !== "open") a.permitted = permitted === "yes";
    const receipt = await sync.save("incident.note", a, { rid });
    onClose();
    return receipt;
  };
  const whom: Partial<Record<Step, string>> = { report_up: t("向谁报告"), media: t("哪家媒体"), told: t("告知了谁") };
  return (
    <Sheet open title={t("记一笔")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("记下")} disabled={text.trim() === ""} note={t("记下您的姓名和现在的时间。")} />}>
      <Chips label={t("哪一类")} options={STEPS.map((value) => ({ value, label: stepWord(value) }))} value={step} onChange={setStep} />
      {whom[step] && <TextField label={whom[step]} value={to} onChange={setTo} max={60} />}
      <TextArea label={t("内容")} required rows={3} max={500} value={text} onChange={setText} hint={t("不写群众姓名和证件号。")} />
      {decides ? (
        <Chips
          label={t("是否同意采访")}
          options={[
            { value: "yes", label: t("同意") },
            { value: "no", label: t("不同意") },
            { value: "open", label: t("只记录") },
          ]}
          value={permitted}
          onChange={setPermitted}
        />
      ) : (
        step === "media" && <small>{t("未经上级同意，不接受采访。记下后由上级决定。")}</small>
      )}
    </Sheet>
  );
}

/** What a superior or the office does about it: speak to the lobby, join reports of one thing. */
export function Command({ rid, incident }: { rid: string; incident: Incident }) {
  const me = useMe();
  const [open, setOpen] = useState<"show" | "link" | "mistake" | null>(null);
  const sync = useSync();
  const act = useAct();
  const speaks = SUPERIORS.some((role) => me?.roles.includes(role));
  const joins = !incident.mistake && ["INS", "EFF", ...SUPERIORS].some((role) => me?.roles.includes(role));
  const { mistake } = incident;
  const marks = speaks && incident.reporter !== sync.uid;
  const announces = speaks && !mistake && !incident.drill && !incident.main && !incident.shown && incident.state !== "resolved";
  const clears = speaks && incident.shown;
  if (!(announces || clears || joins || marks) || incident.state === "closed") return null;
  return (
    <Section title={t("指挥")}>
      <Buttons>
        {joins && !incident.main && <Button onPress={() => setOpen("link")}>{t("并入另一件")}</Button>}
        {joins && incident.main && <Button onPress={() => void act(() => sync.save("incident.link", { to: "" }, { rid }))}>{t("不是同一件")}</Button>}
        {announces && <Button onPress={() => setOpen("show")}>{t("大屏提示群众")}</Button>}
        {marks && (
          <Button tone="danger" onPress={() => setOpen("mistake")}>
            {mistake ? t("不是误报") : t("记为误报")}
          </Button>
        )}
        {clears && (
          <Button tone="main" onPress={() => void act(() => sync.save("incident.clear", {}, { rid }))}>
            {t("撤下大屏提示")}
          </Button>
        )}
      </Buttons>
      {open === "show" && <ShowSheet rid={rid} onClose={() => setOpen(null)} />}
      {open === "mistake" && <MistakeSheet rid={rid} stands={mistake !== undefined} onClose={() => setOpen(null)} />}
      {open === "link" && <LinkSheet rid={rid} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function ShowSheet({ rid, onClose }: { rid: string; onClose: () => void }) {
  const sync = useSync();
  const hall = sync.rows("hall").value.get("hall")?.body;
  const posts = sync.rows("post").value;
  const [message, setMessage] = useState<EmergencyPublic["message"]>("system");
  const [zone, setZone] = useState("");
  const [paper, setPaper] = useState<string[]>([]);
  const submit = async () => {
    const receipt = await sync.save("incident.announce", { message, ...(zone ? { go_to: zone } : {}), ...(paper.length > 0 ? { paper_posts: paper } : {}) }, { rid });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("大屏提示群众")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("显示")} note={t("大屏只显示固定用语，不显示地点和人员。")} />}>
      <Chips label={t("提示内容")} options={MESSAGES.map((value) => ({ value, label: messageWord(value) }))} value={message} onChange={setMessage} />
      <Select
        label={t("请群众前往")}
        value={zone}
        options={[{ value: "", label: t("不指定") }, ...(hall?.zones ?? []).map(({ id }) => ({ value: id, label: placeWord(id, hall, posts) }))]}
        onChange={setZone}
      />
      {message === "system" && (
        <MultiChips
          label={t("改用纸质办理的窗口")}
          options={walkingOrder(posts, hall?.zones ?? []).map((value) => ({ value, label: postName(posts, value) }))}
          value={paper}
          onChange={setPaper}
        />
      )}
    </Sheet>
  );
}

/** There was no such thing, or there was after all: the report stays, with the reason, for whoever made it. */
function MistakeSheet({ rid, stands, onClose }: { rid: string; stands: boolean; onClose: () => void }) {
  const sync = useSync();
  const [text, setText] = useState("");
  const ver = sync.rows("incident").value.get(rid)?.ver ?? 0;
  const submit = async () => {
    const receipt = await sync.save("incident.mistake", { text: text.trim(), ...(stands ? { stands } : {}) }, { rid, guard: { [rid]: ver } });
    onClose();
    return receipt;
  };
  const verb = stands ? t("不是误报") : t("记为误报");
  return (
    <Sheet open title={verb} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={verb} disabled={text.trim() === ""} note={stands ? t("恢复为突发事件，重新计时提醒。") : t("报告原样保留，不再提醒、不再计数；报告人会看到原因。")} />}>
      <TextField label={t("原因")} required value={text} onChange={setText} max={300} />
    </Sheet>
  );
}

function LinkSheet({ rid, onClose }: { rid: string; onClose: () => void }) {
  const sync = useSync();
  const act = useAct();
  const hall = sync.rows("hall").value.get("hall")?.body;
  const others = inOrder(sync.rows("incident").value).filter((one) => one.rid !== rid && !one.body.main && one.body.state !== "closed");
  const join = async (to: string) => {
    await act(() => sync.save("incident.link", { to }, { rid }));
    onClose();
  };
  return (
    <Sheet open title={t("并入另一件")} onClose={onClose}>
      {others.length === 0 && <p class="muted">{t("没有其他未办结的事件。")}</p>}
      <List>
        {others.map(({ rid: to, body }) => (
          <Cell key={to} title={kindWord(body.kind)} sub={[placeWord(body.place, hall, sync.rows("post").value), exact(body.found_at)].join("\u00a0· ")} onPress={() => void join(to)} />
        ))}
      </List>
    </Sheet>
  );
}
