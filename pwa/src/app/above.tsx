/** What stands above every screen and is not needed for its first paint: banners, the receipt, toasts. */
import { useEffect } from "preact/hooks";
import { ToastRegion } from "../ui";
import { Banners } from "./banners";
import { loadLists } from "./lists";
import { PullDown } from "./pull-down";
import { ReceiptBanner } from "./receipt";

export default function Above({ home }: { home: boolean }) {
  useEffect(() => {
    void loadLists().catch(() => undefined); // without them the lists are empty; the next start finds them in the precache
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
