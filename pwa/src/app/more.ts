/** The institutions that follow the first paint: one chunk of places and addresses, their screens in chunks of their own. */
import type { Feature } from "./feature";

export const MORE: readonly Feature[] = [];
