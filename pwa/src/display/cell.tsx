/** One window: number and unit above, state, name and return below. */
import { names, t, tc } from "../i18n";
import type { PostPublic } from "../sync/types.gen";
import { isException, serviceLine, type Cell as CellOf, type Stage } from "./model";
import { Shape } from "./shape";
import { besideText, labelText, namelessLabelText, returnText } from "./words";

interface CellProps {
  cell: CellOf;
  stage: Stage;
  now: number;
  lifted: boolean;
  /** The wall has one wide column. */
  single: boolean;
  /** Who serves now has lunch duty (CAL-05). */
  lunch: boolean;
}

/** The state line. Persons and times are for a board that is fresh enough to vouch for them (CON-41). */
function State({ post, stage, now, service, single, lunch }: Omit<CellProps, "cell" | "lifted"> & { post: PostPublic; service: string }) {
  const personal = stage !== "hidden";
  const back = personal ? returnText(post, now) : "";
  return (
    <div class="state">
      <Shape label={post.label} />
      <span class="label">{lunch && post.label === "on_post" ? t("午间值班") : personal ? labelText(post) : namelessLabelText(post)}</span>
      <span class={back ? "fit beside timed" : "fit beside"}>
        {back && <span class="back">{back}</span>}
        {personal && <span class="who">{besideText(post)}</span>}
        {personal && single && post.b && <i>{tc("大屏", "B岗 {name}", { name: post.b })}</i>}
        {!back && service && <i>{service}</i>}
      </span>
    </div>
  );
}

/** Its first service, and the line that has room for it. */
function serviceOf(post: PostPublic, single: boolean): { service: string; line: 1 | 2 | null } {
  const service = names(post.services[0]);
  const below = `●${labelText(post)}${besideText(post)}`;
  return { service, line: single && service ? 1 : serviceLine(`${post.number} ${names(post.unit)}`, below, service) };
}

export function Cell({ cell: { rid, post }, stage, now, lifted, single, lunch }: CellProps) {
  const fixed = stage === "static";
  const { service, line } = serviceOf(post, single);
  return (
    <li class={`cell ${isException(post) ? "exception" : ""} ${lifted ? "lifted" : ""}`} data-post={rid} data-label={fixed ? "" : post.label}>
      <div class="head">
        <span class="number">{post.number}</span>
        <span class="fit where">
          <b>{names(post.unit)}</b>
          {!fixed && line === 1 && <i>{service}</i>}
        </span>
      </div>
      {fixed ? (
        <div class="services">{post.services.map((one) => names(one)).join("　")}</div>
      ) : (
        <State post={post} stage={stage} now={now} service={line === 2 ? service : ""} single={single} lunch={lunch} />
      )}
    </li>
  );
}
