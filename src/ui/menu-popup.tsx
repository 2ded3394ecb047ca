import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import { cx } from './classes.ts'
import { useGo } from './link.tsx'
import type { MenuItem, MenuPopupProps } from './menu.tsx'

/** The half of Menu that is fetched when a pointer or the focus first comes near one. */
export function MenuPopup({ label, items, anchor, onClose }: MenuPopupProps) {
  const go = useGo()
  const select = ({ to, onSelect }: MenuItem) => {
    onClose()
    // Once the button has the focus again: what is opened takes it from there, keeps it, and gives it back.
    setTimeout(() => {
      onSelect?.()
      if (to !== undefined) go(to)
    })
  }
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} align="end" sideOffset={4} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup
            aria-label={label}
            finalFocus={anchor}
            className="rise min-w-48 rounded-card bg-raised p-1 shadow-float outline-none"
          >
            {items.map((item, at) =>
              item === null ? (
                <Base.Separator key={`rule-${at}`} className="mx-2 my-1 h-px bg-hair" />
              ) : (
                <Row key={at} item={item} onSelect={() => select(item)} />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

function Row({ item, onSelect }: { readonly item: MenuItem; readonly onSelect: () => void }) {
  const Icon = item.checked ? Check : item.icon
  return (
    <Base.Item
      onClick={onSelect}
      className={cx(
        'flex cursor-pointer items-center gap-2.5 rounded-control px-2.5 py-1.5 text-15 outline-none select-none',
        'pointer-coarse:py-2.5 data-highlighted:bg-hover',
        item.danger ? 'text-out' : 'text-ink',
      )}
    >
      {Icon ? <Icon size={16} strokeWidth={1.75} aria-hidden /> : <span className="w-4" aria-hidden />}
      {item.label}
    </Base.Item>
  )
}
