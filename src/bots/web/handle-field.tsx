import { Trans, useLingui } from '@lingui/react/macro'
import { useDeferredValue } from 'react'
import { checkHandle, limits } from '#bots/contract'
import { Button, Field, Input, useRead } from '#ui'

type HandleProps = {
  readonly value: string
  readonly onChange: (handle: string) => void
  readonly refusal?: string | undefined
}

/** Says while one types whether the handle is free, and offers one that is. */
export function HandleField({ value, onChange, refusal }: HandleProps) {
  const { t } = useLingui()
  const asked = useDeferredValue(value)
  const read = useRead(checkHandle, { params: { handle: asked || '-' } }, { when: asked.length >= 3, keep: true })
  const told = asked.length >= 3 && asked === value && read.state === 'ready' ? read.value : undefined
  const suggestion = told?.suggestion
  return (
    <Field
      label={<Trans>Handle</Trans>}
      hint={told?.free ? told.words : <Trans>How it is mentioned and linked. It cannot be changed later.</Trans>}
      refusal={
        refusal ??
        (told && !told.free ? (
          <span className="flex flex-wrap items-center gap-2">
            {told.words}
            {suggestion && (
              <Button size="s" onClick={() => onChange(suggestion)}>
                <Trans>Take @{suggestion}</Trans>
              </Button>
            )}
          </span>
        ) : undefined)
      }
    >
      <HandleInput value={value} onChange={onChange} placeholder={t`my-first-bot`} />
    </Field>
  )
}

function HandleInput({
  value,
  onChange,
  placeholder,
}: Omit<HandleProps, 'refusal'> & { readonly placeholder: string }) {
  return (
    <span className="relative block">
      <span className="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-faint" aria-hidden>
        @
      </span>
      <Input
        value={value}
        maxLength={limits.handle}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value.toLowerCase().replaceAll(/\s+/g, '-'))}
        className="pl-7 font-mono"
      />
    </span>
  )
}
