export { Button, IconButton, LinkButton } from './button.tsx'
export { Segments } from './choice.tsx'
export { cx } from './classes.ts'
export { useCopy } from './copy.ts'
export { Confirm, Dialog, type DialogProps } from './dialog.tsx'
export { Checkbox, Field, Input, SearchInput, Select, Switch, TextArea } from './field.tsx'
export { Ago, Count, Day, Dollars, Instant, Points, PricePerThousand } from './figure.tsx'
export { useFormat } from './format.ts'
export { isComposing, modSign, useIsPhone, useKeys } from './keys.ts'
export { Link, OutsideLink, useAddress, useGo, useSearchText } from './link.tsx'
export { BotMark, HouseMark, PersonMark } from './mark.tsx'
export { loadMarkdown, Markdown } from './markdown/markdown.tsx'
export { Menu, type MenuItem } from './menu.tsx'
export { newId } from './new-id.ts'
export { Page } from './page.tsx'
export { places } from './places.ts'
export {
  Read,
  ReadMore,
  Refused,
  useCall,
  useRead,
  useReadPages,
  useRefresh,
  useSubscribe,
  useWrite,
  WireProvider,
  type Reading,
  type Writing,
} from './read.tsx'
export { Receipt, ReceiptHead, ReceiptLine, ReceiptNote, ReceiptRule, ReceiptTotal } from './receipt.tsx'
export {
  screen,
  type Audience,
  type Found,
  type NavEntry,
  type RoomScreens,
  type Screen,
  type ScreenProps,
} from './screens.ts'
export {
  lazySlot,
  SlotsProvider,
  useSlot,
  type ExpectedQuote,
  type QuoteProps,
  type ReceiptProps,
  type Slots,
} from './slots.tsx'
export { Sparkline } from './sparkline.tsx'
export { EmptyState, ErrorState, Notice, Skeleton, SkeletonRows, SkeletonText } from './states.tsx'
export { forgetPersonal, useStored } from './stored.ts'
export { Card, Key, Rule, Section, Tag } from './surface.tsx'
export { Table, type Column } from './table.tsx'
export { ToastProvider, useToast } from './toast.tsx'
export { HouseProvider, isFor, useHouse, useViewer, type House } from './viewer.tsx'
