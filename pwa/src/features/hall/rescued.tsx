/** 导入救援文件: what a phone without a way to the site could not send, carried in by an administrator. Needs the network. */
import { useSignal } from "@preact/signals";
import { type ScreenProps, useSync } from "../../app/feature";
import { gateText } from "../../app/gate";
import { t } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { askJson } from "../../sync/http";
import { Problem } from "../../sync/problem";
import type { RescueAnswer, RescuedBlob, RescueFile } from "../../sync/types.gen";
import { Card, Facts, Icon, Notice, Section } from "../../ui";
import { personName } from "./names";
import "./hall.css";

/** `whole`: all its records have been taken; photos and sounds may be missing. */
interface Imported {
  name: string;
  answer?: RescueAnswer;
  whole?: boolean;
  files: Files;
  failed?: string;
}

/** What became of the photos and sounds in a file. `refused`: why, for each that the site did not take. */
interface Files {
  stored: number;
  known: number;
  refused: string[];
}

/** A line goes up in one piece, and nothing is heard meanwhile. */
const LINE_MS = 180_000;

export default function Rescue({ sync }: ScreenProps) {
  const busy = useSignal(false);
  const done = useSignal<readonly Imported[]>([]);
  const add = async (files: readonly File[]) => {
    busy.value = true;
    for (const file of files) done.value = [await imported(sync.site, file), ...done.value];
    busy.value = false;
  };
  return (
    <>
      <Card>
        <p>{t("手机无法联网时，可以在它的发件箱里导出未送达的记录。文件已加密，只有本大厅的服务器能读；重复导入不会重复生效。")}</p>
      </Card>
      <label class="btn main big pick">
        <input
          type="file"
          class="sr"
          accept=".json,application/json"
          multiple
          disabled={busy.value}
          onChange={({ currentTarget }) => {
            void add([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
        <Icon name="download" />
        <span>
          <b>{t("选择救援文件")}</b>
          <small>{t("文件名以 zaigang- 开头，以 .json 结尾。")}</small>
        </span>
      </label>
      {busy.value && <p role="status">{t("正在导入…")}</p>}
      {done.value.map((one, i) => (
        <Section key={done.value.length - i} title={one.name}>
          {one.failed !== undefined && (
            <Notice tone="bad" title={one.failed}>
              {one.whole && t("记录已经收下。再选一次同一个文件，会从没有收下的照片、录音接着导入。")}
              {one.answer && !one.whole && t("后面的记录还没有收下。再选一次同一个文件，会接着导入。")}
            </Notice>
          )}
          {one.answer && <Result answer={one.answer} files={one.files} />}
        </Section>
      ))}
    </>
  );
}

/**
 * Sends one file as it is, line by line: what is in it only the site can read. The first line holds records, those that say `more` go on with them;
 * each other one is a photo or sound, and one that is refused stops no other.
 */
async function imported(site: string, file: File): Promise<Imported> {
  const done: Imported = { name: file.name, files: { stored: 0, known: 0, refused: [] } };
  try {
    for await (const line of linesOf(file)) {
      const body = JSON.parse(line) as Partial<RescueFile>;
      if (!done.answer || body.more) {
        done.answer = together(done.answer, await records(site, body));
      } else {
        done.whole = true;
        await carried(site, body, done.files);
      }
    }
    if (!done.answer) throw new SyntaxError("nothing in it");
    done.whole = true;
  } catch (error) {
    const none = done.answer ? t("文件的后半部分已损坏。") : t("这不是救援文件。没有导入任何内容。");
    done.failed = error instanceof SyntaxError ? none : gateText(error);
  }
  return done;
}

function records(site: string, body: unknown): Promise<RescueAnswer> {
  return askJson<RescueAnswer>(browserEnv(), `/s/${site}/rescue`, { body, wait_ms: LINE_MS }, (got) => typeof got.ops === "number");
}

/** What became of the records of all lines so far. */
function together(before: RescueAnswer | undefined, one: RescueAnswer): RescueAnswer {
  const { ops = 0, known = 0, held = 0, branch = 0 } = before ?? {};
  return { ...one, ops: ops + one.ops, known: known + one.known, held: held + one.held, branch: branch + one.branch };
}

async function carried(site: string, body: unknown, files: Files): Promise<void> {
  try {
    const { st } = await askJson<RescuedBlob>(browserEnv(), `/s/${site}/rescue/file`, { body, wait_ms: LINE_MS }, (got) => typeof got.sha256 === "string");
    files[st] += 1;
  } catch (error) {
    if (!(error instanceof Problem) || error.retry || error.id === "login_required") throw error;
    files.refused.push(gateText(error));
  }
}

/** The lines of a file of any size, one after another. */
async function* linesOf(file: File): AsyncGenerator<string> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let parts: string[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const [first, ...rest] = part.value.split("\n");
    parts.push(first!);
    for (const next of rest) {
      yield parts.join("");
      parts = [next];
    }
  }
  const last = parts.join("");
  if (last.trim()) yield last;
}

function Result({ answer, files }: { answer: RescueAnswer; files: Files }) {
  const sync = useSync();
  const num = (value: number) => <span class="num">{value}</span>;
  const taken = answer.ops - answer.known - answer.held;
  return (
    <>
      <Notice tone={answer.held ? "warn" : "ok"} title={t("救援文件里的 {n} 条记录都已收下。", { n: answer.ops })}>
        {answer.held > 0 && <a href="/held">{t("有 {n} 条待定，请到“待定记录”决定。", { n: answer.held })}</a>}
      </Notice>
      <Card>
        <Facts
          facts={[
            [t("记录人"), personName(sync.rows("person").value, answer.uid)],
            [t("新生效或已答复"), num(taken)],
            [t("早已送达"), num(answer.known)],
            [t("待定"), num(answer.held)],
            ...(files.stored + files.known ? [[t("照片、录音"), num(files.stored + files.known)] as const] : []),
            [t("设备编号"), <span class="num">{answer.dev}</span>],
          ]}
        />
        <p>{t("只有指定人员能看的记录同样已收下，不计入这些数字。")}</p>
      </Card>
      {files.refused.length > 0 && (
        <Notice tone="warn" title={t("有 {n} 件照片、录音没有收下。", { n: files.refused.length })}>
          {[...new Set(files.refused)].join(" ")}
        </Notice>
      )}
    </>
  );
}
