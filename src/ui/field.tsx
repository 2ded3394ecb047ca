import { Trans } from '@lingui/react/macro'
import { Search } from 'lucide-react'
import { createContext, useContext, useId, type ComponentProps, type ReactNode } from 'react'
import { cx } from './classes.ts'

type Naming = { readonly id: string; readonly describedBy: string | undefined; readonly invalid: boolean }

const NamingContext = createContext<Naming | undefined>(undefined)

type FieldProps = {
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** What is wrong with it, in words that say what to do. */
  readonly refusal?: ReactNode
  readonly optional?: boolean
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** Names one control, explains it, and says beside it what is wrong with it. */
export function Field({ label, hint, refusal, optional, className, children }: FieldProps) {
  const id = useId()
  const [hintId, refusalId] = [`${id}-hint`, `${id}-refusal`]
  const describedBy = [hint && hintId, refusal && refusalId].filter(Boolean).join(' ') || undefined
  return (
    <div className={cx('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="flex items-baseline justify-between text-13 font-medium">
        <span className="flex-1">{label}</span>
        {optional && (
          <span className="font-normal text-faint">
            <Trans>optional</Trans>
          </span>
        )}
      </label>
      <NamingContext value={{ id, describedBy, invalid: Boolean(refusal) }}>{children}</NamingContext>
      {hint && (
        <p id={hintId} className="text-13 text-faint">
          {hint}
        </p>
      )}
      {refusal && (
        <p id={refusalId} role="alert" className="text-13 text-out">
          {refusal}
        </p>
      )}
    </div>
  )
}

/** The attributes that tie a control to the Field around it. */
function useNaming() {
  const naming = useContext(NamingContext)
  return (
    naming && { id: naming.id, 'aria-describedby': naming.describedBy, 'aria-invalid': naming.invalid || undefined }
  )
}

const box =
  'w-full rounded-control border border-edge bg-paper text-15 text-ink placeholder:text-faint transition-colors ' +
  'hover:border-dots focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 ' +
  'aria-invalid:border-out aria-invalid:outline-out disabled:bg-sunk disabled:text-faint'

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...useNaming()} {...rest} className={cx(box, 'h-9 px-3 pointer-coarse:h-11', className)} />
}

/** Grows with what is written, up to its `max-h-…`. */
export function TextArea({ className, rows = 3, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...useNaming()}
      rows={rows}
      {...rest}
      className={cx(box, 'field-sizing-content max-h-96 resize-y px-3 py-2', className)}
    />
  )
}

type Option = { readonly value: string; readonly label: string }
type SelectProps = ComponentProps<'select'> & { readonly options?: readonly Option[] }

/** The system's own list, which every phone shows as its people know it. */
export function Select({ className, options, children, ...rest }: SelectProps) {
  return (
    <select
      {...useNaming()}
      {...rest}
      className={cx(box, 'select-arrow h-9 appearance-none pr-8 pl-3 pointer-coarse:h-11', className)}
    >
      {options?.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
      {children}
    </select>
  )
}

type SearchProps = Omit<ComponentProps<'input'>, 'type'> & { readonly label: string }

export function SearchInput({ label, className, ...rest }: SearchProps) {
  return (
    <span className={cx('relative block', className)}>
      <Search size={16} className="pointer-events-none absolute inset-y-0 left-3 my-auto text-faint" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        {...rest}
        className={cx(box, 'h-9 pr-3 pl-9 pointer-coarse:h-11')}
      />
    </span>
  )
}

type ToggleProps = {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
}

export function Switch(props: ToggleProps) {
  return (
    <Toggle {...props} role="switch">
      <span
        className={cx(
          'flex h-5 w-9 items-center rounded-full border p-0.5 transition-colors',
          props.checked ? 'border-accent bg-accent' : 'border-edge bg-sunk',
        )}
      >
        <span
          className={cx(
            'size-3.5 rounded-full transition-transform',
            props.checked ? 'translate-x-4 bg-accent-ink' : 'bg-faint',
          )}
        />
      </span>
    </Toggle>
  )
}

export function Checkbox(props: ToggleProps) {
  return (
    <Toggle {...props}>
      <span
        className={cx(
          'grid size-4.5 place-items-center rounded-[4px] border transition-colors',
          props.checked ? 'border-accent bg-accent text-accent-ink' : 'border-edge bg-paper text-transparent',
        )}
      >
        <svg viewBox="0 0 12 12" className="size-3" aria-hidden>
          <path d="M2.5 6.5 5 9l4.5-5.5" fill="none" stroke="currentColor" strokeWidth="1.8" />
        </svg>
      </span>
    </Toggle>
  )
}

/** The native checkbox lies over its picture, so that the keyboard and readers find what they know. */
function Toggle({
  label,
  hint,
  checked,
  onChange,
  disabled,
  role,
  children,
}: ToggleProps & {
  readonly role?: 'switch'
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <div className={cx('flex items-start gap-3', disabled && 'opacity-50')}>
      <span className="relative mt-0.5 shrink-0 rounded-full has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
        <input
          id={id}
          type="checkbox"
          role={role}
          checked={checked}
          disabled={disabled}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onChange(event.target.checked)}
          className="absolute inset-0 size-full cursor-pointer opacity-0"
        />
        {children}
      </span>
      <span className="min-w-0">
        <label htmlFor={id} className="block cursor-pointer text-15">
          {label}
        </label>
        {hint && (
          <span id={`${id}-hint`} className="block text-13 text-faint">
            {hint}
          </span>
        )}
      </span>
    </div>
  )
}
