/** The door: which hall, who. A demo hall offers people to be; every hall takes account and password. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LOCALES, locale, names, savedLocale, setLocale, startLocale, t, type Locale } from "../i18n";
import type { Config, Persona, Site } from "../sync/types.gen";
import { Button, Cell, ErrorNotice, Icon, List, Loading, Notice, Section, Select, type IconName } from "../ui";
import { Credentials } from "./credentials";
import { isSecure } from "./device";
import { wiped } from "./keeper";
import { Lazy } from "./lazy";
import { go, route } from "./router";
import { loadConfig } from "../sync/signin";
import { gateText } from "./gate";
import { enter } from "./session";
import { roleWord } from "./words";

const ROLE_ICON: Record<string, IconName> = { STF: "post", INS: "patrol", TEAM: "mission", HEAD: "approve", OFF: "ledger", LEAD: "overview", CHECK: "check", SUP: "edit", ADM: "screen" };

/** The address of the first-run screen, as the console prints it. */
const SETUP = "/setup";
const loadStranded = () => import("./stranded");
const loadSetup = () => import("./setup");
const loadOthers = () => import("./others");

export default function Door() {
  const config = useSignal<Config | null>(null);
  const failed = useSignal(false);
  const site = useSignal<Site | null>(null);
  const founded = useSignal(false);
  const load = () => {
    failed.value = false;
    loadConfig().then(
      (found) => {
        config.value = found;
        site.value = found.sites.length === 1 ? (found.sites[0] ?? null) : null;
        // The screen has its address as long as there is something to set up.
        if (found.setup) go(SETUP, { replace: true });
        else if (route.value.path === SETUP) go("/", { replace: true });
      },
      () => (failed.value = true),
    );
  };
  useEffect(load, []);
  const choose = (chosen: Site) => {
    site.value = chosen;
    // Nobody has asked for a language on this device yet: the hall's own.
    if (!savedLocale()) void startLocale(chosen.locale as Locale);
  };
  const done = () => {
    founded.value = true;
    config.value = null;
    load();
  };
  const setup = config.value?.setup === true;
  const back = (config.value?.sites.length ?? 0) > 1 ? { onBack: () => (site.value = null) } : {};
  return (
    <main class="door">
      <Brand />
      <div>
        {!isSecure() && <Insecure />}
        {wiped.value && <Notice tone="warn" title={t("这台设备已被停用，本机内容已清除。")}>{t("已送达的记录在服务器上，不受影响。")}</Notice>}
        <Lazy quiet load={loadStranded} props={{}} />
        {failed.value && <Unreachable onRetry={load} />}
        {!config.value && !failed.value && <Loading />}
        {founded.value && <Notice tone="ok" title={t("大厅和管理员账号已建立，请用这个账号登录。")} />}
        {setup && <Lazy load={loadSetup} props={{ onDone: done }} />}
        {!setup && config.value && !site.value && <Halls sites={config.value.sites} onChoose={choose} />}
        {!setup && config.value && site.value && <Hall key={site.value.id} site={site.value} demo={config.value.demo} {...back} />}
        <Lazy quiet load={loadOthers} props={{ but: null }} />
        <Language />
      </div>
    </main>
  );
}

function Brand() {
  return (
    <header class="brand">
      <img src="/icons/icon-192.png" alt="" width="56" height="56" />
      <div>
        <h1>{t("在岗")}</h1>
        <p>{t("政务大厅服务纪律，断网也能记录")}</p>
      </div>
    </header>
  );
}

function Insecure() {
  return (
    <ErrorNotice
      what={t("此地址不是安全连接（HTTPS），浏览器不允许登记设备。")}
      kept={t("还没有记录任何内容。")}
      todo={t("请用管理员给的 https 地址打开。")}
    />
  );
}

function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <ErrorNotice
      what={t("没有连上服务器。")}
      kept={t("这台设备上还没有登录的账号；已有的记录不受影响。")}
      todo={t("第一次登录需要网络，请连接大厅网络后再试。")}
      actions={
        <Button tone="main" onPress={onRetry}>
          {t("再试一次")}
        </Button>
      }
    />
  );
}

function Halls({ sites, onChoose }: { sites: readonly Site[]; onChoose: (site: Site) => void }) {
  return (
    <Section title={t("选择大厅")}>
      <List>
        {sites.map((site) => (
          <Cell key={site.id} icon="post" title={names(site.names)} value={<Icon name="chevron" />} onPress={() => onChoose(site)} />
        ))}
      </List>
    </Section>
  );
}

function Hall({ site, demo, onBack }: { site: Site; demo: boolean; onBack?: () => void }) {
  const withPassword = useSignal(!demo);
  return (
    <>
      <Section title={names(site.names)} {...(onBack ? { aside: <Button tone="quiet" onPress={onBack}>{t("换一个大厅")}</Button> } : {})}>
        {demo && !withPassword.value && <Personas site={site} />}
        {withPassword.value && <Credentials onEnter={(name, password) => enter(site.id, { name, password })} />}
      </Section>
      {demo && (
        <Button tone="quiet" onPress={() => (withPassword.value = !withPassword.value)}>
          {withPassword.value ? t("选择演示身份") : t("用账号和密码登录")}
        </Button>
      )}
    </>
  );
}

function Personas({ site }: { site: Site }) {
  const busy = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  const be = async (persona: Persona) => {
    if (busy.value) return;
    busy.value = persona.id;
    problem.value = null;
    try {
      await enter(site.id, { persona: persona.id });
    } catch (error) {
      problem.value = gateText(error);
    }
    busy.value = null;
  };
  return (
    <>
      <p class="muted">{t("演示大厅：人名和单位均为虚构，请选择一个身份。")}</p>
      {problem.value && <Notice tone="bad" title={problem.value} />}
      <div class="roles">
        {site.personas.map((persona) => (
          <button key={persona.id} type="button" class="role" aria-busy={busy.value === persona.id} onClick={() => void be(persona)}>
            <Icon name={ROLE_ICON[persona.role] ?? "me"} />
            <b>{roleWord(persona.role)}</b>
            <small>{busy.value === persona.id ? t("正在登录…") : persona.name}</small>
          </button>
        ))}
      </div>
      <a class="cell" href="/display" target="_blank" rel="noopener">
        <Icon name="screen" />
        <span class="grow">{t("打开大屏")}</span>
        <Icon name="chevron" />
      </a>
    </>
  );
}

function Language() {
  return <Select label={t("语言")} value={locale.value} options={LOCALES.map((one) => ({ value: one.id, label: one.own }))} onChange={(id) => void setLocale(id)} />;
}
