/** At the head of the first screen: 销假 when it is due, and the leave that runs (LV-07). */
import type { Sync } from "../../sync/api";
import { canReturn, ownLeaves } from "./model";
import { OwnCard } from "./mine";
import { useLeave } from "./rows";

export default function LeaveHome(_: { sync: Sync }) {
  const desk = useLeave();
  const due = ownLeaves(desk.rows.leaves, desk.uid).filter(({ leave }) => canReturn(leave));
  return (
    <>
      {due.map(({ rid, leave }) => (
        <OwnCard key={rid} desk={desk} rid={rid} leave={leave} />
      ))}
    </>
  );
}
