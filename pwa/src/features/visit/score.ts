/** The score of a visit is that of any checklist (CHK-07). */
export { gradeOf, itemsOf, scoreOf } from "../hall/checklist";
