import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { getQuote, type QuoteAnswer } from '#revenue/messages/contract'
import { Dialog, LinkButton, Notice, places, Skeleton, useFormat, useRead, type QuoteProps } from '#ui'
import { Price, PriceTag } from './price.tsx'
import { microOf } from './worth.ts'

/** Prices change rarely, and what is sent names the quote it was shown: this only keeps it fresh. */
const refreshMs = 30_000
/** Prompts are priced in such steps; within one there is nothing new to ask. */
const stepBytes = 2_048

/** What sending would cost, before it does: said in the composer, and whole in the shape of its receipt. */
export function Quote({ bots, inputBytes, onExpected }: QuoteProps) {
  const rounded = Math.ceil(inputBytes / stepBytes) * stepBytes
  const asked = useRead(
    getQuote,
    { body: { bots: [...bots], inputBytes: rounded } },
    { when: bots.length > 0, refreshMs, keep: true },
  )
  const quote = asked.state === 'ready' ? asked.value.quote : undefined
  const [digest, atMost] = [quote?.digest, quote?.atMost]
  useEffect(() => {
    onExpected(digest === undefined || atMost === undefined ? undefined : { digest, atMost })
  }, [digest, atMost, onExpected])
  if (bots.length === 0) return null
  if (asked.state === 'loading') return <Skeleton className="h-5 w-48" />
  if (asked.state === 'refused') return <span className="text-13 text-out">{asked.refusal.detail}</span>
  if (asked.state === 'failed') {
    return (
      <span className="text-13 text-faint">
        <Trans>The price cannot be read now.</Trans>
      </span>
    )
  }
  return <Said answer={asked.value} />
}

function Said({ answer }: { readonly answer: QuoteAnswer }) {
  const { t } = useLingui()
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const { quote, messagesLeft, obstacle } = answer
  if (quote.kind === 'free') return <PriceTag quote={quote} />
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {obstacle && (
        <Notice
          kind="amber"
          action={
            <LinkButton size="s" to={obstacle.refused === 'over_cap' ? places.caps : places.topUp}>
              {obstacle.refused === 'over_cap' ? <Trans>Limits</Trans> : <Trans>Top up</Trans>}
            </LinkButton>
          }
        >
          {obstacle.detail}
        </Notice>
      )}
      <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-13 text-faint">
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="rounded-[4px] underline decoration-dots underline-offset-3 hover:decoration-current"
        >
          <PriceTag quote={quote} />
        </button>
        <span className="figure">{format.dollars(microOf(quote.atMost))}</span>
        {messagesLeft !== null && !obstacle && (
          <span className="flex gap-x-2">
            <span className="max-sm:hidden" aria-hidden>
              ·
            </span>
            <Left count={messagesLeft} />
          </span>
        )}
      </p>
      <Dialog open={open} onClose={() => setOpen(false)} title={t`What this message costs`} size="s">
        <Price answer={answer} />
      </Dialog>
    </div>
  )
}

function Left({ count }: { readonly count: number }) {
  return (
    <span>
      {count > 999 ? (
        <Trans>enough for very many more</Trans>
      ) : (
        <Plural value={count} one="about one message left" other="about # messages left" />
      )}
    </span>
  )
}
