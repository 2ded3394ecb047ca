import { Trans, useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { cx, Tag } from '#ui'

export type CardForm = {
  readonly provider: string | null
  readonly sandbox: boolean
  readonly samples: readonly { readonly card: string; readonly words: string }[]
}

type CardChoiceProps = {
  readonly form: CardForm
  readonly value: string
  readonly onChange: (card: string) => void
}

/** The sandbox's cards, each saying what it will do. */
export function CardChoice({ form, value, onChange }: CardChoiceProps) {
  const { t } = useLingui()
  const name = useId()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 flex w-full items-center justify-between text-13 font-medium">
        <Trans>Card</Trans>
        {form.sandbox && (
          <Tag tone="amber">
            <Trans>Sandbox: no real money</Trans>
          </Tag>
        )}
      </legend>
      <div role="radiogroup" aria-label={t`Card`} className="rounded-card border border-edge bg-paper">
        {form.samples.map(({ card, words }) => (
          <label
            key={card}
            className={cx(
              'flex cursor-pointer items-center gap-3 border-b border-hair px-3.5 py-2.5 last:border-0',
              'first:rounded-t-card last:rounded-b-card hover:bg-hover',
              'has-focus-visible:outline-2 has-focus-visible:outline-accent',
            )}
          >
            <input
              type="radio"
              name={name}
              value={card}
              checked={card === value}
              onChange={() => onChange(card)}
              className="size-4 shrink-0"
            />
            <span className="min-w-0 flex-1">
              {words}
              <span className="figure block text-12 text-faint">{card}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
