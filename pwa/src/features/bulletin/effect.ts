/** What an editor sees before the server has answered: words at once; numbers and the number of the bulletin are the server's. */
import type { Effects } from "../../sync/api";

export const effects: Effects = {
  "bulletin.edit": ({ rid, a }, rows) => {
    const bulletin = rows.get("bulletin", rid);
    return bulletin?.state === "draft" ? [{ kind: "bulletin", rid, body: { ...bulletin, wording: a.wording } }] : [];
  },
};
