/** The parts screens are built of. Nothing here knows an institution or the sync engine. */
export { BigButton, Button, Buttons, IconButton, type BigButtonProps, type ButtonProps, type ButtonTone } from "./button";
export { Chips, MultiChips, type Chip, type ChipsProps, type MultiChipsProps } from "./chips";
export { DateTimeWheel, type DateTimeProps, type Preset } from "./datetime";
export { SplitView, Table, type Column, type TableProps } from "./desk";
export { Check, DayField, Field, Select, TextArea, TextField, type SelectProps, type TextAreaProps, type TextFieldProps } from "./field";
export { Icon, type IconName } from "./icon";
export { Card, Cell, Dots, Facts, List, Section, type CellProps, type ListProps } from "./list";
export { Empty, ErrorNotice, Loading, Notice, ToastRegion, toast, type NoticeProps } from "./notice";
export { Confirm, Sheet, type ConfirmProps, type SheetProps } from "./sheet";
export { useSwipe, type SwipeAct } from "./swipe";
export { Pill, Tag, type Tone } from "./status";
export { Tabs, type Tab } from "./tabs";
