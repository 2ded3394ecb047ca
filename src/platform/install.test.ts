import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '../../test/world.ts'
import { OperatorFault } from './fault.ts'
import { stampInstall } from './install.ts'

test('an install is stamped once, keeps its stamp, and refuses another wish in words', async () => {
  await using scratch = await World.database()
  const { db } = scratch
  const first = await Promise.all([1, 2, 3].map(() => stampInstall(db, { wished: undefined, fallback: 'demo' })))
  assert.equal(new Set(first.map(({ id }) => id)).size, 1)
  assert.equal((await stampInstall(db, { wished: undefined, fallback: 'live' })).mode, 'demo')
  assert.equal((await stampInstall(db, { wished: 'demo', fallback: 'live' })).mode, 'demo')
  const fault = await stampInstall(db, { wished: 'live', fallback: 'demo' }).catch((e: unknown) => e)
  assert.ok(fault instanceof OperatorFault)
  assert.match(fault.message, /stamped demo.*asks for live/)
  assert.match(fault.remedy, /BOTTEGA_MODE/)
  await assert.rejects(db.pool.query(`update platform.install set mode = 'live'`), /keeps the mode/)
  await assert.rejects(db.pool.query('delete from platform.install'), /keeps the mode/)
})

test('the wish decides at the first start', async () => {
  await using scratch = await World.database()
  assert.equal((await stampInstall(scratch.db, { wished: 'live', fallback: 'demo' })).mode, 'live')
})
