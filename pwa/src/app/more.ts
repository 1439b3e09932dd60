/** The institutions that follow the first paint: one chunk of places and addresses, their screens in chunks of their own. */
import { feature as attendance } from "../features/attendance";
import { feature as campaign } from "../features/campaign";
import { feature as check } from "../features/check";
import { feature as desk } from "../features/desk";
import { feature as handover } from "../features/handover";
import { feature as leave } from "../features/leave";
import { feature as papers } from "../features/papers";
import { feature as own } from "../features/own";
import { feature as roster } from "../features/roster";
import { feature as trail } from "../features/trail";
import type { Feature } from "./feature";

export const MORE: readonly Feature[] = [roster, attendance, leave, own, handover, desk, check, campaign, papers, trail];
