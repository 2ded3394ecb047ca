import { useLingui as useCatalogue } from '@lingui/react'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ReceiptCall, ReceiptView } from '#revenue/messages/contract'
import {
  BotMark,
  Link,
  places,
  Receipt,
  ReceiptHead,
  ReceiptLine,
  ReceiptNote,
  ReceiptRule,
  ReceiptTotal,
  useFormat,
} from '#ui'
import { endingWords } from './ending-words.ts'
import { PartLines } from './price.tsx'
import { microOf } from './worth.ts'

/** The receipt of one turn: what for, to whom, how much. Whatever shows it bears the title. */
export function ReceiptSheet({ receipt }: { readonly receipt: ReceiptView }) {
  const { t } = useLingui()
  const format = useFormat()
  const { calls, charged, free, returned } = receipt
  return (
    <Receipt label={t`Receipt`} size="sheet" torn="both">
      <ReceiptHead title={format.instant(receipt.postedAt)} />
      {calls.map((call, at) => (
        <div key={call.call}>
          {at > 0 && <ReceiptRule />}
          <CallLines call={call} />
        </div>
      ))}
      <ReceiptTotal label={<Trans>Charged</Trans>} beside={format.dollars(microOf(charged))}>
        <Plural
          value={Number(charged)}
          one={`${format.points(charged)} point`}
          other={`${format.points(charged)} points`}
        />
      </ReceiptTotal>
      {charged > 0n && (
        <div className="pt-2 text-soft">
          {free > 0n && <ReceiptLine label={<Trans>of which free points</Trans>}>{format.points(free)}</ReceiptLine>}
          {free < charged && (
            <ReceiptLine label={<Trans>of which bought points</Trans>}>{format.points(charged - free)}</ReceiptLine>
          )}
        </div>
      )}
      {returned > 0n && (
        <div className="text-soft">
          <ReceiptLine label={<Trans>Set aside and given back</Trans>}>{format.points(returned)}</ReceiptLine>
        </div>
      )}
      <Notes receipt={receipt} />
    </Receipt>
  )
}

function CallLines({ call }: { readonly call: ReceiptCall }) {
  const { i18n } = useCatalogue()
  const format = useFormat()
  const { handle, name, tokens, charged, parts, creatorName } = call
  const words = endingWords(call.ending)
  return (
    <div className="py-1">
      <p className="flex items-center gap-2.5 py-1 font-medium">
        {handle === null ? (
          name
        ) : (
          <>
            <BotMark handle={handle} size={20} />
            <Link to={places.bot(handle)} className="underline decoration-dots underline-offset-3">
              {name}
            </Link>
          </>
        )}
      </p>
      {words && <p className="text-13 text-soft text-pretty">{i18n._(words)}</p>}
      <PartLines parts={parts} creator={creatorName} tokens={tokens && <Counted tokens={tokens} />} />
      {charged === 0n && <ReceiptLine label={<Trans>Nothing to pay</Trans>}>{format.points(0n)}</ReceiptLine>}
      {tokens && parts.model === 0n && (
        <p className="text-12 text-faint">
          <Counted tokens={tokens} />
        </p>
      )}
    </div>
  )
}

/** What the model read and wrote, and who says so. */
function Counted({ tokens }: { readonly tokens: NonNullable<ReceiptCall['tokens']> }) {
  const format = useFormat()
  return tokens.source === 'provider' ? (
    <Trans>
      {format.count(tokens.input)} tokens in, {format.count(tokens.output)} out, counted by the provider
    </Trans>
  ) : (
    <Trans>
      {format.count(tokens.input)} tokens in, {format.count(tokens.output)} out, counted by us from the text
    </Trans>
  )
}

/** What the creators get by it, and where the fractions go. */
function Notes({ receipt }: { readonly receipt: ReceiptView }) {
  const format = useFormat()
  const { calls, rounding, journal, holdExpired } = receipt
  const earned = calls.reduce((sum, call) => sum + call.earned + call.earnedFree, 0n)
  const unfunded = calls.reduce((sum, call) => sum + call.unfunded, 0n)
  return (
    <>
      {holdExpired && (
        <ReceiptNote>
          <Trans>The points set aside for this answer were free again before it ended, so nothing was charged.</Trans>
        </ReceiptNote>
      )}
      {earned > 0n && (
        <ReceiptNote>
          <Trans>Creators earn exactly {format.dollars(earned)} by it.</Trans>
        </ReceiptNote>
      )}
      {unfunded > 0n && (
        <ReceiptNote>
          <Trans>
            {format.dollars(unfunded)} more would have been earned by free points, but the operator’s budget for them
            was empty.
          </Trans>
        </ReceiptNote>
      )}
      {rounding > 0n && (
        <ReceiptNote>
          <Trans>Points are whole: rounding up came to {format.dollars(rounding)} and is booked as such.</Trans>
        </ReceiptNote>
      )}
      {journal && (
        <p className="pt-3 text-12 text-faint">
          <Trans>Journal</Trans>
          <span className="figure block break-all">{journal}</span>
        </p>
      )}
    </>
  )
}
