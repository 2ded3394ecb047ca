import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { addProvider, type Provider } from '#models/contract'
import { Button, Field, Input, OutsideLink, Refused, Section, Select, useWrite } from '#ui'
import { changed } from './changed.ts'
import { Engines } from './engines.tsx'
import { FirstAnswer } from './first-answer.tsx'
import { freeSlug, guessMaker, type WellKnown } from './guess.ts'

const other = 'other'

type ConnectProps = { readonly wellKnown: readonly WellKnown[]; readonly providers: readonly Provider[] }

/** From a pasted key to a real answer: whose it is is guessed, it is tried, and what was said stands below. */
export function ConnectSection({ wellKnown, providers }: ConnectProps) {
  const [key, setKey] = useState('')
  const [chosen, setChosen] = useState<string>()
  const [address, setAddress] = useState('')
  const [answered, setAnswered] = useState<Provider>()
  const adding = useWrite(addProvider, { refresh: changed })
  const makerSlug = chosen ?? guessMaker(key, wellKnown)?.slug ?? wellKnown[0]?.slug ?? other
  const maker = wellKnown.find(({ slug }) => slug === makerSlug)
  const connect = async (event: FormEvent) => {
    event.preventDefault()
    setAnswered(undefined)
    const own = maker ?? ownMaker(address)
    const slug = freeSlug(own.slug, providers)
    const body = { slug, name: own.name, baseUrl: own.baseUrl, ...(key.trim() ? { key: key.trim() } : {}) }
    const answer = await adding.run({ body })
    if (!answer || isRefusal(answer)) return
    setAnswered(answer.provider)
    setKey('')
  }
  const ready = maker ? key.trim() !== '' : address.trim() !== ''
  return (
    <Section
      title={<Trans>Connect a model</Trans>}
      hint={<Trans>A key is tried with a real question before it is kept, and kept encrypted.</Trans>}
    >
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <form noValidate onSubmit={(event) => void connect(event)} className="flex flex-col gap-4">
          <MakerField value={makerSlug} onChange={setChosen} wellKnown={wellKnown} />
          {!maker && <AddressField value={address} onChange={setAddress} />}
          <Field label={<Trans>Key</Trans>} optional={!maker} hint={maker && <KeyPage maker={maker} />}>
            <Input
              type="password"
              value={key}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setKey(event.target.value)}
              className="font-mono"
            />
          </Field>
          <Refused refusal={adding.refusal} />
          <div className="flex items-center gap-3">
            <Button type="submit" kind="accent" size="l" busy={adding.running} disabled={!ready}>
              <Trans>Try it and keep it</Trans>
            </Button>
            {adding.running && (
              <span role="status" className="text-13 text-soft">
                <Trans>Asking for its models, then one of them a question…</Trans>
              </span>
            )}
          </div>
          {answered?.trial && <FirstAnswer provider={answered} trial={answered.trial} />}
        </form>
        <Engines />
      </div>
    </Section>
  )
}

/** A provider nobody knows is called after its host. */
function ownMaker(address: string) {
  const baseUrl = address.trim()
  const name = URL.canParse(baseUrl) ? new URL(baseUrl).host : 'Own'
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 28)
  return { slug: slug || 'own', name: name.slice(0, 60), baseUrl }
}

type ChoiceProps = { readonly value: string; readonly onChange: (value: string) => void }

function MakerField({ value, onChange, wellKnown }: ChoiceProps & { readonly wellKnown: readonly WellKnown[] }) {
  const { t } = useLingui()
  const options = wellKnown.map(({ slug, name }) => ({ value: slug, label: name }))
  return (
    <Field label={<Trans>Provider</Trans>} hint={<Trans>Guessed from the key, where it tells.</Trans>}>
      <Select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        options={[...options, { value: other, label: t`Another address that speaks OpenAI’s wire` }]}
      />
    </Field>
  )
}

function AddressField({ value, onChange }: ChoiceProps) {
  return (
    <Field
      label={<Trans>Address</Trans>}
      hint={<Trans>As its documentation calls the base URL; it usually ends in /v1.</Trans>}
    >
      <Input
        type="url"
        value={value}
        autoComplete="off"
        placeholder="https://api.example.com/v1"
        onChange={(event) => onChange(event.target.value)}
        className="font-mono"
      />
    </Field>
  )
}

function KeyPage({ maker }: { readonly maker: WellKnown }) {
  const { name, keyPage } = maker
  if (keyPage === null) return undefined
  return (
    <Trans>
      {name} makes keys <OutsideLink href={keyPage}>on this page</OutsideLink>
    </Trans>
  )
}
