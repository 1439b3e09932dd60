/** The institutions that follow the first paint: one chunk of places and addresses, their screens in chunks of their own. */
import { feature as attendance } from "../features/attendance";
import { feature as board } from "../features/board";
import { feature as bulletin } from "../features/bulletin";
import { feature as campaign } from "../features/campaign";
import { feature as check } from "../features/check";
import { feature as desk } from "../features/desk";
import { feature as facility } from "../features/facility";
import { feature as handover } from "../features/handover";
import { feature as hot } from "../features/hot";
import { feature as leave } from "../features/leave";
import { feature as norms } from "../features/norms";
import { feature as papers } from "../features/papers";
import { feature as own } from "../features/own";
import { feature as roster } from "../features/roster";
import { feature as rounds } from "../features/rounds";
import { feature as supervisor } from "../features/supervisor";
import { feature as trail } from "../features/trail";
import { feature as followed } from "../features/visit/later";
import type { Feature } from "./feature";

export const MORE: readonly Feature[] = [roster, attendance, leave, own, handover, desk, check, campaign, hot, facility, norms, papers, trail, followed, supervisor, rounds, bulletin, board];
