/** What documents read of the rows on this device. Twin of server/papers/faces.py: nothing else reaches a paper (VIS-01). */
import { dayOf } from "../../i18n";
import type { ReadRows } from "../../sync/api";
import type { Hall, Person } from "../../sync/types.gen";
import { word, type Value, type Values } from "./values";

export interface Reader extends ReadRows {
  uid: string;
  unit: string;
  roles: readonly string[];
  hall: Hall;
  now: number;
}

/** The values of a document for a record, or null when this device knows of none. */
export type Data = (reader: Reader, rid: string) => Values | null;

export const today = (reader: Reader): string => dayOf(reader.now);

export function nameOf(reader: Reader, uid: string | null | undefined): string | null {
  return (uid && reader.get("person", uid)?.name) || null;
}

/** What the plate of a person says (DSP-06). */
export function plateOf(reader: Reader, uid: string | null | undefined): string | null {
  const person: Person | undefined = uid ? reader.get("person", uid) : undefined;
  if (!person) return null;
  if (reader.hall.plate === "badge") return person.badge;
  if (reader.hall.plate !== "surname_title") return person.name;
  const latin = /^[\0-\x7f]*$/.test(person.name);
  const surname = latin ? person.name.split(" ").at(-1) : [...person.name][0];
  return `${surname} ${person.title[reader.hall.locale] || person.title["zh_Hans"]}`;
}

export function postOf(reader: Reader, rid: string): Value {
  const post = reader.get("post", rid);
  return post ? word(`post.${post.kind}`, { number: post.number }) : null;
}

export function unitOf(reader: Reader, rid: string | undefined): Value {
  const unit = rid ? reader.get("unit", rid) : undefined;
  return unit ? { names: unit.names } : null;
}
