import { useLingui } from '@lingui/react/macro'
import { Eye, EyeOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Field, IconButton, Input } from '#ui'
import { passwordLengthMax, passwordLengthMin } from '#people/contract'

type PasswordProps = {
  readonly label: ReactNode
  readonly of: 'present' | 'new'
  readonly value: string
  readonly onChange: (value: string) => void
  readonly refusal?: ReactNode
}

/** A password, which may be looked at: who sees what they type needs not type it twice. */
export function PasswordField({ label, of, value, onChange, refusal }: PasswordProps) {
  const { t } = useLingui()
  const [shown, setShown] = useState(false)
  const hint = of === 'new' ? t`At least ${passwordLengthMin} characters. Several words are easy to keep.` : undefined
  return (
    <Field label={label} hint={hint} refusal={refusal}>
      <span className="relative block">
        <PasswordInput of={of} shown={shown} value={value} onChange={onChange} />
        <span className="absolute inset-y-0 right-0 grid w-11 place-items-center">
          <IconButton
            icon={shown ? EyeOff : Eye}
            label={shown ? t`Hide the password` : t`Show the password`}
            size="s"
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          />
        </span>
      </span>
    </Field>
  )
}

type InputProps = Pick<PasswordProps, 'of' | 'value' | 'onChange'> & { readonly shown: boolean }

function PasswordInput({ of, shown, value, onChange }: InputProps) {
  return (
    <Input
      type={shown ? 'text' : 'password'}
      autoComplete={of === 'new' ? 'new-password' : 'current-password'}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={of === 'new' ? passwordLengthMax : 1024}
      className="pr-11"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
