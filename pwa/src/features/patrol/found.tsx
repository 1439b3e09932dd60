/** 发现, for those who patrol and the office: findings, and what was coded beside the state of a window. */
import { type ScreenProps } from "../../app/feature";
import { CodedList } from "./coded";
import { FindingsView } from "./findings";

export default function Found({ sync, params }: ScreenProps) {
  return (
    <div class="stack">
      <FindingsView rows={sync.rows("finding").value} base="/findings" chosen={params["id"]} />
      {!params["id"] && <CodedList every />}
    </div>
  );
}
