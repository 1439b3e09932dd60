import { describe, expect, it } from "vitest";
import { catalogue, keysOf, parsePo, textsOf } from "../../build/po.ts";

const PO = `# head
msgid ""
msgstr ""
"Language: zh_Hant_TW\\n"

#: pwa/src/a.ts:1
msgid "离岗"
msgstr "離崗"

#. a note
msgctxt "counter"
msgid "窗口"
msgstr "櫃檯"

msgid ""
"一行"
"两行\\n"
msgstr ""
"第一"
"第二\\n"

#, fuzzy
msgid "程序"
msgstr "程式"

msgid "未译"
msgstr ""

#~ msgid "旧"
#~ msgstr "舊"
`;

describe("reading a catalogue", () => {
  it("takes complete messages, with their context, over several lines", () => {
    expect(parsePo(PO)).toEqual([
      { context: "", id: "离岗", text: "離崗" },
      { context: "counter", id: "窗口", text: "櫃檯" },
      { context: "", id: "一行两行\n", text: "第一第二\n" },
    ]);
  });

  it("keys a message with a context apart from the one without", () => {
    const messages = [
      { context: "", id: "窗口", text: "視窗" },
      { context: "counter", id: "窗口", text: "櫃檯" },
    ];
    expect(catalogue(messages, () => true)).toEqual({ 窗口: "視窗", "counter\u0004窗口": "櫃檯" });
  });

  it("leaves out what the client never says and what says the msgid again", () => {
    const messages = [
      { context: "", id: "在岗", text: "在崗" },
      { context: "", id: "巡查", text: "巡查" },
      { context: "", id: "只在服务器", text: "只在伺服器" },
    ];
    expect(catalogue(messages, (id) => id !== "只在服务器")).toEqual({ 在岗: "在崗" });
  });

  it("lists keys once and gives a language as its texts in that order, nothing where the msgid says it", () => {
    const source = parsePo('msgid "在岗"\nmsgstr "在岗"\n\nmsgid "巡查"\nmsgstr "巡查"\n\nmsgid "只在服务器"\nmsgstr "只在服务器"\n\nmsgctxt "counter"\nmsgid "窗口"\nmsgstr "窗口"');
    const keys = keysOf(source, (id) => id !== "只在服务器");
    expect(keys).toEqual(["在岗", "巡查", "counter\u0004窗口"]);
    const other = parsePo('msgctxt "counter"\nmsgid "窗口"\nmsgstr "窗口"\n\nmsgid "巡查"\nmsgstr "巡查"\n\nmsgid "在岗"\nmsgstr "在崗"');
    expect(textsOf(other, keys)).toEqual(["在崗", 0, "窗口"]);
  });
});
