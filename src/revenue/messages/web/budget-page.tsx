import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { fundFreeBudget, getFreeBudget } from '#revenue/messages/contract'
import {
  Button,
  Field,
  Input,
  newId,
  Page,
  Read,
  Receipt,
  ReceiptLine,
  ReceiptTotal,
  Refused,
  Skeleton,
  useFormat,
  useRead,
  useToast,
  useWrite,
} from '#ui'
import { readDollars } from './dollars.ts'

/** The desk: what free points earn creators comes out of here, and only out of here. */
export function BudgetPage() {
  const { t } = useLingui()
  const format = useFormat()
  const budget = useRead(getFreeBudget, {}, { refreshMs: 10_000 })
  return (
    <Page
      title={t`Free points`}
      hint={
        <Trans>
          Every person has free points each day. What creators earn by them comes out of this budget, which you fund.
          When it is empty, free points earn them nothing, and they see that.
        </Trans>
      }
      width="narrow"
    >
      <div className="flex flex-col gap-8">
        <Read of={budget} loading={<Skeleton className="h-40 rounded-card" />}>
          {({ left, funded }) => (
            <Receipt label={t`The budget`} size="sheet">
              <ReceiptLine label={<Trans>Put in so far</Trans>}>{format.dollars(funded)}</ReceiptLine>
              <ReceiptLine label={<Trans>Earned by creators</Trans>}>{format.dollars(funded - left)}</ReceiptLine>
              <ReceiptTotal label={<Trans>Left</Trans>}>{format.dollars(left)}</ReceiptTotal>
            </Receipt>
          )}
        </Read>
        <FundForm />
      </div>
    </Page>
  )
}

function FundForm() {
  const { t } = useLingui()
  const format = useFormat()
  const toast = useToast()
  const funding = useWrite(fundFreeBudget, { refresh: [getFreeBudget] })
  const [text, setText] = useState('')
  // One key for one intent: pressed twice it funds once.
  const [key, setKey] = useState(newId)
  const microUsd = readDollars(text)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (microUsd === undefined) return
    const answer = await funding.run({ body: { key, microUsd } })
    if (!answer || isRefusal(answer)) return
    setText('')
    setKey(newId())
    toast({ words: t`${format.dollars(microUsd)} are in the budget.` })
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field
        label={<Trans>Put in, in US dollars</Trans>}
        hint={<Trans>An amount in the books. You owe it to creators once they have earned it.</Trans>}
        refusal={text !== '' && microUsd === undefined && <Trans>Write an amount up to $1,000,000, to the cent.</Trans>}
      >
        <Input
          inputMode="decimal"
          autoComplete="off"
          className="figure"
          placeholder="100.00"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setKey(newId())
          }}
        />
      </Field>
      <Refused refusal={funding.refusal} />
      <div>
        <Button type="submit" kind="accent" busy={funding.running} disabled={microUsd === undefined}>
          <Trans>Add to the budget</Trans>
        </Button>
      </div>
    </form>
  )
}
