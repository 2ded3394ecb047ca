import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '../../test/world.ts'
import { checkHouse, furnish, proveHouse } from './house.ts'
import { checkRepeat, loadJournals } from './load.ts'
import { shapesOf } from './shapes.ts'

test('what is loaded set by set proves, answers as repeats, and is built on by posting', async () => {
  await using database = await World.database()
  const house = await furnish(database.db)
  await loadJournals(house, 3000, () => undefined)
  await checkRepeat(house)
  const shapes = shapesOf(house)
  for (const call of Object.values(shapes)) await Promise.all(Array.from({ length: 20 }, call))
  await loadJournals(house, 1000, () => undefined)
  await checkRepeat(house)
  await checkHouse(house)
  const counted = await proveHouse(house)
  assert.equal(counted.journals, house.told.journals)
  await house.ledger.close()
})

test('a ledger that does not add up is told', async () => {
  await using database = await World.database()
  const house = await furnish(database.db)
  await database.db.pool.query('update ledger.account set balance = balance + 1 where id = $1', [house.payee.id])
  await assert.rejects(checkHouse(house), /not exact/)
  await assert.rejects(proveHouse(house), /does not prove/)
})
