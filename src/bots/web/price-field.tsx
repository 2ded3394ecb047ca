import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { priceAmount } from '#bots/contract'
import { Field, Input, useFormat } from '#ui'
import { pointsAMessage, readPrice } from './price.ts'

type PriceProps = { readonly text: string; readonly onText: (text: string) => void }

/** The price as it is typed, in micro-dollars, or what is wrong with it. */
export function checkPrice(text: string): { readonly micro: bigint } | { readonly words: MessageDescriptor } {
  const micro = readPrice(text)
  const read = priceAmount.safeParse(micro === undefined ? '' : String(micro))
  if (read.success) return { micro: read.data }
  return { words: msg`A price is between $0 and $10,000 per 1,000 messages, with at most three decimals.` }
}

/** Dollars for a thousand messages, and at once what that is for one. */
export function PriceField({ text, onText }: PriceProps) {
  const format = useFormat()
  const { t } = useLingui()
  const checked = checkPrice(text)
  const hint = 'micro' in checked ? <Meaning micro={checked.micro} /> : undefined
  return (
    <Field
      label={<Trans>Your price for 1,000 messages</Trans>}
      hint={hint}
      refusal={'words' in checked && text !== '' ? t(checked.words) : undefined}
    >
      <span className="relative block max-w-48">
        <span
          className="figure pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-faint"
          aria-hidden
        >
          $
        </span>
        <Input
          value={text}
          inputMode="decimal"
          autoComplete="off"
          placeholder={format.dollars(0n).replace('$', '')}
          onChange={(event) => onText(event.target.value)}
          className="figure pl-7"
        />
      </span>
    </Field>
  )
}

function Meaning({ micro }: { readonly micro: bigint }) {
  const format = useFormat()
  if (micro === 0n) return <Trans>You earn nothing; readers pay what the model costs.</Trans>
  const points = pointsAMessage(micro)
  const each = format.dollars(micro / 1000n)
  const shown = format.points(points)
  return (
    <Trans>
      You get {each} a message; its reader pays{' '}
      <Plural value={Number(points)} one={`${shown} point`} other={`${shown} points`} /> for it. The model and the house
      come on top.
    </Trans>
  )
}
