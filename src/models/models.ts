import type { Clock } from '#kernel'
import type { Database, Log, Secret } from '#platform'
import { openCostList, type CostList } from './cost-list.ts'
import { contextTokensOf, shippedCosts } from './costs.ts'
import { hintOf, openDesk, type Desk } from './desk.ts'
import { ProviderFailure } from './failure.ts'
import type { BackendFailure, ModelBackend } from './ports.ts'
import { makerOf, usualEngines, wellKnown, type Engine } from './providers.ts'
import {
  isOurs,
  splitModel,
  withoutKey,
  wordsFor,
  type ModelCost,
  type ModelEvent,
  type ModelRequest,
} from './rules.ts'
import { createSealer } from './sealing.ts'
import { costRowOf, createSnapshots, toCost, type FixedProvider, type Provider, type Snapshot } from './snapshot.ts'
import { openStore } from './store.ts'

export type ModelInfo = {
  /** `provider/name`, as bots name it. */
  readonly id: string
  /** The provider as people call it. */
  readonly provider: string
  /** True for the sandbox's: it answers from a script and is labelled so. */
  readonly sandbox: boolean
  /** How much prompt and answer fit together; null where nobody told. */
  readonly contextTokens: number | null
  readonly cost: ModelCost | null
}

export type Models = {
  /** The answer as it comes; its last event is `end`. Throws ProviderFailure; just ends when the request's signal fires. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>
  /**
   * What the model costs the house now. `unbilled`: nothing, since an engine near by sends no bill. `untold`: its provider will
   * send one, and nobody has said how much it is. Another process learns of a change within two seconds.
   */
  cost(model: string): Promise<ModelCost | 'unbilled' | 'untold'>
  /** The model's figures, if a provider that is switched on offers it. */
  info(model: string): Promise<ModelInfo | undefined>
  /** All that bots may be built on, by name. */
  listed(): Promise<readonly ModelInfo[]>
  readonly desk: Desk
  readonly costs: CostList
}

type Backends = {
  readonly openai: ModelBackend
  /** Composed in demos alone: with it comes a provider that answers from a script. */
  readonly sandbox?: ModelBackend
}

export type ModelsOptions = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly secret: Secret
  readonly backends: Backends
  /** Keys by the short name of a well-known provider, as variables of the environment gave them. */
  readonly providerKeys?: Readonly<Partial<Record<string, string>>>
  /** Where to look for engines of this machine; their usual ports unless given. */
  readonly engines?: readonly Engine[]
}

/** Enters the shipped costs, and opens the door. Asks no provider anything. */
export async function openModels(options: ModelsOptions): Promise<Models> {
  const { db, clock, log, secret, backends } = options
  const store = openStore(db)
  const sealer = createSealer(secret.keyFor('models.provider'))
  await store.adoptCosts(shippedCosts.map((cost) => ({ ...cost, at: clock.now() })))
  const fixed = [...(await sandboxOf(backends)), ...Object.entries(options.providerKeys ?? {}).map(fromEnvironment)]
  const snapshots = createSnapshots({ store, fixed, openKey: sealer.open })
  const backendOf = ({ origin }: Pick<Provider, 'origin'>) =>
    origin === 'demo' && backends.sandbox ? backends.sandbox : backends.openai
  const desk = openDesk({ store, clock, log, sealer, snapshots, backendOf, engines: options.engines ?? usualEngines })

  return {
    stream: (request) => stream(request, { current: snapshots.current, backendOf, log }),
    cost: async (model) => {
      const snapshot = await snapshots.current()
      const { provider: slug, name } = splitModel(model)
      const provider = snapshot.providers.get(slug)
      const row = costRowOf(snapshot, provider ?? { slug, baseUrl: '' }, name)
      if (row) return toCost(row)
      // What is not offered answers nobody, and says so itself.
      return provider?.enabled && provider.offered.has(name) && !isOurs(provider.baseUrl) ? 'untold' : 'unbilled'
    },
    info: async (model) => {
      await desk.listUnlisted()
      const snapshot = await snapshots.current()
      const { provider: slug, name } = splitModel(model)
      const provider = snapshot.providers.get(slug)
      return provider?.enabled && provider.offered.has(name) ? infoOf(snapshot, provider, name) : undefined
    },
    listed: async () => {
      await desk.listUnlisted()
      const snapshot = await snapshots.current()
      return [...snapshot.providers.values()]
        .filter(({ enabled, address }) => enabled && address)
        .flatMap((provider) => [...provider.offered].map((name) => infoOf(snapshot, provider, name)))
        .toSorted((a, b) => Number(a.sandbox) - Number(b.sandbox) || (a.id < b.id ? -1 : 1))
    },
    desk,
    costs: openCostList({ store, clock, snapshots }),
  }
}

async function sandboxOf({ sandbox }: Backends): Promise<FixedProvider[]> {
  if (!sandbox) return []
  const address = { baseUrl: 'sandbox:' }
  const models = await sandbox.list(address, AbortSignal.timeout(1000))
  if ('type' in models) throw new Error(`the sandbox has no models: ${models.detail}`)
  return [
    { slug: 'sandbox', name: 'Sandbox', baseUrl: address.baseUrl, keyHint: null, origin: 'demo', address, models },
  ]
}

function fromEnvironment([slug, key = '']: [string, string | undefined]): FixedProvider {
  const known = wellKnown.find((each) => each.slug === slug)
  if (!known) throw new Error(`no well-known provider is called ${slug}`)
  const { name, baseUrl } = known
  return { slug, name, baseUrl, keyHint: hintOf(key), origin: 'environment', address: { baseUrl, key } }
}

function infoOf(snapshot: Snapshot, provider: Provider, name: string): ModelInfo {
  const row = costRowOf(snapshot, provider, name)
  return {
    id: `${provider.slug}/${name}`,
    provider: provider.name,
    sandbox: provider.origin === 'demo',
    contextTokens: contextTokensOf(makerOf(provider), name),
    cost: row ? toCost(row) : null,
  }
}

type Routing = {
  readonly current: () => Promise<Snapshot>
  readonly backendOf: (provider: Provider) => ModelBackend
  readonly log: Log
}

async function* stream(request: ModelRequest, { current, backendOf, log }: Routing): AsyncGenerator<ModelEvent> {
  const { provider: slug, name } = splitModel(request.model)
  const provider = (await current()).providers.get(slug)
  const fail = (failure: Omit<BackendFailure, 'type'>): ProviderFailure => {
    const { kind, retryAfterMs } = failure
    const detail = withoutKey(failure.detail, { key: provider?.address?.key })
    log.warn({ model: request.model, kind, detail }, 'a provider did not answer')
    return new ProviderFailure({
      kind,
      detail,
      retryAfterMs,
      words: wordsFor(kind, provider?.name ?? slug, retryAfterMs),
    })
  }
  if (!provider?.enabled || !provider.offered.has(name))
    throw fail({ kind: 'unknown_model', detail: `${request.model} is not offered` })
  if (!provider.address) throw fail({ kind: 'key', detail: 'the key does not open with this install’s secret' })
  for await (const event of backendOf(provider).stream(provider.address, { ...request, model: name })) {
    if (event.type === 'failed') throw fail(event)
    yield event
    if (event.type === 'end') return
  }
  if (!request.signal.aborted) throw fail({ kind: 'garbage', detail: 'the answer has no end' })
}
