import { cloneElement, useId, useRef, type ReactElement } from 'react'

type TooltipProps = { readonly words: string; readonly children: ReactElement<{ 'aria-describedby'?: string }> }

/** A few words about one control, on hover and on focus. What must be read does not belong in it. */
export function Tooltip({ words, children }: TooltipProps) {
  const id = useId()
  const bubble = useRef<HTMLSpanElement>(null)
  const place = (anchor: HTMLElement) => {
    const shown = bubble.current
    if (!shown || matchMedia('(pointer: coarse)').matches) return
    shown.showPopover?.()
    const at = anchor.getBoundingClientRect()
    const size = shown.getBoundingClientRect()
    const left = Math.min(Math.max(8, at.left + (at.width - size.width) / 2), innerWidth - size.width - 8)
    const above = at.top - size.height - 6
    shown.style.left = `${left}px`
    shown.style.top = `${above > 8 ? above : at.bottom + 6}px`
  }
  const hide = () => bubble.current?.matches(':popover-open') && bubble.current.hidePopover()
  return (
    <span
      className="contents"
      onPointerOver={(event) => place(event.target as HTMLElement)}
      onPointerOut={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && place(event.target)}
      onBlur={hide}
      onKeyDown={(event) => event.key === 'Escape' && hide()}
    >
      {children.props['aria-describedby'] === undefined && !('aria-label' in children.props)
        ? cloneElement(children, { 'aria-describedby': id })
        : children}
      <span
        ref={bubble}
        id={id}
        role="tooltip"
        popover="manual"
        className="pointer-events-none fixed m-0 max-w-64 rounded-control bg-ink px-2 py-1 text-12 text-ground"
      >
        {words}
      </span>
    </span>
  )
}
