/** How asking the site can fail: it says no, or it was not reached. */

/** The site answered, and said no. `id` is a key of ERRORS. */
export class Problem extends Error {
  constructor(
    readonly id: string,
    readonly status: number,
    readonly retry: boolean,
    readonly params: Record<string, string | number> = {},
  ) {
    super(id);
  }
}

/** The site was not reached. */
export class Offline extends Error {}

/** A part of the app that is not kept for offline use: without a network it is simply not there yet. */
export async function part<T>(loading: Promise<T>): Promise<T> {
  return loading.catch(() => Promise.reject(new Offline("a part of the app was not there")));
}
