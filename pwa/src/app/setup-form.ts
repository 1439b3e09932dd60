/** What the first-run form holds, and what is still wrong with it. */
import { t, type Locale } from "../i18n";

export interface Form {
  code: string;
  hall: string;
  locale: Locale;
  name: string;
  login: string;
  password: string;
  again: string;
}

/** As the server has them. */
const PASSWORD_CHARS_MIN = 8;
export const PASSWORD_CHARS_MAX = 128;

/** The first thing that keeps the form from being sent, in words; null when nothing does. */
export function problemOf({ code, hall, name, login, password, again }: Form): string | null {
  if ([code, hall, name, login].some((text) => text.trim() === "")) return t("请填写代码、大厅名称、姓名和账号。");
  return passwordProblem(password, again);
}

/** What still stands against a password that was typed twice. */
export function passwordProblem(password: string, again: string): string | null {
  if (password.length < PASSWORD_CHARS_MIN) return t("密码至少 8 个字符。");
  return password === again ? null : t("两次输入的密码不一样。");
}
