import { describe, expect, it } from "vitest";
import { problemOf, type Form } from "../../src/app/setup-form.ts";

const FORM: Form = { code: "0123456789", hall: "镜湖中心", locale: "zh_Hans", name: "演甲子", login: "root", password: "correct horse", again: "correct horse" };

describe("the first-run form", () => {
  it("may be sent when it is whole", () => expect(problemOf(FORM)).toBeNull());

  it.each(["code", "hall", "name", "login"] as const)("asks for a missing %s", (key) => {
    expect(problemOf({ ...FORM, [key]: "  " })).toBe("请填写代码、大厅名称、姓名和账号。");
  });

  it("asks for a password long enough, typed twice alike", () => {
    expect(problemOf({ ...FORM, password: "1234567", again: "1234567" })).toBe("密码至少 8 个字符。");
    expect(problemOf({ ...FORM, again: "Correct horse" })).toBe("两次输入的密码不一样。");
  });
});
