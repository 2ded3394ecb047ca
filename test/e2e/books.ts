import assert from 'node:assert/strict'
import { openLedger } from '#ledger'
import type { World } from '../world.ts'

/** What the ledger says of a world: balances by kind and unit, as `wallet.points POINTS`. */
export type Books = ReadonlyMap<string, bigint>

/** Lets everything come to rest, proves the whole ledger, and reads it. */
export async function readBooks(world: World): Promise<Books> {
  await world.settle()
  const ledger = await openLedger({ db: world.db, charts: [], clock: world.clock })
  try {
    const proof = await ledger.prove()
    assert.ok(
      proof.holds,
      JSON.stringify(proof, (_, value) => (typeof value === 'bigint' ? `${value}` : value), 2),
    )
    // Time stands in a world, and journals of one instant are still posted one after the other.
    const instant = new Date(world.clock.now().getTime() + 1000)
    const lines = await ledger.trialBalance({ instant, by: 'posted' })
    return new Map(lines.map(({ kind, unit, balance }) => [`${kind} ${unit}`, balance]))
  } finally {
    await ledger.close()
  }
}

/** By how much each line has moved between two readings; lines that stood still are left out. */
export function movedBetween(before: Books, after: Books): Readonly<Record<string, bigint>> {
  const moved = [...after].map(([line, balance]) => [line, balance - (before.get(line) ?? 0n)] as const)
  return Object.fromEntries(moved.filter(([, amount]) => amount !== 0n))
}
