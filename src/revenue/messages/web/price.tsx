import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { Parts, QuoteAnswer, QuoteView } from '#revenue/messages/contract'
import type { ReactNode } from 'react'
import { Receipt, ReceiptHead, ReceiptLine, ReceiptNote, ReceiptRule, ReceiptTotal, useFormat } from '#ui'
import { microOf } from './worth.ts'

/** "184 points", "up to 1,018 points", or "Free". */
export function PriceTag({ quote }: { readonly quote: QuoteView }) {
  const format = useFormat()
  const shown = <span className="figure text-ink">{format.points(quote.atMost)}</span>
  const points = Number(quote.atMost)
  if (quote.kind === 'free') {
    return (
      <span className="text-13 text-soft">
        <Trans>Free</Trans>
      </span>
    )
  }
  return (
    <span className="text-soft">
      {quote.kind === 'exact' ? (
        <Plural value={points} one={<span>{shown} point</span>} other={<span>{shown} points</span>} />
      ) : (
        <Plural value={points} one={<span>up to {shown} point</span>} other={<span>up to {shown} points</span>} />
      )}
    </span>
  )
}

type PartsProps = {
  readonly parts: Parts
  readonly creator: string | null
  /** What the model's part was counted by. */
  readonly tokens?: ReactNode
}

/** The lines that a quote and its receipt have in common: who gets what part. */
export function PartLines({ parts, creator, tokens }: PartsProps) {
  const format = useFormat()
  return (
    <>
      {parts.creator > 0n && (
        <ReceiptLine label={creator === null ? <Trans>Bot</Trans> : <Trans>Creator, {creator}</Trans>}>
          {format.points(parts.creator)}
        </ReceiptLine>
      )}
      {parts.model > 0n && (
        <ReceiptLine label={<Trans>The model</Trans>} hint={tokens}>
          {format.points(parts.model)}
        </ReceiptLine>
      )}
      {parts.platform > 0n && (
        <ReceiptLine label={<Trans>The house</Trans>}>{format.points(parts.platform)}</ReceiptLine>
      )}
    </>
  )
}

/** The quote, in the shape of the receipt that will follow it. */
export function Price({ answer: { quote, available } }: { readonly answer: QuoteAnswer }) {
  const { t } = useLingui()
  const format = useFormat()
  const isExact = quote.kind === 'exact'
  const { creator, model, platform } = quote.parts
  return (
    <Receipt label={t`Quote`} size="sheet">
      <ReceiptHead title={<Trans>Quote</Trans>}>
        {quote.calls.length > 1 && <Plural value={quote.calls.length} one="# bot" other="# bots" />}
      </ReceiptHead>
      {creator > 0n && (
        <ReceiptLine label={<Trans>Bot</Trans>} hint={<Trans>The price its creator has set</Trans>}>
          {format.points(creator)}
        </ReceiptLine>
      )}
      {model > 0n && (
        <ReceiptLine label={<Trans>The model, at most</Trans>} hint={<Trans>By the length of the answer</Trans>}>
          {format.points(model)}
        </ReceiptLine>
      )}
      {platform > 0n && (
        <ReceiptLine label={<Trans>The house</Trans>} hint={<Trans>A tenth of the above, for running it</Trans>}>
          {format.points(platform)}
        </ReceiptLine>
      )}
      {!isExact && (
        <>
          <ReceiptRule />
          <ReceiptLine label={<Trans>For an answer of usual length</Trans>}>{format.points(quote.usual)}</ReceiptLine>
        </>
      )}
      <ReceiptTotal
        label={isExact ? <Trans>To pay</Trans> : <Trans>To pay at most</Trans>}
        beside={format.dollars(microOf(quote.atMost))}
      >
        {format.points(quote.atMost)}
      </ReceiptTotal>
      <ReceiptNote>
        <Trans>
          You have{' '}
          <Plural
            value={Number(available)}
            one={`${format.points(available)} point`}
            other={`${format.points(available)} points`}
          />
          . What breaks costs no price, and before the first word nothing costs anything.
        </Trans>
      </ReceiptNote>
    </Receipt>
  )
}
