/** A place of the hall: a zone, or a window in it. */
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Select } from "../../ui";
import { postTitle, walkingOrder } from "../hall/names";

interface PlacePickProps {
  sync: Sync;
  label: string;
  value: string;
  /** What stands for no place at all; without it one has to be chosen. */
  none?: string;
  /** Zones alone. */
  zonesOnly?: boolean;
  onPick: (place: string) => void;
}

export function PlacePick({ sync, label, value, none, zonesOnly = false, onPick }: PlacePickProps) {
  const zones = sync.rows("hall").value.get("hall")?.body.zones ?? [];
  const posts = sync.rows("post").value;
  const mine = sync.rows("me").value.get(sync.uid)?.body.unit;
  // Windows of one's own unit first: that is where most things are seen to break.
  const windows = zonesOnly ? [] : walkingOrder(posts, zones).sort((a, b) => Number(posts.get(b)?.body.unit === mine) - Number(posts.get(a)?.body.unit === mine));
  const options = [
    { value: "", label: none ?? t("请选择") },
    ...zones.map((zone) => ({ value: zone.id, label: names(zone.names) })),
    ...windows.map((post) => ({ value: post, label: postTitle(posts.get(post)?.body) })),
  ];
  return <Select label={label} required={!none} value={value} options={options} onChange={onPick} />;
}
