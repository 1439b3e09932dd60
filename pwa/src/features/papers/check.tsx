/** /paper-check: the code of a printed document, judged on this phone with the key of the site, without a network. */
import { useState } from "preact/hooks";
import { Camera, canScan, type ScreenProps } from "../../app/feature";
import { locale, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { fromBase64url } from "../../sync/bytes";
import { Button, Facts, Notice, Section, TextField } from "../../ui";
import type { Reader } from "./reader";
import { ownAccount, recordsOf, useReader } from "./rows";
import { digestOf, holds, readAddress, readCode, type Stamp } from "./stamp";
import { PAPERS, speaker } from "./templates";

type Verdict = "valid" | "forged" | "elsewhere" | "unreadable" | "online" | "unknown";
interface Judged {
  verdict: Verdict;
  stamp?: Stamp;
  address?: string;
  /** Whether a record on this device says the same; undefined when none of that kind is here. */
  same?: boolean;
}

export default function CheckPaper({ sync }: ScreenProps) {
  const reader = useReader();
  const [judged, setJudged] = useState<Judged>();
  const [typed, setTyped] = useState("");
  const take = (text: string): void => void judge(sync, reader, text).then(setJudged);
  if (judged) return <Result judged={judged} onAgain={() => setJudged(undefined)} />;
  return (
    <Section title={t("对准单据上的二维码")}>
      {canScan() && <Camera onFound={take} />}
      <TextField label={t("或粘贴二维码里的网址")} value={typed} onChange={setTyped} max={600} />
      <Button tone="main" disabled={!typed.trim()} onPress={() => take(typed.trim())}>
        {t("核验")}
      </Button>
      <p class="muted">{t("没有网络也能核验大厅出具的单据：本机存有大厅的公钥。")}</p>
    </Section>
  );
}

async function judge(sync: Sync, reader: Reader | null, text: string): Promise<Judged> {
  const found = readAddress(text);
  const read = found && readCode(found.site, found.code);
  if (!found || !read) return { verdict: "unreadable" };
  const { stamp } = read;
  const address = `/s/${found.site}/p/${found.code}`;
  if (found.site !== sync.site) return { verdict: "elsewhere", stamp };
  // The keys of other phones are the server's to know.
  if (stamp.dev) return { verdict: "online", stamp, address };
  const key = (await ownAccount(sync))?.server_key;
  const genuine = key === undefined ? null : await holds(read, fromBase64url(key));
  if (genuine === null) return { verdict: "unknown", stamp, address };
  if (!genuine) return { verdict: "forged", stamp };
  const same = reader ? saysTheSame(reader, stamp) : undefined;
  return { verdict: "valid", stamp, address, ...(same === undefined ? {} : { same }) };
}

/** Whether a record of this device says what was signed; boards say when they were made, so none can be compared. */
function saysTheSame(reader: Reader, { kind, digest }: Stamp): boolean | undefined {
  const data = PAPERS[kind]?.data;
  if (!data || kind === "whereabouts") return undefined;
  const known = recordsOf(reader, kind).flatMap((rid) => {
    const values = data(reader, rid);
    return values ? [digestOf(kind, rid, values)] : [];
  });
  return known.length > 0 ? known.includes(digest) : undefined;
}

function wordsOf(verdict: Verdict): { tone: "ok" | "warn" | "info"; title: string; text: string } {
  switch (verdict) {
    case "valid":
      return { tone: "ok", title: t("签名有效"), text: t("这份单据由本大厅出具，二维码没有改动。") };
    case "forged":
      return { tone: "warn", title: t("核验不通过"), text: t("签名不符：不是本大厅出具的，或二维码被改动过。请告知办公室。") };
    case "elsewhere":
      return { tone: "info", title: t("这是别的大厅的单据"), text: t("请用手机相机扫码，在那个大厅的网页上核验。") };
    case "unreadable":
      return { tone: "warn", title: t("这不是单据的二维码"), text: t("请对准单据上“扫码核验”处的二维码。") };
    case "online":
      return { tone: "info", title: t("由一部手机打印"), text: t("别的手机的签名要联网核验。") };
    case "unknown":
      return { tone: "info", title: t("本机还不能核验"), text: t("请联网核验。") };
  }
}

function Result({ judged: { verdict, stamp, address, same }, onAgain }: { judged: Judged; onAgain: () => void }) {
  const { tone, title, text } = wordsOf(verdict);
  return (
    <Notice tone={tone} title={title} actions={<Button onPress={onAgain}>{t("再扫一次")}</Button>}>
      <p>{text}</p>
      {stamp && verdict !== "forged" && <Facts facts={factsOf(stamp)} />}
      {same === true && <p>{t("内容与本机的记录一致。")}</p>}
      {same === false && <p>{t("本机没有内容相同的记录：可能已有变动，请对照最新一份。")}</p>}
      {address && (
        <a class="btn" target="_blank" rel="noopener" href={address}>
          {t("联网核验")}
        </a>
      )}
    </Notice>
  );
}

/** Title, number, copy and time, to be compared with the paper. */
function factsOf({ kind, number, copy, at }: Stamp): [string, string][] {
  const paper = PAPERS[kind];
  if (!paper) return [];
  const says = speaker(paper.template, locale.value);
  const [year = "", n = ""] = number.split("-");
  const official: [string, string][] = number === "-" ? [] : [[says.word("no"), says.word("numbered", { mark: says.word("mark"), year, n })]];
  return [[t("单据"), says.word("title")], ...official, [t("份次"), says.word("copy", { n: copy })], [says.word("printed"), says.moment(at, "datetime")]];
}
