/** Addresses of scripts that run beside the page, as Trusted Types want them: one policy, made once, which knows no other script. */

interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptPolicy;
}

const OURS = /^\/(sw|assets\/journal[\w.-]*)\.js$/;

let policy: ScriptPolicy | undefined;

/** The address of one of our own scripts. Throws for any other. */
export function scriptUrl(url: string): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  const only = (asked: string) => {
    if (!OURS.test(asked)) throw new TypeError(`not our script: ${asked}`);
    return asked;
  };
  if (!factory) return only(url);
  policy ??= factory.createPolicy("zaigang", { createScriptURL: only });
  return policy.createScriptURL(url);
}
