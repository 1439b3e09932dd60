/** 与我有关的记录: the own face of findings, as a screen of its own. */
export { OwnFindings as default } from "./findings";
