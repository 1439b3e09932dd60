/** A screen that is loaded when it is opened, and a wall around it: a screen that breaks takes nothing else with it. */
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button, ErrorNotice, Loading } from "../ui";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;
const loaded = new Map<unknown, ComponentType<never>>();

/** `quiet`: shows nothing until it is there, for what is not the screen itself. */
export function Lazy<P extends object>({ load, props, quiet = false }: { load: Load<P>; props: P; quiet?: boolean }) {
  const [state, setState] = useState<{ of: Load<P>; failed: boolean } | null>(null);
  const Found = loaded.get(load) as ComponentType<P> | undefined;
  useEffect(() => {
    if (loaded.has(load)) return;
    load().then(
      (module) => {
        loaded.set(load, module.default as ComponentType<never>);
        setState({ of: load, failed: false });
      },
      () => setState({ of: load, failed: true }),
    );
  }, [load]);
  if (Found) return <Found {...props} />;
  if (quiet) return null;
  if (state?.failed && state.of === load) return <Broken what={t("这个页面没有读到。")} />;
  return <Loading />;
}

function Broken({ what }: { what: string }) {
  return (
    <ErrorNotice
      what={what}
      kept={t("已保存的记录都在本机，不受影响。")}
      todo={t("请重新打开应用；联网时会取回缺少的部分。")}
      actions={
        <Button tone="main" onPress={() => location.reload()}>
          {t("重新打开")}
        </Button>
      }
    />
  );
}

/** Shows what happened instead of an empty page. `of` changes with the screen, so another screen starts whole. */
export class Wall extends Component<{ of: string; children: ComponentChildren }, { broken: string | null }> {
  override state = { broken: null as string | null };

  static override getDerivedStateFromError(): { broken: string } {
    return { broken: "" };
  }

  override componentDidCatch(error: unknown): void {
    this.setState({ broken: this.props.of });
    reportError(error);
  }

  override render() {
    return this.state.broken === this.props.of ? <Broken what={t("这个页面出错了。")} /> : this.props.children;
  }
}
