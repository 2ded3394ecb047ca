import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { languages, limits } from '#bots/contract'
import { listModels } from '#models/contract'
import { Field, Input, Select, TextArea, useFormat, useRead } from '#ui'
import type { Draft, Drafting } from './draft.ts'
import { languageName } from './language.ts'

type FieldsProps = { readonly drafting: Drafting }
type TextName = Exclude<keyof Draft, 'kind' | 'language'>

/** What ties one text of the draft to its control. */
function textOf({ draft, set, leave }: Drafting, name: TextName) {
  return {
    value: draft[name],
    onChange: (event: { readonly target: { readonly value: string } }) => set({ [name]: event.target.value }),
    onBlur: () => leave(name),
  }
}

/** What a bot cannot be without. */
export function MainFields({ drafting }: FieldsProps) {
  return (
    <>
      <Field
        label={<Trans>In one line</Trans>}
        hint={<Trans>What it does, for whoever looks through the catalogue.</Trans>}
        refusal={drafting.wordsFor('tagline')}
      >
        <Input {...textOf(drafting, 'tagline')} maxLength={limits.tagline} />
      </Field>
      {drafting.draft.kind === 'prompt' && (
        <>
          <ModelField drafting={drafting} />
          <Field
            label={<Trans>Prompt</Trans>}
            hint={<Trans>What the model is told before every conversation. Readers do not see it.</Trans>}
            refusal={drafting.wordsFor('systemPrompt')}
          >
            <TextArea
              {...textOf(drafting, 'systemPrompt')}
              className="min-h-44"
              maxLength={limits.systemPrompt}
              placeholder="You are a …"
              spellCheck={false}
            />
          </Field>
        </>
      )}
    </>
  )
}

function ModelField({ drafting }: FieldsProps) {
  const { t } = useLingui()
  const format = useFormat()
  const read = useRead(listModels, {})
  const items = read.state === 'ready' ? read.value.items : []
  const { model } = drafting.draft
  const chosen = items.find(({ id }) => id === model)
  const options = items.map(({ id, sandbox }) => ({ value: id, label: sandbox ? t`${id} (script, for trying)` : id }))
  const gone = model !== '' && read.state === 'ready' && !chosen
  const cost = chosen?.cost && {
    input: format.dollars(chosen.cost.inputPerMillion),
    output: format.dollars(chosen.cost.outputPerMillion),
  }
  const words = hintFor({ none: read.state === 'ready' && items.length === 0, cost: cost ?? undefined })
  return (
    <Field
      label={<Trans>Model</Trans>}
      hint={words}
      refusal={
        gone ? <Trans>{model} is not offered here any more. Choose another one.</Trans> : drafting.wordsFor('model')
      }
    >
      <Select
        value={model}
        onChange={(event) => drafting.set({ model: event.target.value })}
        onBlur={() => drafting.leave('model')}
        options={[
          { value: '', label: t`Choose a model` },
          ...(gone ? [{ value: model, label: model }] : []),
          ...options,
        ]}
      />
    </Field>
  )
}

type ModelHint = {
  readonly none: boolean
  readonly cost: { readonly input: string; readonly output: string } | undefined
}

function hintFor({ none, cost }: ModelHint): ReactNode {
  if (none) return <Trans>No model is connected yet. The operator connects one at the desk, under models.</Trans>
  if (!cost) return undefined
  const { input, output } = cost
  return (
    <Trans>
      Readers pay for it on top of your price: {input} in and {output} out for a million tokens, and a tenth for the
      house.
    </Trans>
  )
}

/** What makes a bot a better one, and can wait. */
export function MoreFields({ drafting }: FieldsProps) {
  const { t } = useLingui()
  return (
    <>
      <Field
        optional
        label={<Trans>Description</Trans>}
        hint={<Trans>Shown on its page: what it is good at, and what it is not.</Trans>}
        refusal={drafting.wordsFor('description')}
      >
        <TextArea {...textOf(drafting, 'description')} maxLength={limits.description} />
      </Field>
      <Field
        optional
        label={<Trans>Greeting</Trans>}
        hint={<Trans>What stands in an empty conversation. It costs nothing.</Trans>}
        refusal={drafting.wordsFor('greeting')}
      >
        <TextArea {...textOf(drafting, 'greeting')} rows={2} maxLength={limits.greeting} />
      </Field>
      <Field
        optional
        label={<Trans>Suggestions</Trans>}
        hint={<Trans>Up to four things to ask it, one on each line.</Trans>}
        refusal={drafting.wordsFor('suggestions')}
      >
        <TextArea {...textOf(drafting, 'suggestions')} rows={3} />
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          optional
          label={<Trans>Tags</Trans>}
          hint={<Trans>Up to five, with commas between.</Trans>}
          refusal={drafting.wordsFor('tags')}
        >
          <Input {...textOf(drafting, 'tags')} placeholder={t`writing, everyday`} />
        </Field>
        <Field label={<Trans>Language</Trans>}>
          <Select
            value={drafting.draft.language}
            onChange={(event) => {
              const language = languages.find((each) => each === event.target.value)
              if (language) drafting.set({ language })
            }}
            options={languages.map((tag) => ({
              value: tag,
              label: tag === 'mul' ? t`Any language` : languageName(tag),
            }))}
          />
        </Field>
        {drafting.draft.kind === 'prompt' && <TuningFields drafting={drafting} />}
      </div>
    </>
  )
}

function TuningFields({ drafting }: FieldsProps) {
  return (
    <>
      <Field
        label={<Trans>Longest answer, in tokens</Trans>}
        hint={<Trans>Readers are never charged for more.</Trans>}
        refusal={drafting.wordsFor('maxOutputTokens')}
      >
        <Input {...textOf(drafting, 'maxOutputTokens')} inputMode="numeric" className="figure" />
      </Field>
      <Field
        optional
        label={<Trans>Temperature</Trans>}
        hint={<Trans>0 is steady, 1 is lively. Empty leaves it to the model.</Trans>}
        refusal={drafting.wordsFor('temperature')}
      >
        <Input {...textOf(drafting, 'temperature')} inputMode="decimal" className="figure" />
      </Field>
    </>
  )
}

/** The name, wherever it stands. */
export function NameField({ drafting }: FieldsProps) {
  return (
    <Field label={<Trans>Name</Trans>} refusal={drafting.wordsFor('name')}>
      <Input {...textOf(drafting, 'name')} maxLength={limits.name} autoComplete="off" />
    </Field>
  )
}
