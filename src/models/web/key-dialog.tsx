import { Trans } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { changeProvider, type Provider } from '#models/contract'
import { Button, Dialog, Field, Input, Refused, useWrite } from '#ui'
import { changed } from './changed.ts'

type DialogProps = { readonly provider: Provider; readonly onClose: () => void }

const formId = 'provider-form'

/** Another name, address or key. A new address needs its own key: the old one is never sent there. */
export function KeyDialog({ provider, onClose }: DialogProps) {
  const [name, setName] = useState(provider.name)
  const [baseUrl, setBaseUrl] = useState(provider.baseUrl)
  const [key, setKey] = useState('')
  const changing = useWrite(changeProvider, { refresh: changed })
  const moved = baseUrl.trim() !== provider.baseUrl
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const body = {
      ...(name.trim() !== provider.name ? { name: name.trim() } : {}),
      ...(moved ? { baseUrl: baseUrl.trim() } : {}),
      ...(key.trim() !== '' ? { key: key.trim() } : {}),
    }
    const answer = await changing.run({ params: { provider: provider.slug }, body })
    if (answer && !isRefusal(answer)) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={<Trans>Change {provider.name}</Trans>}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" form={formId} kind="accent" busy={changing.running}>
            {moved || key !== '' ? <Trans>Try it and keep it</Trans> : <Trans>Save</Trans>}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <Field label={<Trans>Name</Trans>}>
          <Input value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={<Trans>Address</Trans>}>
          <Input value={baseUrl} onChange={(event) => setBaseUrl(event.target.value)} className="font-mono" />
        </Field>
        <Field
          optional={!moved}
          label={<Trans>New key</Trans>}
          hint={
            moved ? (
              <Trans>Another address gets another key, or none.</Trans>
            ) : (
              <Trans>Leave it empty to keep the one that ends in {provider.keyHint ?? '–'}.</Trans>
            )
          }
        >
          <Input
            type="password"
            value={key}
            autoComplete="off"
            onChange={(event) => setKey(event.target.value)}
            className="font-mono"
          />
        </Field>
        <Refused refusal={changing.refusal} />
      </form>
    </Dialog>
  )
}
