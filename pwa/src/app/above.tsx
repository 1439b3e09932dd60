/** What stands above every screen and is not needed for its first paint: banners, the receipt, toasts. */
import { useEffect } from "preact/hooks";
import { ToastRegion } from "../ui";
import { fetchAhead } from "./ahead";
import { Banners } from "./banners";
import { loadLists } from "./lists";
import { PullDown } from "./pull-down";
import { ReceiptBanner } from "./receipt";

export default function Above({ home, roles }: { home: boolean; roles: readonly string[] }) {
  useEffect(() => {
    // Without them the lists are empty; the next start finds them in the precache.
    void loadLists()
      .then(() => fetchAhead(roles))
      .catch(() => undefined);
  }, []);
  return (
    <>
      <PullDown />
      <Banners home={home} />
      <ReceiptBanner />
      <ToastRegion />
    </>
  );
}
