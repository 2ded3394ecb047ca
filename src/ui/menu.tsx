import type { LucideIcon } from 'lucide-react'
import { lazy, Suspense, useRef, useState, type ReactNode, type RefObject } from 'react'
import { Button, IconButton } from './button.tsx'

export type MenuItem = {
  readonly label: ReactNode
  readonly icon?: LucideIcon
  readonly to?: string
  readonly onSelect?: () => void
  readonly danger?: boolean
  readonly checked?: boolean
}

type MenuProps = {
  /** The name of the menu, and of its button if that is only a picture. */
  readonly label: string
  readonly icon?: LucideIcon
  /** What stands on the button instead of a picture. */
  readonly trigger?: ReactNode
  readonly kind?: 'plain' | 'quiet'
  readonly size?: 's' | 'm'
  readonly className?: string | undefined
  /** `null` draws a rule between two groups. */
  readonly items: readonly (MenuItem | null)[]
}

export type MenuPopupProps = Pick<MenuProps, 'label' | 'items'> & {
  readonly anchor: RefObject<HTMLButtonElement | null>
  readonly onClose: () => void
}

const load = () => import('./menu-popup.tsx')
const Popup = lazy(async () => ({ default: (await load()).MenuPopup }))

export function Menu({ label, icon, trigger, items, ...look }: MenuProps) {
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const attributes = {
    ...look,
    ref: anchor,
    'aria-haspopup': 'menu' as const,
    'aria-expanded': open,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setOpen(true),
    onKeyDown: (event: { key: string; preventDefault(): void }) => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      setOpen(true)
    },
  }
  return (
    <>
      {trigger === undefined && icon ? (
        <IconButton {...attributes} icon={icon} label={label} />
      ) : (
        <Button {...attributes} aria-label={label} {...(icon ? { icon } : {})}>
          {trigger ?? label}
        </Button>
      )}
      {open && (
        <Suspense fallback={null}>
          <Popup label={label} items={items} anchor={anchor} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
