import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { ReceiptText } from 'lucide-react'
import { useEffect, useState } from 'react'
import { findReceipt, getQuote, type ReceiptView } from '#revenue/messages/contract'
import { getWallet } from '#wallet/contract'
import { Dialog, useFormat, useRead, useRefresh, type ReceiptProps } from '#ui'
import { ReceiptSheet } from './receipt-sheet.tsx'
import { microOf } from './worth.ts'

/** A receipt follows its answer within moments; what has none after these was free. */
const againAfterMs = [250, 600, 1_500, 4_000] as const

/** Under an answer: what it cost. Nothing under what was free. */
export function ReceiptUnderAnswer({ turn, running }: ReceiptProps) {
  const found = useRead(findReceipt, { params: { turn } }, { when: !running })
  const receipt = found.state === 'ready' ? found.value.receipt : undefined
  const refresh = useRefresh()
  const [wasRunning, setWasRunning] = useState(running)
  if (running && !wasRunning) setWasRunning(true)
  const [tries, setTries] = useState(0)
  const isMissing = receipt === null
  const delay = wasRunning && isMissing ? againAfterMs[tries] : undefined
  useEffect(() => {
    if (delay === undefined) return
    const timer = setTimeout(() => {
      setTries((before) => before + 1)
      refresh(findReceipt)
    }, delay)
    return () => clearTimeout(timer)
  }, [delay, refresh])
  const isNew = wasRunning && Boolean(receipt)
  useEffect(() => {
    if (isNew) refresh(getWallet, getQuote)
  }, [isNew, refresh])
  return receipt ? <ReceiptLine receipt={receipt} /> : null
}

function ReceiptLine({ receipt }: { readonly receipt: ReceiptView }) {
  const { t } = useLingui()
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const { charged } = receipt
  const shown = <span className="figure">{format.points(charged)}</span>
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="inline-flex items-baseline gap-2 rounded-[4px] text-13 text-faint transition-colors hover:text-ink"
      >
        <ReceiptText size={13} strokeWidth={1.75} className="self-center" aria-hidden />
        {charged === 0n ? (
          <Trans>No charge</Trans>
        ) : (
          <>
            <Plural value={Number(charged)} one={<span>{shown} point</span>} other={<span>{shown} points</span>} />
            <span className="figure">{format.dollars(microOf(charged))}</span>
          </>
        )}
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t`Receipt`} size="s">
        <ReceiptSheet receipt={receipt} />
      </Dialog>
    </>
  )
}
