/** What a problem or result code says to people: the sentence of sync/errors.py in the active language. */
import { ERRORS } from "../sync/texts.gen";
import { lookup, t, type Params } from "./text";

export function problemText(code: string, params?: Params): string {
  const msgid = ERRORS[code];
  return msgid ? lookup(msgid, params) : t("出现未知问题（{code}）。", { code });
}
