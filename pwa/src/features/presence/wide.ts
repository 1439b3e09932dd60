/** Whether the window is as wide as a desk, live. */
export { useWide } from "../hall/wide";
