import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Viewer } from '../rules.ts'

/** Asked by every request, hence prepared and by one unique index. */
export async function viewerOf(db: Database, token: string, now: Date): Promise<Viewer | undefined> {
  const { rows } = await db.pool.query<Viewer>({
    name: 'people.viewer',
    text: `select u.id, u.name, u.role from people.session s join people.user u on u.id = s.user_id
      where s.token = $1 and s.expires_at > $2 and u.suspended_at is null and u.closed_at is null`,
    values: [token, now],
  })
  return rows[0]
}

export async function namesOf(db: Database, ids: readonly Uuid[]): Promise<readonly { id: Uuid; name: string }[]> {
  if (ids.length === 0) return []
  const { rows } = await db.pool.query<{ id: Uuid; name: string }>({
    name: 'people.names',
    text: 'select id, name from people.user where id = any($1::uuid[])',
    values: [[...new Set(ids)]],
  })
  return rows
}

export async function isClosed(db: Database, id: Uuid): Promise<boolean> {
  const { rowCount } = await db.pool.query({
    name: 'people.is_closed',
    text: 'select from people.user where id = $1 and closed_at is not null',
    values: [id],
  })
  return rowCount === 1
}
