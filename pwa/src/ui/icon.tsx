/** The few signs the client uses, drawn on a 24-unit grid with one stroke. Always beside a word or on a labelled button. */

const PATHS = {
  post: "M4 20V9l8-5 8 5v11M9 20v-6h6v6",
  todo: "M8 6h12M8 12h12M8 18h12M3.5 6h.01M3.5 12h.01M3.5 18h.01",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  patrol: "M7 4v0a3 3 0 0 1 0 6 3 3 0 0 1 0-6zM7 10v3c0 2 1.5 3 3 3h4c1.5 0 3 1 3 2.5M17 21a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z",
  check: "M6 3h9l4 4v14H6zM9 13l2.5 2.5L16 11",
  flag: "M6 21V4h11l-2.5 4L17 12H6",
  mission: "M4 5h16v14H4zM4 6l8 7 8-7",
  approve: "M12 3l7.5 3v6c0 4.5-3.5 7.5-7.5 9-4-1.5-7.5-4.5-7.5-9V6zM8.5 12l2.5 2.5 4.5-4.5",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  overview: "M4 20V12M10 20V5M16 20V9M21 20H3",
  ledger: "M5 4h13a1 1 0 0 1 1 1v15H6a1.5 1.5 0 0 1-1.5-1.5zM8 4v16M11 9h5M11 13h5",
  bulletin: "M4 10v4h3l7 4V6l-7 4zM17.5 9a4 4 0 0 1 0 6",
  urgent: "M12 3a6 6 0 0 1 6 6v7H6V9a6 6 0 0 1 6-6zM4 20h16M12 7v0a2.5 2.5 0 0 0-2.5 2.5",
  back: "M15 5l-7 7 7 7",
  chevron: "M9 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  sync: "M20 7v5h-5M4 17v-5h5M6 8.5A7 7 0 0 1 19.5 12M18 15.5A7 7 0 0 1 4.5 12",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  out: "M10 4H5v16h5M10 12h10M16 8l4 4-4 4",
  text: "M3 19l5-13 5 13M5 14h6M15 19l3-8 3 8M16 16.5h4",
  storage: "M4 7c0-4 16-4 16 0v10c0 4-16 4-16 0zM4 7c0 4 16 4 16 0M4 12c0 4 16 4 16 0",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01",
  swap: "M4 8h14l-4-4M20 16H6l4 4",
  done: "M5 12.5l5 5L20 7",
  screen: "M3 5h18v12H3zM9 21h6M12 17v4",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  mic: "M12 14a3 3 0 0 0 3-3V7a3 3 0 0 0-6 0v4a3 3 0 0 0 3 3zM6 11a6 6 0 0 0 12 0M12 17v4",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
