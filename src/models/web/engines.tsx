import { Plural, Trans } from '@lingui/react/macro'
import { isRefusal } from '#kernel/contract'
import { addProvider, findEngines } from '#models/contract'
import { Button, Card, Refused, SkeletonText, useRead, useToast, useWrite } from '#ui'
import { changed } from './changed.ts'

/** What runs on this machine already and needs no key. */
export function Engines() {
  const read = useRead(findEngines, {})
  const engines = read.state === 'ready' ? read.value.items : []
  return (
    <Card>
      <h3 className="mb-1 font-semibold">
        <Trans>On this machine</Trans>
      </h3>
      {read.state === 'loading' && <SkeletonText lines={2} />}
      {read.state === 'ready' && engines.length === 0 && (
        <p className="text-13 text-soft text-pretty">
          <Trans>
            No engine answers on its usual port. Start Ollama, llama.cpp, vLLM or LM Studio, and it is found here.
          </Trans>
        </p>
      )}
      <ul className="flex flex-col divide-y divide-hair">
        {engines.map((engine) => (
          <li key={engine.slug} className="py-3 last:pb-0">
            <EngineRow engine={engine} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

type Engine = Extract<ReturnType<typeof useRead<typeof findEngines>>, { state: 'ready' }>['value']['items'][number]

function EngineRow({ engine }: { readonly engine: Engine }) {
  const toast = useToast()
  const adding = useWrite(addProvider, { refresh: [...changed, findEngines] })
  const { slug, name, baseUrl, models } = engine
  const take = async () => {
    const answer = await adding.run({ body: { slug, name, baseUrl } })
    if (answer && !isRefusal(answer)) toast({ kind: 'good', words: answer.provider.trial?.words ?? name })
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium">{name}</p>
          <p className="text-13 text-faint">
            <Plural value={models.length} one="# model" other="# models" />
          </p>
        </div>
        {engine.provider === null ? (
          <Button busy={adding.running} disabled={models.length === 0} onClick={() => void take()}>
            <Trans>Take it</Trans>
          </Button>
        ) : (
          <span className="text-13 text-in">
            <Trans>Connected</Trans>
          </span>
        )}
      </div>
      <Refused refusal={adding.refusal} />
    </div>
  )
}
