import type { Database } from '#platform'
import type { Unit } from '#kernel'
import type { Account } from '../journal.ts'
import type { Owner } from '../chart.ts'

/** What names an account: one per home, kind, unit, owner and subject (a sale, a provider, a subscriber). */
export type AccountName = {
  readonly home: number
  readonly kind: string
  readonly unit: Unit
  readonly owner: Owner
  readonly subject: string
}

/** The account of this name, made if `make` says so. Names are unique, so two that open at once get the same one. */
export async function accountByName(
  db: Database,
  name: AccountName,
  make: 'open' | 'find',
): Promise<Account | undefined> {
  const owner = name.owner === 'system' ? ['system', ''] : [name.owner.type, name.owner.id]
  const values = [name.home, name.kind, name.unit, ...owner, name.subject]
  const find = () =>
    db.pool.query<{ id: bigint }>({
      name: 'ledger.account_by_name',
      text: `select a.id from ledger.account a
        where a.home = $1 and a.kind = (select id from ledger.kind where name = $2)
          and a.unit = (select id from ledger.unit where code = $3) and a.owner_type = $4 and a.owner = $5 and a.subject = $6`,
      values,
    })
  let { rows } = await find()
  if (!rows[0] && make === 'open') {
    await db.pool.query(
      `insert into ledger.account (home, kind, unit, overdraft, owner_type, owner, subject)
      select $1, k.id, u.id, k.overdraft, $4, $5, $6 from ledger.kind k, ledger.unit u where k.name = $2 and u.code = $3
      on conflict do nothing`,
      values,
    )
    rows = (await find()).rows
  }
  return rows[0] && { id: rows[0].id, home: name.home, kind: name.kind, unit: name.unit }
}
