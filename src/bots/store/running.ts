import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { BotRow, VersionRow } from './tables.ts'

export type RunRow = Pick<BotRow, 'id' | 'handle' | 'creator' | 'visibility' | 'price_version' | 'usd_per_thousand'> &
  Pick<VersionRow, 'version' | 'name' | 'kind' | 'model' | 'system_prompt' | 'max_output_tokens' | 'temperature'> & {
    readonly admitted: boolean
  }

type Nothing = { readonly id: null }
export type Wish = { readonly bot: Uuid; readonly viewer: Uuid }

/** What turns need of their bots, for whoever asks, in the order asked: it stands before every answer. */
export async function runRows(db: Database, wishes: readonly Wish[]): Promise<readonly (RunRow | undefined)[]> {
  const { rows } = await db.pool.query<RunRow | Nothing>({
    name: 'bots.run',
    text: `select b.id, b.handle, b.creator, b.visibility, b.price_version, b.usd_per_thousand,
        v.version, v.name, v.kind, v.model, v.system_prompt, v.max_output_tokens, v.temperature,
        b.visibility <> 'public' and exists (select from bots.admitted a where a.bot = b.id and a.viewer = u.viewer) as admitted
      from unnest($1::uuid[], $2::uuid[]) with ordinality u (bot, viewer, at)
      left join bots.bot b on b.id = u.bot
      left join bots.version v on v.bot = b.id and v.version = b.version
      order by u.at`,
    values: [wishes.map(({ bot }) => bot), wishes.map(({ viewer }) => viewer)],
  })
  return rows.map((row) => (row.id === null ? undefined : row))
}

type NameRow = { readonly id: Uuid; readonly handle: string; readonly name: string; readonly creator: Uuid | null }

export async function namesBy(
  db: Database,
  column: 'id' | 'handle',
  values: readonly string[],
): Promise<readonly NameRow[]> {
  const { rows } = await db.pool.query<NameRow>(
    `select b.id, b.handle, v.name, b.creator
    from bots.bot b join bots.version v on v.bot = b.id and v.version = b.version
    where b.${column} = any($1::${column === 'id' ? 'uuid' : 'text'}[])`,
    [values],
  )
  return rows
}

/** Lets a viewer in who opened a private bot's link, or a draft of the house in the studio. */
export async function admit(db: Database, { bot, viewer, at }: { bot: Uuid; viewer: Uuid; at: Date }): Promise<void> {
  await db.pool.query('insert into bots.admitted (bot, viewer, at) values ($1, $2, $3) on conflict do nothing', [
    bot,
    viewer,
    at,
  ])
}

export async function isAdmitted(db: Database, bot: Uuid, viewer: Uuid): Promise<boolean> {
  const { rowCount } = await db.pool.query('select from bots.admitted where bot = $1 and viewer = $2', [bot, viewer])
  return rowCount === 1
}
