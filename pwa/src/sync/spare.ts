/** Whether pictures may go over the present network. */

/** Where the choice is kept: pictures wait for a network that costs nothing. */
export const SPARE_KEY = "zg.spare";

/** What the browser tells of its network; most tell nothing. */
interface Connection {
  type?: string;
  saveData?: boolean;
}

/** True when pictures may go: no wish to spare the mobile network, or the browser says that this is none. */
export function mayUseNetwork(): boolean {
  try {
    if (localStorage.getItem(SPARE_KEY) !== "on") return true;
  } catch {
    return true;
  }
  const { connection } = navigator as { connection?: Connection };
  return connection?.type !== undefined && connection.type !== "cellular" && !connection.saveData;
}
