import { refuse, type Refusal } from '#kernel'
import type { Provider as ProviderView } from './contract.ts'
import {
  findProvider,
  offeredOf,
  refresh,
  toView,
  tryAgain,
  tryOut,
  viewAgain,
  type DeskOptions,
  type View,
} from './listing.ts'
import type { Engine } from './providers.ts'
import { checkAddress } from './rules.ts'
import type { Provider } from './snapshot.ts'

type New = {
  readonly slug: string
  readonly name: string
  readonly baseUrl: string
  readonly key?: string | undefined
  readonly model?: string | undefined
}
type Change = {
  readonly name?: string | undefined
  readonly baseUrl?: string | undefined
  readonly key?: string | undefined
  readonly enabled?: boolean | undefined
}
type Failed = Refusal<'provider_failed' | 'bad_address'>
type FoundEngine = Engine & { readonly models: string[]; readonly provider: string | null }

/** What operators do with providers. Every change is seen by this process at once, by others within two seconds. */
export type Desk = {
  providers(): Promise<ProviderView[]>
  add(asked: New, signal: AbortSignal): Promise<View | Failed | Refusal<'provider_exists'>>
  change(slug: string, asked: Change, signal: AbortSignal): Promise<View | ChangeRefusal>
  remove(slug: string): Promise<{ removed: string } | Refusal<'unknown_provider' | 'set_elsewhere'>>
  tryOne(slug: string, model: string | undefined, signal: AbortSignal): Promise<View | Refusal<'unknown_provider'>>
  refresh(slug: string, signal: AbortSignal): Promise<View | Refusal<'unknown_provider' | 'provider_failed'>>
  offer(slug: string, models: readonly string[]): Promise<View | Refusal<'unknown_provider'>>
  /** Engines that answer on their usual ports now, with the provider that already stands for each. */
  findEngines(signal: AbortSignal): Promise<FoundEngine[]>
  /** Asks providers of the environment that were never asked which models they have; at most once a minute. */
  listUnlisted(): Promise<void>
  /** Asks every provider that is switched on again. */
  refreshAll(signal: AbortSignal): Promise<void>
}
type ChangeRefusal = Failed | Refusal<'unknown_provider' | 'set_elsewhere'>

const engineMsMax = 500
const unlistedMsMax = 5_000
const unlistedPauseMs = 60_000

export function openDesk(options: DeskOptions): Desk {
  const { snapshots, log } = options
  const current = async () => [...(await snapshots.current()).providers.values()]
  let listedLastAt = -Infinity
  const refreshEach = async (providers: readonly Provider[], signal: AbortSignal) => {
    const answers = await Promise.all(providers.map(({ slug }) => refresh(options, slug, signal)))
    for (const answer of answers)
      if ('refused' in answer) log.warn({ detail: answer.detail }, 'a provider does not list its models')
  }
  return {
    providers: async () => (await current()).map(toView),
    add: (asked, signal) => add(options, asked, signal),
    change: (slug, asked, signal) => change(options, { slug, ...asked }, signal),
    remove: (slug) => remove(options, slug),
    tryOne: (slug, model, signal) => tryAgain(options, slug, { model, signal }),
    refresh: (slug, signal) => refresh(options, slug, signal),
    offer: (slug, models) => offer(options, slug, models),
    findEngines: async (signal) => findEngines(options, await current(), signal),
    listUnlisted: async () => {
      const unlisted = (await current()).filter(({ origin, listedAt }) => origin === 'environment' && !listedAt)
      if (unlisted.length === 0 || performance.now() - listedLastAt < unlistedPauseMs) return
      listedLastAt = performance.now()
      await refreshEach(unlisted, AbortSignal.timeout(unlistedMsMax))
    },
    refreshAll: async (signal) => {
      const asked = (await current()).filter(({ origin, enabled, address }) => origin !== 'demo' && enabled && address)
      await refreshEach(asked, signal)
    },
  }
}

async function add(
  desk: DeskOptions,
  { slug, name, key, model, ...asked }: New,
  signal: AbortSignal,
): Promise<View | Failed | Refusal<'provider_exists'>> {
  const baseUrl = checkAddress(asked.baseUrl)
  if (typeof baseUrl !== 'string') return baseUrl
  const exists = refuse(
    'provider_exists',
    `There is a provider ${slug} already. Change it, or choose another short name.`,
  )
  if (!('refused' in (await findProvider(desk, slug)))) return exists
  const tried = await tryOut(desk, addressOf(baseUrl, key), { model, signal })
  if ('refused' in tried) return tried
  const now = desk.clock.now()
  const { models, trial } = tried
  const offered = await offeredOf(desk, { slug, baseUrl }, tried)
  const row = { slug, name, base_url: baseUrl, ...sealed(desk, slug, key), added_at: now, changed_at: now }
  if (!(await desk.store.insertProvider(row, { models, offered, listed_at: now, trial }))) return exists
  desk.log.info({ provider: slug, models: models.length }, 'provider added')
  const view = await viewAgain(desk, slug)
  return 'refused' in view ? exists : view
}

async function change(
  desk: DeskOptions,
  { slug, name, key, enabled, ...asked }: Change & { readonly slug: string },
  signal: AbortSignal,
): Promise<View | ChangeRefusal> {
  const provider = await findProvider(desk, slug)
  if ('refused' in provider) return provider
  if (provider.origin !== 'screen' && (name ?? key ?? asked.baseUrl) !== undefined) return setElsewhere(provider)
  const baseUrl = asked.baseUrl === undefined ? provider.baseUrl : checkAddress(asked.baseUrl)
  if (typeof baseUrl !== 'string') return baseUrl
  if (baseUrl !== provider.baseUrl || key !== undefined) {
    const refusal = await readdress(desk, provider, { baseUrl, key, signal })
    if (refusal) return refusal
  }
  if (name !== undefined) await desk.store.updateProvider(slug, { name, changed_at: desk.clock.now() })
  if (enabled !== undefined) await desk.store.writeState(slug, { enabled })
  return viewAgain(desk, slug)
}

/** A key is never sent to an address it was not given for: with another address comes another key, or none. */
async function readdress(
  desk: DeskOptions,
  provider: Provider,
  { baseUrl, key, signal }: { baseUrl: string; key: string | undefined; signal: AbortSignal },
): Promise<Failed | undefined> {
  const { slug } = provider
  const tried = await tryOut(desk, addressOf(baseUrl, key), { model: undefined, signal })
  if ('refused' in tried) return tried
  const { models, trial } = tried
  const now = desk.clock.now()
  const isMoved = baseUrl !== provider.baseUrl
  const offers = isMoved ? { offered: await offeredOf(desk, { slug, baseUrl }, tried) } : {}
  await desk.store.updateProvider(slug, { base_url: baseUrl, ...sealed(desk, slug, key), changed_at: now })
  await desk.store.writeState(slug, { models, listed_at: now, trial, ...offers })
  return undefined
}

const addressOf = (baseUrl: string, key: string | undefined) => ({ baseUrl, ...(key ? { key } : {}) })

function sealed({ sealer }: DeskOptions, slug: string, key: string | undefined) {
  return key ? { sealed_key: sealer.seal(key, slug), key_hint: hintOf(key) } : { sealed_key: null, key_hint: null }
}

/** The last four signs, where that leaves enough of the key unsaid. */
export function hintOf(key: string): string {
  return key.length >= 16 ? key.slice(-4) : '····'
}

async function remove(
  desk: DeskOptions,
  slug: string,
): Promise<{ removed: string } | Refusal<'unknown_provider' | 'set_elsewhere'>> {
  const provider = await findProvider(desk, slug)
  if ('refused' in provider) return provider
  if (provider.origin !== 'screen') return setElsewhere(provider)
  await desk.store.removeProvider(slug)
  desk.snapshots.forget()
  return { removed: slug }
}

async function offer(
  desk: DeskOptions,
  slug: string,
  models: readonly string[],
): Promise<View | Refusal<'unknown_provider'>> {
  const provider = await findProvider(desk, slug)
  if ('refused' in provider) return provider
  const offered = provider.models.filter((model) => models.includes(model))
  const state = { models: [...provider.models], offered, listed_at: provider.listedAt ?? desk.clock.now() }
  await desk.store.writeState(slug, state)
  return viewAgain(desk, slug)
}

async function findEngines(
  { backendOf, engines }: DeskOptions,
  providers: readonly Provider[],
  signal: AbortSignal,
): Promise<FoundEngine[]> {
  const quick = AbortSignal.any([signal, AbortSignal.timeout(engineMsMax)])
  const found = await Promise.all(
    engines.map(async (engine) => {
      const models = await backendOf({ origin: 'screen' }).list({ baseUrl: engine.baseUrl }, quick)
      if ('type' in models) return []
      const standing = providers.find(({ baseUrl }) => baseUrl === engine.baseUrl)
      return [{ ...engine, models: [...models], provider: standing?.slug ?? null }]
    }),
  )
  return found.flat()
}

function setElsewhere({ name, origin }: Provider) {
  const where = origin === 'demo' ? 'is part of every demo' : 'is set by a variable of the environment'
  return refuse('set_elsewhere', `${name} ${where}. It can be switched off here, and changed only there.`)
}
