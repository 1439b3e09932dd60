/** What stands above every screen and is not needed for its first paint: banners, the receipt, toasts. */
import { useEffect } from "preact/hooks";
import { ToastRegion } from "../ui";
import { fetchAhead } from "./ahead";
import { Banners } from "./banners";
import { useSync } from "./context";
import { features } from "./features";
import { Lazy } from "./lazy";
import { loadLists } from "./lists";
import { PullDown } from "./pull-down";
import { ReceiptBanner } from "./receipt";
import "../ui/needs.css";

export default function Above({ home, roles }: { home: boolean; roles: readonly string[] }) {
  const sync = useSync();
  const blocks = features.value.flatMap((feature) => feature.home ?? []);
  useEffect(() => {
    // Without them the lists wait; the next start finds them in the precache.
    void loadLists()
      .then(() => fetchAhead(roles))
      .catch(() => undefined);
  }, []);
  return (
    <>
      <PullDown />
      <Banners home={home} roles={roles} />
      <ReceiptBanner />
      {home && blocks.map((load, at) => <Lazy key={at} quiet load={load} props={{ sync }} />)}
      <ToastRegion />
    </>
  );
}
