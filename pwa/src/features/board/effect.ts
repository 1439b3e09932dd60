/** What the office's screen shows of an item before the server has taken it: the twin of server/domain/board/handlers.py. */
import type { Effects } from "../../sync/api";
import { daysOf } from "./model";

export const effects: Effects = {
  "board.put": ({ rid, a, at, uid }) => {
    const { checked: _checked, ...said } = a;
    return [{ kind: "board.item", rid, body: { ...said, ...daysOf(a), by: uid, at } }];
  },
  "board.end": ({ rid }, rows) => {
    const item = rows.get("board.item", rid);
    return item ? [{ kind: "board.item", rid, body: { ...item, ended: true } }] : [];
  },
};
