/** No screen at this address, or none for this person. */
import { t } from "../i18n";
import { Icon } from "../ui";

export default function Nowhere({ home }: { home: string }) {
  return (
    <div class="empty">
      <Icon name="info" />
      <b>{t("没有这个页面，或者您没有这项权限。")}</b>
      <a class="btn" href={home}>
        {t("回到首页")}
      </a>
    </div>
  );
}
