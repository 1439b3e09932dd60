"""The one error registry: every problem an endpoint answers and every code an op result carries.

Identifiers are stable: lower_snake_case for transport problems, UPPER_SNAKE_CASE for op results (PROTOCOL.md §1).
`text` is the message id (zh-Hans) of the sentence people read; the catalogues under `locales/` hold its translations.
The registry is emitted to TypeScript by `python -m server generate`.
"""

from typing import Literal, NamedTuple


def N_(text: str) -> str:
    """Mark `text` for extraction into the catalogues; returns it unchanged."""
    return text


class Problem(NamedTuple):
    """One transport problem: HTTP status, whether sending the same bytes again may succeed, and the sentence for people."""

    id: str
    status: int
    retry: bool
    text: str


class Code(NamedTuple):
    """One result code of an op. `outcome` says what it may accompany; a `note` rides on an applied fact whose time is grade C."""

    id: str
    outcome: Literal["held", "refused", "either", "note"]
    text: str


PROBLEMS: dict[str, Problem] = {
    p.id: p
    for p in (
        Problem("malformed", 400, False, N_("内容无法读取，没有保存任何改动。请更新应用后重试。")),
        Problem("unsupported", 400, False, N_("服务器不认识这种消息，请更新应用。")),
        Problem("too_large", 413, False, N_("内容过大，没有送达；记录仍保存在本机。")),
        Problem("version_old", 426, False, N_("应用版本过旧。记录仍可导出和送达，请尽快更新。")),
        Problem("not_found", 404, False, N_("没有找到。")),
        Problem("method_not_allowed", 405, False, N_("不支持这种操作。")),
        Problem("login_required", 401, False, N_("登录已过期，请重新登录。本机记录不受影响。")),
        Problem("login_failed", 401, False, N_("账号或密码不对。")),
        Problem("login_locked", 429, True, N_("尝试次数过多，请在 {seconds} 秒后再试。")),
        Problem("rate_limited", 429, True, N_("请求过于频繁，请稍后再试。")),
        Problem("forbidden", 403, False, N_("没有这项权限。")),
        Problem("origin_refused", 403, False, N_("请求来自不被信任的网页，已拒绝。")),
        Problem("device_unknown", 401, False, N_("这台设备尚未登记，请登录后重新登记。")),
        Problem("device_revoked", 403, False, N_("这台设备已被停用。未送达的记录可以导出后交办公室。")),
        Problem("signature_bad", 401, False, N_("设备签名无法核验，没有接收。记录仍保存在本机。")),
        Problem("epoch_changed", 409, True, N_("服务器数据恢复过，正在核对；缺少的记录会自动补送。")),
        Problem("device_storage", 507, True, N_("本机存储出错，暂时无法读写。请不要关闭页面，稍后重试；仍不行请导出后重新打开应用。")),
        Problem("unit_unknown", 422, False, N_("没有这个单位，请重新选择门牌所属单位。")),
        Problem("pairing_unknown", 404, False, N_("没有这个配对码。")),
        Problem("pairing_expired", 410, False, N_("配对码已过期，请在大屏上重新获取。")),
        Problem("demo_only", 403, False, N_("只有演示模式可以这样登录。")),
        Problem("setup_code_bad", 403, False, N_("首次启动代码不对。")),
        Problem("rescue_bad", 422, False, N_("这不是本大厅的救援文件，或文件已损坏。没有导入任何内容。")),
        Problem("busy", 503, True, N_("服务器繁忙，稍后会自动重试。")),
        Problem("storage_full", 507, True, N_("服务器存储已满，没有接收。记录仍保存在本机，稍后会自动重试。")),
        Problem("upload_version", 412, False, N_("上传方式不受支持，请更新应用。")),
        Problem("upload_offset", 409, True, N_("已收到的长度与发送的位置不符，将从已收到处继续。")),
        Problem("upload_checksum", 460, True, N_("这一段在传输中损坏，没有接收，将重新发送。")),
        Problem("upload_busy", 423, True, N_("这个附件正在接收中，稍后会自动继续。")),
        Problem("upload_gone", 410, True, N_("这次上传已过期，将从头重新发送。")),
        Problem("blob_hash", 422, True, N_("附件与记录中的校验值不符，没有接收，将重新发送。")),
        Problem("blob_type", 415, False, N_("不支持这种附件，没有接收。可以用照片（JPEG、PNG、WebP）或录音。")),
        Problem("blob_damaged", 422, False, N_("附件已损坏，无法读取，没有接收。")),
        Problem("blob_pixels", 422, False, N_("照片尺寸过大，没有接收。")),
        Problem("blob_quota", 507, True, N_("您的附件空间已满，附件仍保存在本机，请联系管理员。")),
        Problem("proof_pending", 409, True, N_("这条记录还没有列入存证日志，请一分钟后再试。")),
        Problem("log_diverged", 409, False, N_("存证日志与见证方所见的不一致，请立即核查。")),
        Problem("query_bad", 400, False, N_("查询条件不正确：{field}。")),
        Problem("cursor_bad", 400, False, N_("列表的位置已失效，请从头查看。")),
        Problem("span_bad", 400, False, N_("起止日期不正确，或超过 {days} 天。")),
        Problem("purpose_required", 403, False, N_("查看这一项须先写明用途，并留下查阅记录。")),
        Problem("export_large", 413, False, N_("超过 {rows} 行，请缩小范围后再导出。")),
        Problem("internal", 500, True, N_("服务器出错，已通知管理员。记录仍保存在本机。")),
    )
}

CODES: dict[str, Code] = {
    c.id: c
    for c in (
        Code("BACKDATED", "note", N_("所称时间早于可证明的最早时间，已收下，时间待核对。")),
        Code("FUTURE", "note", N_("所称时间晚于送达时间，已收下，时间待核对。")),
        Code("WIDE_WINDOW", "note", N_("可证明的时间范围过宽，已收下，时间待核对。")),
        Code("STEPPED", "note", N_("设备时钟曾被调回，已收下，时间待核对。")),
        Code("NO_RIGHT", "either", N_("您没有这项权限。记录已留存，未生效。")),
        Code("STALE", "refused", N_("对方已先作出改动，请看现状后再决定。")),
        Code("GONE", "refused", N_("所指的记录已不存在或已办结。")),
        Code("REF_WAIT", "held", N_("所指的记录还没有送达，到达后自动处理。")),
        Code("BEHIND_HELD", "held", N_("同一记录前面有待处理的内容，处理后自动继续。")),
        Code("INVALID", "either", N_("内容不完整或不一致，已留存，待人工处理。")),
        Code("UNSUPPORTED", "held", N_("服务器版本较旧，已留存，升级后自动处理。")),
        Code("REVOKED", "held", N_("这台设备已被停用，记录已收存，由管理员决定是否生效。")),
        Code("RESCUED", "held", N_("来自救援文件，与服务器上的记录不相接，已收存，由管理员决定是否生效。")),
        Code("REF_LOST", "held", N_("所指的记录一直没有送达，已留存，待人工处理。")),
        Code("SET_ASIDE", "held", N_("经办人员看过，决定不采纳。记录留存。")),
        Code("INTERNAL", "either", N_("服务器处理时出错，已留存并通知管理员。")),
        Code("ROSTER_UNCOVERED", "refused", N_("有应到岗位无人顶替，请逐一写明原因后再发布。草稿已保留。")),
        Code("ROSTER_CONTACT", "refused", N_("办公室联络岗每个工作时段都必须有人，不能用原因代替。草稿已保留。")),
        Code("ROSTER_OVERLOAD", "refused", N_("有人同时担任过多岗位的B岗，须先由其负责人同意。草稿已保留。")),
        Code("REASON_MISSING", "refused", N_("人员有变动，或有人同时两岗，请写明原因。")),
        Code("IN_USE", "refused", N_("仍有岗位、人员或排班用到它，不能停用。")),
        Code("TAKEN", "refused", N_("这个编号已被使用。")),
        Code("CALENDAR_BAD", "refused", N_("日历文件有误，没有采用其中任何内容。")),
        Code("RULE_VALUE", "refused", N_("没有这个参数，或数值超出允许的范围，没有改动。")),
        Code("RULE_DAY", "refused", N_("参数和开放时间最早从明天起生效：当天的事按当天开始时的规定认定，没有改动。")),
        Code("LEAVE_PROTECTED", "refused", N_("法定假不能召回，没有改动。")),
        Code("ANSWER_TIME", "refused", N_("答复期还没有满，本人也还没有说明，现在不能认定。")),
        Code("OVER_LIMIT", "refused", N_("本月补签次数已满，只能由办公室写明理由后同意。")),
        Code("UNDECIDED", "refused", N_("还有事项等待认定，请先逐件认定。")),
        Code("TOO_EARLY", "refused", N_("还没有到时候，请稍后再办。")),
        Code("SETTLED", "refused", N_("这个月的考勤已经结算，只能由办公室作调整。")),
        Code("PHASES_OVERLAP", "refused", N_("阶段或批次的日期、单位有重叠或遗漏，请核对。内容已保留。")),
        Code("NOT_ALL_VERIFIED", "refused", N_("前面的阶段没有结束，或还有单位未报自查、有问题未经核实，这个阶段不能结束。")),
        Code("SCOPE_PROBLEMS", "refused", N_("有单位在本次专项整治中还有问题，不能移出范围。内容已保留。")),
        Code("SIGNATURE", "held", N_("零报告须由报送人签本人姓名，与本厅登记的一致。记录已留存，待人工处理。")),
        Code("NO_PROOF", "refused", N_("没有整改前后的材料：须写明怎样核实；现场发现的还须写明为何无法提供，或退回补充。")),
        Code("ITEMS_OPEN", "refused", N_("检查表里还有没有评定的项目，或有须说明的情况（见提示），公布须写明原因。")),
        Code("OWN_WORK", "refused", N_("事情与本人或本单位有关，不能由自己核实或认定，请由其他单位的人处理。")),
        Code("OBSERVER", "refused", N_("自己参加了这次检查，不能由自己判定，请由其他人判定。")),
        Code("CASE_OPEN", "refused", N_("还有测试办件没有撤回或标注，不能对外告知结果。")),
        Code("PLAN_LATE", "refused", N_("检查期间已经开始，方案须在开始之前封存。内容已保留。")),
        Code("DRAW_EMPTY", "refused", N_("检查范围、日期或时段为空，或有单位没有窗口，无法抽取。内容已保留。")),
        Code("DRAW_SPENT", "refused", N_("范围内没有剩下的单位，或检查期间内没有剩下的日期，无法替补。内容已保留。")),
        Code("DRAW_TEAM", "refused", N_("回避之后，有单位可派的检查人员不足，请增加人员。内容已保留。")),
        Code("NAMED", "refused", N_("公开版里写有本厅人员姓名，不能发布。请改用单位名称；内容已保留。")),
        Code("PRIVATE", "refused", N_("内容里有手机号、身份证号或本厅人员的电话，不能上屏。内容已保留，请改后再发布。")),
        Code("UNCHECKED", "refused", N_("受检单位还没有核对全部记录的事实，没有公布。")),
        Code("REVIEW_LATE", "note", N_("申请复核的期限已过：说明已收下，复核不再受理。")),
        Code("NO_REVIEW", "note", N_("说明已收下；这一项不计入任何人，没有可以复核的认定。")),
        Code("OUTDATED", "refused", N_("起草后事实有变，请先“重新汇总”，再发布。内容已保留。")),
        Code("CHECKLIST_UNKNOWN", "held", N_("没有这个版本的检查表，记录已留存，待人工处理。")),
        Code("ITEM_UNKNOWN", "held", N_("检查表里没有其中的某一项，记录已留存，待人工处理。")),
        Code("PROOF_MISSING", "held", N_("这一项不合格须写明情况或附照片，记录已留存，待人工处理。")),
        Code("SCORE_DIFFERS", "held", N_("得分与各项相加不符，记录已留存，待人工核对。")),
        Code("POINTS_SUM", "refused", N_("各项分值之和不是 100，没有发布。内容已保留。")),
        Code("VERSION_TAKEN", "refused", N_("这一版已有人先发布，请以最新一版为底再改。内容已保留。")),
        Code("OWN_REPAIR", "refused", N_("谁维修的，就不能由谁检查，请由其他人检查。")),
        Code("TIME_UNLIKELY", "held", N_("时间太早、太晚或太长，已留存，待人工处理。")),
        Code("OFFICE_NEVER_EMPTY", "held", N_("办公室联络岗在工作时间不得全室离岗，已留存，待办公室处理。")),
    )
}
