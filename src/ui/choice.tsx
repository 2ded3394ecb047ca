import { useId, type ReactNode } from 'react'
import { cx } from './classes.ts'

type Choice = { readonly value: string; readonly label: ReactNode }

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
