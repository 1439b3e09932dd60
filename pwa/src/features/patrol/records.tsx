/** 与我有关的记录: the own face of findings and of coded sightings, as a screen of its own. */
import { type ScreenProps } from "../../app/feature";
import { CodedDetail, CodedList } from "./coded";
import { OwnFindings } from "./findings";

export default function Records(props: ScreenProps) {
  const rid = props.params["id"] ?? "";
  const coded = props.sync.rows("coded").value.get(rid);
  // A sighting may be both: what it counts as is read first.
  if (coded && !props.sync.rows("finding.own").value.has(rid)) return <CodedDetail rid={rid} body={coded.body} />;
  return (
    <div class="stack">
      <OwnFindings {...props} />
      {!rid && <CodedList />}
    </div>
  );
}
