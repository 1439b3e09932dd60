/** A new session without leaving the screen: the person stays, the cookie is new. Somebody else who signs in here becomes the one on the screen. */
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import type { Account } from "../sync/account";
import type { SignIn } from "../sync/types.gen";
import { BigButton, Notice, Sheet } from "../ui";
import { Credentials } from "./credentials";
import { gateText } from "./gate";
import { account, enter, persona } from "./session";

export default function Relogin({ onClose }: { onClose: () => void }) {
  return (
    <Sheet open title={t("重新登录")} onClose={onClose}>
      {account.value && <SignInAs mine={account.value} onDone={onClose} />}
    </Sheet>
  );
}

/** The ways to sign in as somebody this device knows; at the lock, where the PIN is `forgotten`, that opens the vault and takes the PIN away. */
export function SignInAs({ mine, forgotten = false, onDone }: { mine: Account; forgotten?: boolean; onDone: () => void }) {
  const demo = persona();
  const problem = useSignal<string | null>(null);
  const again = async (who: SignIn) => {
    await enter(mine.site, who, forgotten);
    onDone();
  };
  if (!demo) return <Credentials onEnter={(name, password) => again({ name, password })} />;
  return (
    <>
      {problem.value && <Notice tone="bad" title={problem.value} />}
      <BigButton
        label={t("以 {name} 的身份继续", { name: mine.name })}
        onPress={() => void again({ persona: demo }).catch((error: unknown) => (problem.value = gateText(error)))}
      />
    </>
  );
}
