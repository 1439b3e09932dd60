/** The three duties of an incident. Apart from model.ts because effects, which are part of the first load, need them too. */
import type { Done } from "../../sync/types.gen";

/** 处理到位 报告到位 反馈到位, in the order they are done (EMG-03). */
export const DUTIES: readonly Done["duty"][] = ["handling", "report", "feedback"];
