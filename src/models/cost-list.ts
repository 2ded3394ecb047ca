import { refuse, type Clock, type Refusal } from '#kernel'
import type { CostRow as CostView } from './contract.ts'
import { costNames, shippedCosts } from './costs.ts'
import { makerOf } from './providers.ts'
import { splitModel } from './rules.ts'
import { costRowOf, type createSnapshots } from './snapshot.ts'
import type { CostRow, Store } from './store.ts'

type OwnCost = { readonly model: string; readonly inputPerMillion: bigint; readonly outputPerMillion: bigint }

export type CostList = {
  /** Every figure in force, and offered models that have none. */
  list(): Promise<{ items: CostView[]; missing: string[] }>
  set(own: OwnCost): Promise<CostView>
  reset(model: string): Promise<CostView | Refusal<'no_shipped_cost'>>
}

type Options = {
  readonly store: Store
  readonly clock: Clock
  readonly snapshots: ReturnType<typeof createSnapshots>
}

/** What operators do with costs. */
export function openCostList({ store, clock, snapshots }: Options): CostList {
  const write = async (cost: Omit<CostRow, 'version' | 'at'>) => {
    const row = await store.insertCost({ ...cost, at: clock.now() })
    snapshots.forget()
    return toView(row)
  }
  return {
    list: async () => {
      const snapshot = await snapshots.current()
      const missing = [...snapshot.providers.values()].flatMap((provider) =>
        [...provider.offered]
          .filter((name) => costRowOf(snapshot, provider, name) === undefined)
          .map((name) => `${provider.slug}/${name}`),
      )
      return { items: [...snapshot.costs.values()].map(toView), missing }
    },
    set: ({ model, inputPerMillion, outputPerMillion }) =>
      write({
        model,
        input_per_million: inputPerMillion,
        output_per_million: outputPerMillion,
        origin: 'operator',
        as_of: null,
        source: null,
      }),
    reset: async (model) => {
      const { provider: slug, name } = splitModel(model)
      const provider = (await snapshots.current()).providers.get(slug)
      const names = costNames(makerOf(provider ?? { slug, baseUrl: '' }), name)
      const shipped = names.flatMap((each) => shippedCosts.filter((cost) => cost.model === each)).at(0)
      if (!shipped) return refuse('no_shipped_cost', `This version of Bottega ships no figure for ${model}.`)
      return write({ ...shipped, model })
    },
  }
}

function toView(row: CostRow): CostView {
  return {
    model: row.model,
    version: row.version,
    inputPerMillion: row.input_per_million,
    outputPerMillion: row.output_per_million,
    at: row.at.toISOString(),
    origin: row.origin,
    asOf: row.as_of,
    source: row.source,
  }
}
