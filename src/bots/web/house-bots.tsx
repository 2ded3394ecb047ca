import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { addHouseBots, houseHandles, listMyBots, searchBots } from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import { listModels } from '#models/contract'
import { Button, Field, Refused, Select, useRead, useToast, useWrite } from '#ui'

/** Tutor, Assistant, Guide and the others, added on a model of the operator's choice; gone once all are there. */
export function HouseBots({ present }: { readonly present: readonly string[] }) {
  const { t } = useLingui()
  const toast = useToast()
  const models = useRead(listModels, {})
  const adding = useWrite(addHouseBots, { refresh: [listMyBots, searchBots] })
  const items = models.state === 'ready' ? models.value.items : []
  const [chosen, setChosen] = useState('')
  const model = chosen || (items[0]?.id ?? '')
  if (houseHandles.every((handle) => present.includes(handle))) return null
  const add = async () => {
    const answer = await adding.run({ body: { model } })
    if (!answer || isRefusal(answer)) return
    const count = answer.added.length
    toast({ kind: 'good', words: <Plural value={count} one="# bot was added." other="# bots were added." /> })
  }
  return (
    <div className="flex flex-col gap-3 rounded-card border border-dashed border-edge p-5">
      <p className="max-w-140 text-soft">
        <Trans>
          Bottega brings bots of the kinds people look for first: Guide, Assistant, Tutor, Knowledge, Analyst,
          Storyteller and Picture Prompt. Choose the model they stand on; each can be changed afterwards.
        </Trans>
      </p>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={<Trans>Model</Trans>} className="min-w-56">
          <Select
            value={model}
            onChange={(event) => setChosen(event.target.value)}
            options={
              items.length > 0
                ? items.map(({ id }) => ({ value: id, label: id }))
                : [{ value: '', label: t`None connected yet` }]
            }
          />
        </Field>
        <Button busy={adding.running} disabled={model === ''} onClick={() => void add()}>
          <Trans>Add the house’s bots</Trans>
        </Button>
      </div>
      <Refused refusal={adding.refusal} />
    </div>
  )
}
