import { refuse, type Clock, type Refusal } from '#kernel'
import type { Log } from '#platform'
import type { Provider as ProviderView } from './contract.ts'
import type { ModelAddress, ModelBackend } from './ports.ts'
import type { Engine } from './providers.ts'
import { offeredAtFirst } from './rules.ts'
import type { Sealer } from './sealing.ts'
import { costRowOf, type createSnapshots, type Provider } from './snapshot.ts'
import type { Store, TrialRow } from './store.ts'
import { askOne, failureWords } from './trial.ts'

export type DeskOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly sealer: Sealer
  readonly snapshots: ReturnType<typeof createSnapshots>
  readonly backendOf: (provider: Pick<Provider, 'origin'>) => ModelBackend
  /** Where to look for engines of this machine. */
  readonly engines: readonly Engine[]
}

export type View = { readonly provider: ProviderView }

const listingMsMax = 8_000
const modelsMax = 2000
const lostKey = 'Its key does not open with this install’s secret. Paste it again.'

export async function findProvider(
  { snapshots }: DeskOptions,
  slug: string,
): Promise<Provider | Refusal<'unknown_provider'>> {
  const provider = (await snapshots.current()).providers.get(slug)
  return provider ?? refuse('unknown_provider', `There is no provider ${slug} any more. Reload the list.`)
}

/** The provider as it stands after a change of ours. */
export async function viewAgain(desk: DeskOptions, slug: string): Promise<View | Refusal<'unknown_provider'>> {
  desk.snapshots.forget()
  const provider = await findProvider(desk, slug)
  return 'refused' in provider ? provider : { provider: toView(provider) }
}

export function toView(provider: Provider): ProviderView {
  const { address, offered, listedAt, models, trial, ...told } = provider
  return {
    ...told,
    models: models.map((model) => ({ name: model, offered: offered.has(model) })),
    listedAt: listedAt?.toISOString() ?? null,
    trial: address ? trial : { ...failedTrial(lostKey), at: (listedAt ?? new Date(0)).toISOString() },
  }
}

function failedTrial(words: string) {
  return { ok: false, model: '', words, firstTokenMs: null }
}

/** The models a provider lists, or in the desk's words why it does not. */
async function list(
  backend: ModelBackend,
  address: ModelAddress,
  signal: AbortSignal,
): Promise<string[] | Refusal<'provider_failed'>> {
  const names = await backend.list(address, AbortSignal.any([signal, AbortSignal.timeout(listingMsMax)]))
  if ('type' in names) return refuse('provider_failed', failureWords(names, address))
  return [...new Set(names)].slice(0, modelsMax)
}

export type Tried = { readonly models: string[]; readonly trial: TrialRow }

/** A listing and a real answer. Where the listing fails and a model is named, the answer alone decides. */
export async function tryOut(
  { backendOf, clock }: DeskOptions,
  address: ModelAddress,
  { model, signal }: { readonly model: string | undefined; readonly signal: AbortSignal },
): Promise<Tried | Refusal<'provider_failed'>> {
  const backend = backendOf({ origin: 'screen' })
  const listed = await list(backend, address, signal)
  if ('refused' in listed && model === undefined) return listed
  const names = 'refused' in listed ? [] : listed
  const trial = await askOne({ backend, address, signal }, { named: model, listed: names }, clock.now())
  return trial.ok ? { models: [...new Set([...names, trial.model])], trial } : refuse('provider_failed', trial.words)
}

/** Asks one model and keeps what came of it, good or bad. */
export async function tryAgain(
  desk: DeskOptions,
  slug: string,
  { model, signal }: { readonly model: string | undefined; readonly signal: AbortSignal },
): Promise<View | Refusal<'unknown_provider'>> {
  const provider = await findProvider(desk, slug)
  if ('refused' in provider) return provider
  const { address, offered, models } = provider
  const at = desk.clock.now()
  const asking = address && { backend: desk.backendOf(provider), address, signal }
  const listed = offered.size > 0 ? [...offered] : models
  const trial = asking
    ? await askOne(asking, { named: model, listed }, at)
    : { ...failedTrial(lostKey), at: at.toISOString() }
  await desk.store.writeState(slug, { trial })
  return viewAgain(desk, slug)
}

/** What creators may build on from the start, in the order of the list. */
export async function offeredOf(
  { snapshots }: DeskOptions,
  provider: { readonly slug: string; readonly baseUrl: string },
  { models, trial }: { readonly models: readonly string[]; readonly trial?: TrialRow },
): Promise<string[]> {
  const snapshot = await snapshots.current()
  const hasCost = (name: string) => costRowOf(snapshot, provider, name) !== undefined
  return [...offeredAtFirst(models, { answered: trial?.model, hasCost })]
}

/**
 * Asks again which models there are. Those that are gone are offered no more; new ones wait for the operator. What was
 * changed while the provider was asked stands.
 */
export async function refresh(
  desk: DeskOptions,
  slug: string,
  signal: AbortSignal,
): Promise<View | Refusal<'unknown_provider' | 'provider_failed'>> {
  const provider = await findProvider(desk, slug)
  if ('refused' in provider) return provider
  if (!provider.address) return refuse('provider_failed', lostKey)
  const models = await list(desk.backendOf(provider), provider.address, signal)
  if ('refused' in models) return models
  const { listedAt, origin } = provider
  const baseUrl = origin === 'screen' ? provider.baseUrl : null
  const at = desk.clock.now()
  if (listedAt) await desk.store.relist({ slug, listedAt, baseUrl }, { models, at })
  else await desk.store.listFirst(slug, { models, offered: await offeredOf(desk, provider, { models }), listed_at: at })
  return viewAgain(desk, slug)
}
