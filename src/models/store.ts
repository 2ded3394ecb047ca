import { sql, type Kysely } from 'kysely'
import type { Database } from '#platform'

export type ProviderRow = {
  slug: string
  name: string
  base_url: string
  sealed_key: Buffer | null
  key_hint: string | null
  added_at: Date
  changed_at: Date
}

/** As it is kept in a column of JSON. */
export type TrialRow = { at: string; ok: boolean; model: string; words: string; firstTokenMs: number | null }

export type StateRow = {
  slug: string
  enabled: boolean
  models: string[]
  offered: string[]
  listed_at: Date | null
  trial: TrialRow | null
}

export type CostRow = {
  version: number
  model: string
  input_per_million: bigint
  output_per_million: bigint
  origin: 'shipped' | 'operator'
  as_of: string | null
  source: string | null
  at: Date
}

type Tables = {
  'models.provider': ProviderRow
  'models.provider_state': StateRow
}

export type Store = ReturnType<typeof openStore>

export function openStore(db: Database) {
  const tables = db.tables<Tables>()
  return {
    providers: () => tables.selectFrom('models.provider').selectAll().orderBy('added_at').execute(),

    states: () => tables.selectFrom('models.provider_state').selectAll().execute(),

    /** False where one of this slug is there already. */
    insertProvider: (row: ProviderRow, state: Pick<StateRow, 'models' | 'offered' | 'listed_at' | 'trial'>) =>
      db.transact<Tables, boolean>(async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('models.provider')
          .values(row)
          .onConflict((conflict) => conflict.column('slug').doNothing())
          .executeTakeFirstOrThrow()
        if (numInsertedOrUpdatedRows !== 1n) return false
        await writeState(trx, row.slug, { ...state, enabled: true })
        return true
      }),

    updateProvider: async (slug: string, change: Partial<Omit<ProviderRow, 'slug' | 'added_at'>>) => {
      await tables.updateTable('models.provider').set(change).where('slug', '=', slug).execute()
    },

    removeProvider: (slug: string) =>
      db.transact<Tables, boolean>(async (trx) => {
        await trx.deleteFrom('models.provider_state').where('slug', '=', slug).execute()
        const { numDeletedRows } = await trx
          .deleteFrom('models.provider')
          .where('slug', '=', slug)
          .executeTakeFirstOrThrow()
        return numDeletedRows === 1n
      }),

    writeState: (slug: string, change: Partial<Omit<StateRow, 'slug'>>) => writeState(tables, slug, change),

    listFirst: (slug: string, list: List) => listFirst(tables, slug, list),

    relist: (old: Listed, list: { readonly models: readonly string[]; readonly at: Date }) => relist(tables, old, list),

    costs: async (): Promise<CostRow[]> => {
      const { rows } = await db.pool.query<CostRow>(
        'select distinct on (model) * from models.cost order by model, version desc',
      )
      return rows
    },

    insertCost: (cost: Omit<CostRow, 'version'>) => insertCost(tables, cost),

    /**
     * Enters figures that came with this version: where a model has none, or a shipped one that says otherwise. What the
     * operator set stays. Starts of several servers take turns.
     */
    adoptCosts: (shipped: readonly Omit<CostRow, 'version'>[]) =>
      db.transact<Tables, void>(async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended('models.cost', 0))`.execute(trx)
        const { rows } = await sql<CostRow>`
          select distinct on (model) * from models.cost order by model, version desc`.execute(trx)
        const current = new Map(rows.map((row) => [row.model, row]))
        for (const cost of shipped) if (isNews(cost, current.get(cost.model))) await insertCost(trx, cost)
      }),
  }
}

function isNews(cost: Omit<CostRow, 'version'>, current: CostRow | undefined): boolean {
  if (!current) return true
  if (current.origin === 'operator') return false
  return current.input_per_million !== cost.input_per_million || current.output_per_million !== cost.output_per_million
}

async function insertCost(db: Kysely<Tables>, cost: Omit<CostRow, 'version'>): Promise<CostRow> {
  const { rows } = await sql<CostRow>`
    insert into models.cost (model, input_per_million, output_per_million, origin, as_of, source, at)
    values (${cost.model}, ${cost.input_per_million}, ${cost.output_per_million}, ${cost.origin}, ${cost.as_of},
      ${cost.source}, ${cost.at})
    returning *`.execute(db)
  const [row] = rows
  if (!row) throw new Error('a cost was not written')
  return row
}

/** A list without offers changes none: those of its models that are offered as it is written stay so. */
async function writeState(
  db: Kysely<Tables>,
  slug: string,
  { trial, ...change }: Partial<Omit<StateRow, 'slug'>>,
): Promise<void> {
  const { models, offered } = change
  const columns = {
    ...change,
    ...(trial === undefined ? {} : { trial: sql<TrialRow>`${JSON.stringify(trial)}::jsonb` }),
  }
  const kept = models && !offered ? { offered: stillOffered(models) } : {}
  const fresh = { enabled: true, models: [], offered: [], ...columns }
  await db
    .insertInto('models.provider_state')
    .values({ slug, listed_at: null, trial: null, ...fresh })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet({ slug, ...columns, ...kept }))
    .execute()
}

/** Read as it is written: an operator may have changed it while the provider was asked for these. */
const stillOffered = (models: readonly string[]) => sql<string[]>`array(
  select name from unnest(${models}::text[]) with ordinality as listed (name, place)
  where name = any(models.provider_state.offered) order by place)`

type List = Pick<StateRow, 'models' | 'offered' | 'listed_at'>

/** The first list of a provider; nothing where there is one by now. */
async function listFirst(db: Kysely<Tables>, slug: string, list: List): Promise<void> {
  await db
    .insertInto('models.provider_state')
    .values({ slug, enabled: true, trial: null, ...list })
    .onConflict((conflict) =>
      conflict.column('slug').doUpdateSet(list).where('models.provider_state.listed_at', 'is', null),
    )
    .execute()
}

/** A list that was read, and the address that it came from; null where no screen can change that. */
type Listed = { readonly slug: string; readonly listedAt: Date; readonly baseUrl: string | null }

/** A newer list in place of an old one, and nothing where that list or its address is not in force any more. */
async function relist(
  db: Kysely<Tables>,
  old: Listed,
  { models, at }: { readonly models: readonly string[]; readonly at: Date },
): Promise<void> {
  await sql`
    update models.provider_state
    set models = ${models}, listed_at = ${at}, offered = ${stillOffered(models)}
    where slug = ${old.slug} and listed_at = ${old.listedAt}
      and not exists (select from models.provider p where p.slug = ${old.slug} and p.base_url <> ${old.baseUrl})`.execute(
    db,
  )
}
