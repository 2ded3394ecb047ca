import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import { contextOf, joinBytes, askAgain, listConversations, type BotName, type Question } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { BotMark, Button, Dialog, newId, Refused, useRefresh, useSlot, useWrite, type ExpectedQuote } from '#ui'

type AgainProps = {
  readonly conversation: string
  readonly question: Question
  readonly bots: readonly BotName[]
  readonly sizes: readonly number[]
  readonly onClose: () => void
  readonly reread: () => Promise<void>
}

/** The same question once more costs once more, so the price stands before it. */
export function AskAgain({ conversation, question, bots, sizes, onClose, reread }: AgainProps) {
  const Quote = useSlot('quote')
  const [turn] = useState(newId)
  const [expected, setExpected] = useState<ExpectedQuote>()
  const refresh = useRefresh()
  const again = useWrite(askAgain, { refresh: [listConversations] })
  const ids = bots.map(({ id }) => id)
  const bytes = new TextEncoder().encode(question.text).length + joinBytes
  const ask = async () => {
    const sent = await again.run({
      params: { conversation, question: question.id },
      body: { turn, bots: ids, ...(expected ? { expected } : {}) },
    })
    if (isRefusal(sent)) return refresh()
    if (sent !== undefined) onClose()
    // Without an answer it may have come through all the same.
    await reread()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={<Trans>Ask again</Trans>}
      size="s"
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button kind="accent" busy={again.running} disabled={Boolean(Quote) && !expected} onClick={() => void ask()}>
            <Trans>Ask again</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <ul className="flex flex-wrap gap-3">
          {bots.map(({ id, handle, name }) => (
            <li key={id} className="flex items-center gap-2">
              <BotMark handle={handle} size={24} />
              {name}
            </li>
          ))}
        </ul>
        <p className="text-soft">
          <Trans>The former answer stays beside the new one.</Trans>
        </p>
        {Quote && <Quote bots={ids} inputBytes={contextOf([...sizes, bytes]).bytes} onExpected={setExpected} />}
        <Refused refusal={again.refusal} />
      </div>
    </Dialog>
  )
}
