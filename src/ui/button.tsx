import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './classes.ts'
import { Link } from './link.tsx'
import { Tooltip } from './tooltip.tsx'

type Kind = 'accent' | 'plain' | 'quiet' | 'danger'
type Size = 's' | 'm' | 'l'

const kinds: Readonly<Record<Kind, string>> = {
  accent: 'border-transparent bg-accent text-accent-ink hover:bg-accent-strong',
  plain: 'border-edge bg-paper text-ink hover:bg-hover',
  quiet: 'border-transparent text-soft hover:bg-hover hover:text-ink',
  danger: 'border-edge bg-paper text-out hover:border-out hover:bg-out-wash',
}

const sizes: Readonly<Record<Size, string>> = {
  s: 'h-7 px-2.5 text-13 gap-1.5 pointer-coarse:h-9',
  m: 'h-9 px-3.5 text-15 gap-2 pointer-coarse:h-11',
  l: 'h-11 px-5 text-15 gap-2',
}

const squares: Readonly<Record<Size, string>> = {
  s: 'size-7 pointer-coarse:size-9',
  m: 'size-9 pointer-coarse:size-11',
  l: 'size-11',
}

const shape =
  'inline-flex shrink-0 items-center justify-center rounded-control border font-medium ' +
  'whitespace-nowrap select-none transition-colors disabled:opacity-45 disabled:pointer-events-none'

type Look = { readonly kind?: Kind; readonly size?: Size; readonly icon?: LucideIcon }

const iconSize = (size: Size) => (size === 's' ? 14 : 16)

export type ButtonProps = Look & ComponentProps<'button'> & { readonly busy?: boolean }

/** The verb of one thing to do. While busy it keeps its width and takes no second press. */
export function Button({ kind = 'plain', size = 'm', icon: Icon, busy, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      {...rest}
      {...(busy ? { onClick: (event) => event.preventDefault() } : {})}
      className={cx(shape, kinds[kind], sizes[size], busy && 'waiting', className)}
    >
      {Icon && <Icon size={iconSize(size)} strokeWidth={1.75} aria-hidden />}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ButtonProps, 'children' | 'icon'> & { readonly icon: LucideIcon; readonly label: string }

/** A button that is only a picture; its label is its name and its tooltip. */
export function IconButton({
  icon: Icon,
  label,
  kind = 'quiet',
  size = 'm',
  busy,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip words={label}>
      <button
        type="button"
        aria-label={label}
        aria-busy={busy || undefined}
        {...rest}
        className={cx(shape, kinds[kind], squares[size], busy && 'waiting', className)}
      >
        <Icon size={size === 's' ? 15 : 18} strokeWidth={1.75} aria-hidden />
      </button>
    </Tooltip>
  )
}

type LinkButtonProps = Look & {
  readonly to: string
  readonly children: ReactNode
  readonly className?: string | undefined
}

/** Looks like a button and goes to an address. */
export function LinkButton({ kind = 'plain', size = 'm', icon: Icon, to, className, children }: LinkButtonProps) {
  return (
    <Link to={to} className={cx(shape, kinds[kind], sizes[size], 'no-underline', className)}>
      {Icon && <Icon size={iconSize(size)} strokeWidth={1.75} aria-hidden />}
      {children}
    </Link>
  )
}
