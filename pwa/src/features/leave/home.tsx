/** At the head of the first screen: 销假 when it is due, and the leave that runs (LV-07). */
import type { Sync } from "../../sync/api";
import { canReturn, ownLeaves } from "./model";
import { OwnCard } from "./mine";
import { useLeave } from "./rows";

export default function LeaveHome(_: { sync: Sync }) {
  const book = useLeave();
  const due = ownLeaves(book.rows.leaves, book.uid).filter(({ leave }) => canReturn(leave));
  return (
    <>
      {due.map(({ rid, leave }) => (
        <OwnCard key={rid} book={book} rid={rid} leave={leave} />
      ))}
    </>
  );
}
