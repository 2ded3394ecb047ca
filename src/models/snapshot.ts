import { money } from '#kernel'
import { costNames } from './costs.ts'
import type { ModelAddress } from './ports.ts'
import { makerOf } from './providers.ts'
import { isOurs, type ModelCost } from './rules.ts'
import type { CostRow, Store, TrialRow } from './store.ts'

type Origin = 'environment' | 'screen' | 'demo'

/** A provider as it stands now, wherever it came from. */
export type Provider = {
  readonly slug: string
  readonly name: string
  readonly baseUrl: string
  readonly origin: Origin
  /** Undefined where a key is kept that this install's secret does not open. */
  readonly address: ModelAddress | undefined
  readonly keyHint: string | null
  readonly enabled: boolean
  readonly models: readonly string[]
  readonly offered: ReadonlySet<string>
  readonly listedAt: Date | null
  readonly trial: TrialRow | null
}

/** A provider that is not in the database: of the environment, or of a demo. */
export type FixedProvider = Pick<Provider, 'slug' | 'name' | 'baseUrl' | 'keyHint'> & {
  readonly origin: 'environment' | 'demo'
  readonly address: ModelAddress
  /** Known without asking. */
  readonly models?: readonly string[]
}

export type Snapshot = {
  readonly providers: ReadonlyMap<string, Provider>
  readonly costs: ReadonlyMap<string, CostRow>
}

const ageMsMax = 2000

/**
 * What answers are routed and priced by, read at most every two seconds: every message asks for it. `forget` is for
 * whoever changed it in this process.
 */
export function createSnapshots(options: {
  readonly store: Store
  readonly fixed: readonly FixedProvider[]
  readonly openKey: (sealed: Buffer, slug: string) => string | undefined
}) {
  let held: { readonly at: number; readonly snapshot: Promise<Snapshot> } | undefined
  return {
    current: (): Promise<Snapshot> => {
      const now = performance.now()
      if (held && now - held.at < ageMsMax) return held.snapshot
      const fresh = { at: now, snapshot: load(options) }
      held = fresh
      // A failed reading is not kept, so that the next caller asks again.
      fresh.snapshot.catch(() => {
        if (held === fresh) held = undefined
      })
      return fresh.snapshot
    },
    forget: () => {
      held = undefined
    },
  }
}

async function load({ store, fixed, openKey }: Parameters<typeof createSnapshots>[0]): Promise<Snapshot> {
  const [rows, states, costs] = await Promise.all([store.providers(), store.states(), store.costs()])
  const stateOf = new Map(states.map((state) => [state.slug, state]))
  const providers = new Map<string, Provider>()
  const add = (
    known: Omit<Provider, 'enabled' | 'models' | 'offered' | 'listedAt' | 'trial'>,
    fixedModels?: readonly string[],
  ) => {
    const state = stateOf.get(known.slug)
    const models = fixedModels ?? state?.models ?? []
    const there = new Set(models)
    const offered = state?.listed_at ? state.offered.filter((name) => there.has(name)) : (fixedModels ?? [])
    providers.set(known.slug, {
      ...known,
      enabled: state?.enabled ?? true,
      models,
      offered: new Set(offered),
      listedAt: state?.listed_at ?? null,
      trial: state?.trial ?? null,
    })
  }
  for (const { models, ...known } of fixed) add(known, models)
  for (const { slug, name, base_url: baseUrl, sealed_key: sealed, key_hint: keyHint } of rows) {
    if (providers.has(slug)) continue
    const key = sealed ? openKey(sealed, slug) : undefined
    const address = sealed && key === undefined ? undefined : { baseUrl, ...(key === undefined ? {} : { key }) }
    add({ slug, name, baseUrl, origin: 'screen', address, keyHint })
  }
  return { providers, costs: new Map(costs.map((cost) => [cost.model, cost])) }
}

/**
 * The row that prices a model: under its provider's own name first, else under its maker's. That an engine sends no bill is
 * said of one's own machine; the same name elsewhere is another's.
 */
export function costRowOf(
  { costs }: Snapshot,
  provider: Pick<Provider, 'slug' | 'baseUrl'>,
  name: string,
): CostRow | undefined {
  const makers = new Set([provider.slug, makerOf(provider)])
  const rows = [...makers].flatMap((maker) => costNames(maker, name)).map((each) => costs.get(each))
  return rows.find((row) => row !== undefined && (isOurs(provider.baseUrl) || !isUnbilled(row)))
}

const isUnbilled = ({ origin, model, input_per_million, output_per_million }: CostRow) =>
  origin === 'shipped' && model.endsWith('/*') && input_per_million === 0n && output_per_million === 0n

export function toCost(row: CostRow): ModelCost {
  return {
    version: row.version,
    inputPerMillion: money('USD', row.input_per_million),
    outputPerMillion: money('USD', row.output_per_million),
  }
}
