import { useId, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from './classes.ts'

type Choice = { readonly value: string; readonly label: ReactNode; readonly count?: number }

type SegmentsProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: readonly Choice[]
  readonly className?: string | undefined
}

/** One of a few, all in sight. */
export function Segments({ label, value, onChange, options, className }: SegmentsProps) {
  const name = useId()
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cx(
        'inline-flex max-w-full overflow-x-auto rounded-control border border-edge bg-sunk p-0.5',
        className,
      )}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'cursor-pointer rounded-[4px] px-3 py-1 text-13 whitespace-nowrap transition-colors pointer-coarse:py-2',
            'has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value ? 'bg-paper font-medium text-ink shadow-[var(--float)]' : 'text-soft hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="sr-only"
          />
          {option.label}
        </label>
      ))}
    </div>
  )
}

type TabsProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly tabs: readonly Choice[]
  readonly children: ReactNode
}

/** Panels in one place, one at a time. Arrow keys go along the tabs. */
export function Tabs({ label, value, onChange, tabs, children }: TabsProps) {
  const id = useId()
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    const at = tabs.findIndex((tab) => tab.value === value)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (!next) return
    onChange(next.value)
    document.getElementById(`${id}-${next.value}`)?.focus()
  }
  return (
    <div>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
        className="flex gap-6 overflow-x-auto overflow-y-hidden border-b border-hair"
      >
        {tabs.map((tab) => {
          const open = tab.value === value
          return (
            <button
              key={tab.value}
              id={`${id}-${tab.value}`}
              type="button"
              role="tab"
              aria-selected={open}
              aria-controls={`${id}-panel`}
              tabIndex={open ? 0 : -1}
              onClick={() => onChange(tab.value)}
              className={cx(
                '-mb-px shrink-0 border-b-2 py-2.5 text-15 transition-colors focus-visible:-outline-offset-2',
                open ? 'border-accent font-medium text-ink' : 'border-transparent text-soft hover:text-ink',
              )}
            >
              {tab.label}
              {tab.count !== undefined && <span className="figure ml-1.5 text-12 text-faint">{tab.count}</span>}
            </button>
          )
        })}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`} className="pt-6">
        {children}
      </div>
    </div>
  )
}
