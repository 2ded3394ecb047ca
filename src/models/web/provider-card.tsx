import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Ellipsis, KeyRound, ListChecks, RefreshCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { isRefusal } from '#kernel/contract'
import {
  changeProvider,
  findEngines,
  refreshListing,
  removeProvider,
  tryProvider,
  type Provider,
} from '#models/contract'
import { Ago, Button, Card, Confirm, Menu, Notice, Refused, Switch, Tag, useFormat, useToast, useWrite } from '#ui'
import { changed } from './changed.ts'
import { KeyDialog } from './key-dialog.tsx'
import { ModelsDialog } from './models-dialog.tsx'

type CardProps = { readonly provider: Provider }
type Opened = 'models' | 'key' | 'removal' | undefined

/** One provider: whether it answers, what it offers, and what can be done with it. */
export function ProviderCard({ provider }: CardProps) {
  const { t } = useLingui()
  const toast = useToast()
  const [opened, setOpened] = useState<Opened>()
  const trying = useWrite(tryProvider, { refresh: changed })
  const listing = useWrite(refreshListing, { refresh: changed })
  const switching = useWrite(changeProvider, { refresh: changed })
  const params = { provider: provider.slug }
  const own = provider.origin === 'screen'
  const relist = async () => {
    const answer = await listing.run({ params })
    if (answer && !isRefusal(answer))
      toast({ words: t`${provider.name} was asked again. Models it lists: ${answer.provider.models.length}.` })
  }
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <Head provider={provider} />
        <div className="flex items-center gap-2">
          <Button size="s" busy={trying.running} onClick={() => void trying.run({ params, body: {} })}>
            <Trans>Ask it something</Trans>
          </Button>
          <Menu
            label={t`What to do with ${provider.name}`}
            icon={Ellipsis}
            size="s"
            items={[
              { label: t`Choose its models`, icon: ListChecks, onSelect: () => setOpened('models') },
              ...(provider.origin === 'demo'
                ? []
                : [{ label: t`Ask for its models again`, icon: RefreshCw, onSelect: () => void relist() }]),
              ...(own
                ? [
                    { label: t`Name, address, key`, icon: KeyRound, onSelect: () => setOpened('key') },
                    null,
                    { label: t`Remove it`, icon: Trash2, danger: true, onSelect: () => setOpened('removal') },
                  ]
                : []),
            ]}
          />
        </div>
      </div>
      <LastTrial provider={provider} />
      <Refused refusal={listing.refusal ?? switching.refusal} />
      <div className="flex flex-wrap items-center justify-between gap-4 border-t border-hair pt-4">
        <Offered provider={provider} onOpen={() => setOpened('models')} />
        <Switch
          label={<Trans>In use</Trans>}
          checked={provider.enabled}
          onChange={(enabled) => void switching.run({ params, body: { enabled } })}
        />
      </div>
      {opened === 'models' && <ModelsDialog provider={provider} onClose={() => setOpened(undefined)} />}
      {opened === 'key' && <KeyDialog provider={provider} onClose={() => setOpened(undefined)} />}
      {opened === 'removal' && <Removal provider={provider} onClose={() => setOpened(undefined)} />}
    </Card>
  )
}

function Head({ provider }: CardProps) {
  const { keyHint } = provider
  return (
    <div className="min-w-0 flex-1">
      <h3 className="flex flex-wrap items-center gap-2 font-semibold">
        {provider.name}
        <Origin provider={provider} />
      </h3>
      <p className="mt-0.5 flex flex-wrap gap-x-4 text-13 text-faint">
        {provider.origin !== 'demo' && <span className="font-mono break-all">{provider.baseUrl}</span>}
        {keyHint !== null && (
          <span>
            <Trans>
              key ends in <span className="font-mono">{keyHint}</span>
            </Trans>
          </span>
        )}
      </p>
    </div>
  )
}

function Origin({ provider }: CardProps) {
  if (provider.origin === 'demo')
    return (
      <Tag tone="amber">
        <Trans>A script, no AI</Trans>
      </Tag>
    )
  if (provider.origin === 'environment')
    return (
      <Tag>
        <Trans>From the environment</Trans>
      </Tag>
    )
  return null
}

function LastTrial({ provider: { trial } }: CardProps) {
  const format = useFormat()
  if (!trial) return null
  if (!trial.ok) return <Notice kind="bad">{trial.words}</Notice>
  return (
    <p className="text-13 text-soft">
      “{trial.words}”{' '}
      <span className="text-faint">
        {trial.model}, {trial.firstTokenMs !== null && `${format.duration(trial.firstTokenMs)}, `}
        <Ago at={trial.at} />
      </span>
    </p>
  )
}

const namesShown = 4

function Offered({ provider, onOpen }: CardProps & { readonly onOpen: () => void }) {
  const offered = provider.models.filter((model) => model.offered).map(({ name }) => name)
  const names = offered.slice(0, namesShown).join(', ')
  const [count, all] = [offered.length, provider.models.length]
  return (
    <p className="min-w-0 flex-1 text-13 text-soft">
      <button type="button" onClick={onOpen} className="link">
        <Plural value={all} one={`${count} of # model offered`} other={`${count} of # models offered`} />
      </button>
      {names !== '' && (
        <span className="text-faint">
          {': '}
          {names}
          {count > namesShown && ' …'}
        </span>
      )}
    </p>
  )
}

function Removal({ provider, onClose }: CardProps & { readonly onClose: () => void }) {
  const removing = useWrite(removeProvider, { refresh: [...changed, findEngines] })
  const { name, slug } = provider
  const remove = async () => {
    const answer = await removing.run({ params: { provider: slug } })
    if (answer && !isRefusal(answer)) onClose()
  }
  return (
    <Confirm
      open
      onClose={onClose}
      title={<Trans>Remove {name}?</Trans>}
      action={<Trans>Remove it</Trans>}
      busy={removing.running}
      onConfirm={() => void remove()}
    >
      <Trans>
        Its key is deleted. Bots built on its models say so when they are asked, until a provider of that short name (
        {slug}) is connected again.
      </Trans>
      <Refused refusal={removing.refusal} />
    </Confirm>
  )
}
