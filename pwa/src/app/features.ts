/** The institutions of this client: a new one is a folder under `features/` and a line here. */
import { feature as display } from "../display/feature";
import { feature as hall } from "../features/hall";
import { feature as incident } from "../features/incident";
import { feature as patrol } from "../features/patrol";
import { feature as presence } from "../features/presence";
import { feature as visit } from "../features/visit";
import type { Feature } from "./feature";

export const FEATURES: readonly Feature[] = [presence, patrol, incident, visit, hall, display];
