import { scales, formatDecimal, money, type Unit } from '#kernel'
import type { ExportLeg, ExportRow } from './store/log.ts'

/** One journal as one line of JSON. Amounts are minor units as text, so that no reader makes floats of them. */
export async function* jsonLines(rows: AsyncIterable<ExportRow>): AsyncGenerator<string> {
  for await (const row of rows)
    yield `${JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n`
}

/**
 * The journals in hledger's plain-text form, one transaction each, with a balance assertion on every posting: hledger
 * itself then proves the export. Signs are the accountant's: debits positive, so what the house owes is negative. Holds
 * move nothing and are left out. The second date is the effective one.
 */
export async function* hledger(rows: AsyncIterable<ExportRow>): AsyncGenerator<string> {
  // hledger wants a decimal point in a unit's example, even where nothing follows it.
  for (const unit of Object.keys(scales) as Unit[]) yield `commodity 1000.${'0'.repeat(scales[unit])} ${unit}\n`
  for await (const row of rows) {
    const moved = row.legs.filter((leg) => leg.credit !== null)
    if (moved.length === 0) continue
    const dates = row.effectiveAt ? `${day(row.postedAt)}=${day(row.effectiveAt)}` : day(row.postedAt)
    yield `\n${dates} (${row.key}) ${row.template}\n`
    for (const leg of moved) yield posting(leg)
  }
}

function posting(leg: ExportLeg): string {
  const unit = leg.unit as Unit
  const decimal = (minor: bigint) => `${formatDecimal(money(unit, minor))} ${unit}`
  const amount = BigInt(leg.amount)
  const line = (account: string, signed: bigint, balance: string | null) =>
    `    ${accountName(account)}  ${decimal(signed)} = ${decimal(-BigInt(balance ?? '0'))}\n`
  return line(leg.debit, amount, leg.debitBalance) + line(leg.credit ?? '', -amount, leg.creditBalance)
}

/** Owners and subjects are other people's text: nothing in them may end an account's name, start a comment, or make two one. */
function accountName(name: string): string {
  const encoded = (character: string) => Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '%$&')
  return name.replaceAll(/[\s;()[\]{}=@*!"|]/g, encoded)
}

function day(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}
