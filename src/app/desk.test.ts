import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRefusal, type AnswerOf } from '#kernel/contract'
import { openLedger } from '#ledger'
import { openPeople, peopleRoom } from '#people'
import { createLog } from '#platform'
import { World, type World as TestWorld } from '../../test/world.ts'
import { getProof, listLines, setLine, startProof, type LedgerProof } from './contract.ts'
import { deskRoom } from './desk.ts'
import { createOpenness, type Openness } from './openness.ts'
import { createProving } from './proving.ts'

/** A house with one line of revenue put in, and one left out. */
async function start() {
  let openness: Openness | undefined
  const world = await World.start({
    features: async (deps) => {
      const ledger = await openLedger({ db: deps.db, charts: [], clock: deps.clock })
      const people = openPeople(deps)
      openness = createOpenness({ ...deps, known: ['tips', 'gifts'], isPresent: (line) => line === 'tips' })
      return [peopleRoom({ ...deps, people, personal: [] }), deskRoom({ ...deps, ledger, people, openness })]
    },
  })
  return Object.assign(world, { openness: openness ?? assert.fail('no openness') })
}

const refusedBy = (answer: object) => ('refused' in answer ? answer.refused : undefined)

test('the desk is for operators', async () => {
  await using world = await start()
  const member = await world.people.signUp()
  const body = { state: 'closed' as const }
  for (const [call, refused] of [
    [member.call, 'operators_only'],
    [world.call, 'sign_in_first'],
  ] as const) {
    assert.equal(refusedBy(await call(listLines, {})), refused)
    assert.equal(refusedBy(await call(setLine, { params: { line: 'tips' }, body })), refused)
    assert.equal(refusedBy(await call(getProof, {})), refused)
    assert.equal(refusedBy(await call(startProof, {})), refused)
  }
})

test('a line is open until it is closed, and says who changed it', async () => {
  await using world = await start()
  const { call } = await world.people.claim('Olga')
  assert.deepEqual(await call(listLines, {}), {
    lines: [
      { name: 'tips', state: 'open' },
      { name: 'gifts', state: 'absent' },
    ],
  })
  assert.equal(await world.openness.isOpen('tips'), true)
  assert.equal(await world.openness.isOpen('gifts'), false)
  const params = { line: 'tips' }
  const closed = await call(setLine, { params, body: { state: 'closed' } })
  assert.deepEqual(closed, { name: 'tips', state: 'closed', changed: { at: '2026-11-23T09:00:00.000Z', by: 'Olga' } })
  assert.equal(await world.openness.isOpen('tips'), false, 'at once where it was closed')
  world.clock.advance(1000)
  assert.deepEqual(await call(setLine, { params, body: { state: 'closed' } }), closed, 'the first who closed it')
  await call(setLine, { params, body: { state: 'open' } })
  assert.equal(await world.openness.isOpen('tips'), true)
  const set = (line: string) => call(setLine, { params: { line }, body: { state: 'open' } })
  assert.equal(refusedBy(await set('gifts')), 'line_absent')
  assert.equal(refusedBy(await set('raffles')), 'unknown_line')
})

test('another server hears that a line was closed', async () => {
  await using world = await start()
  const { viewer } = await world.people.claim()
  const elsewhere = createOpenness({ ...world, known: ['tips'], isPresent: () => true })
  await elsewhere.set('tips', { to: 'closed', by: viewer.id })
  const lines = await world.openness.lines()
  assert.equal(lines[0]?.state, 'closed')
})

type Call = TestWorld['call']

function expectProof(answer: AnswerOf<typeof getProof>): LedgerProof {
  return isRefusal(answer) ? assert.fail(answer.detail) : answer
}

async function provenOf(call: Call): Promise<LedgerProof> {
  for (let asked = 0; asked < 1000; asked++) {
    const state = expectProof(await call(getProof, {}))
    if (!state.running) return state
    await sleep(10)
  }
  return assert.fail('the proof does not end')
}

test('the ledger is proved when asked; one run at a time', async () => {
  await using world = await start()
  const { call } = await world.people.claim()
  assert.deepEqual(await call(getProof, {}), {})
  const begun = await Promise.all(Array.from({ length: 5 }, () => call(startProof, {})))
  assert.ok(begun.every((answer) => !isRefusal(answer)))
  const proven = await provenOf(call)
  assert.equal(proven.last?.holds, true)
  assert.ok(proven.last?.claims.every(({ breaches }) => breaches.length === 0))
  const { rows } = await world.db.pool.query<{ claims: number; claims_done: number; outcome: string }>(
    'select claims, claims_done, outcome from app.proof_run order by id',
  )
  assert.ok(rows.every(({ claims, claims_done, outcome }) => outcome === 'proved' && claims >= claims_done))
})

test('a run whose process is gone holds up none after it', async () => {
  await using world = await start()
  const { viewer, call } = await world.people.claim()
  await world.db.pool.query(
    'insert into app.proof_run (asked_by, asked_at, heard_at, claims, claims_done) values ($1, $2, $2, 9, 4)',
    [viewer.id, world.clock.now()],
  )
  const running = { since: '2026-11-23T09:00:00.000Z', claimsDone: 4, claims: 9 }
  assert.deepEqual(expectProof(await call(startProof, {})).running, running)
  world.clock.advance(60_001)
  await call(startProof, {})
  assert.equal((await provenOf(call)).last?.holds, true)
})

test('a proof that cannot be made says so, and the next one may', async () => {
  await using world = await start()
  const { viewer, call } = await world.people.claim()
  const ledger = await openLedger({ db: world.db, charts: [], clock: world.clock })
  const prove = () => Promise.reject(new Error('the disk is gone'))
  const log = createLog({ level: 'silent' })
  const proving = createProving({ ...world, log, ledger: { ...ledger, prove } })
  await proving.start(viewer.id)
  await proving.stop(60_000)
  assert.ok(expectProof(await call(getProof, {})).broke)
  await call(startProof, {})
  const { broke, last } = await provenOf(call)
  assert.deepEqual([broke, last?.holds], [undefined, true])
})

test('what a proof finds is told claim by claim', async () => {
  await using world = await start()
  const { call } = await world.people.claim()
  await world.db.pool.query(
    `insert into ledger.proof (at, holds, breaches, journals) values
     (now(), false, '{"no_overdraft: account 7","no_overdraft: account 8","chain_unbroken: batch 3: gone"}', 12)`,
  )
  const { last } = expectProof(await call(getProof, {}))
  assert.deepEqual([last?.holds, last?.journals], [false, 12n])
  assert.deepEqual(
    last?.claims.filter(({ breaches }) => breaches.length > 0),
    [
      { name: 'no_overdraft', breaches: ['account 7', 'account 8'] },
      { name: 'chain_unbroken', breaches: ['batch 3: gone'] },
    ],
  )
})
