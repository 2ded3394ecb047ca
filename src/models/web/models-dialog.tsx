import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { offerModels, type Provider } from '#models/contract'
import { Button, Checkbox, Dialog, Refused, SearchInput, useWrite } from '#ui'
import { changed } from './changed.ts'

type DialogProps = { readonly provider: Provider; readonly onClose: () => void }

/** Which of a provider's models creators may build on. */
export function ModelsDialog({ provider, onClose }: DialogProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    new Set(provider.models.filter(({ offered }) => offered).map(({ name }) => name)),
  )
  const offering = useWrite(offerModels, { refresh: changed })
  const save = async () => {
    const answer = await offering.run({ params: { provider: provider.slug }, body: { models: [...chosen] } })
    if (answer && !isRefusal(answer)) onClose()
  }
  const toggle = (name: string) =>
    setChosen((before) => {
      const next = new Set(before)
      if (!next.delete(name)) next.add(name)
      return next
    })
  const shown = provider.models.filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase()))
  return (
    <Dialog
      open
      onClose={onClose}
      title={<Trans>Models of {provider.name}</Trans>}
      hint={
        <Trans>Creators may build on the marked ones. Bots on a model that is no longer marked cannot answer.</Trans>
      }
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button kind="accent" busy={offering.running} onClick={() => void save()}>
            <Trans>Save</Trans>
          </Button>
        </>
      }
    >
      {provider.models.length > 10 && (
        <SearchInput
          label={t`Find a model`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="mb-3"
        />
      )}
      <div className="flex max-h-96 flex-col gap-2.5 overflow-y-auto p-0.5 font-mono">
        {shown.map(({ name }) => (
          <Checkbox key={name} label={name} checked={chosen.has(name)} onChange={() => toggle(name)} />
        ))}
        {shown.length === 0 && (
          <p className="font-sans text-13 text-faint">
            <Trans>None of its models is called that.</Trans>
          </p>
        )}
      </div>
      <Refused refusal={offering.refusal} />
    </Dialog>
  )
}
