import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { World, type World as TestWorld } from '../../test/world.ts'
import { changePassword, closeAccount, signIn } from './contract.ts'
import { openPeople } from './people.ts'
import { peopleRoom } from './room.ts'
import { recordClaim } from './store/links.ts'
import { endSessions, setPassword } from './store/sessions.ts'
import { closeUser, lockWithOperators, setRole, setSuspended, type Rows } from './store/users.ts'

const start = () =>
  World.start({ features: (deps) => [peopleRoom({ ...deps, people: openPeople(deps), personal: [] })] })

const refusedBy = (answer: object) => ('refused' in answer ? answer.refused : undefined)

async function untilWaiting(world: TestWorld, count: number): Promise<void> {
  for (let asked = 0; asked < 1000; asked++) {
    const { rowCount } = await world.db.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rowCount === count) return
    await sleep(10)
  }
  assert.fail(`never were ${count} waiting`)
}

/** Begins `asked` once `change` is made and not committed, and commits when it has come as far as it can. */
function meanwhile<Answer>(
  world: TestWorld,
  change: (trx: Rows) => Promise<void>,
  asked: () => Promise<Answer>,
): Promise<Answer> {
  return world.db
    .transact<unknown, { readonly answer: Promise<Answer> }>(async (trx) => {
      await change(trx)
      const answer = asked()
      await untilWaiting(world, 1)
      return { answer }
    })
    .then(({ answer }) => answer)
}

type Person = Awaited<ReturnType<TestWorld['people']['signUp']>>

async function sessionsLeft(world: TestWorld, { viewer }: Person): Promise<number> {
  return (await world.db.pool.query('select from people.session where user_id = $1', [viewer.id])).rowCount ?? 0
}

async function reset(trx: Rows, { viewer }: Person, at: Date): Promise<void> {
  await setPassword(trx, viewer.id, { hash: 'of another password', at })
  await endSessions(trx, viewer.id)
}

async function suspend(trx: Rows, { viewer }: Person, at: Date): Promise<void> {
  await lockWithOperators(trx, viewer.id)
  await setSuspended(trx, viewer.id, at)
  await endSessions(trx, viewer.id)
}

async function close(trx: Rows, { viewer }: Person, at: Date): Promise<void> {
  await lockWithOperators(trx, viewer.id)
  await closeUser(trx, viewer.id, at)
}

for (const [what, change, refused] of [
  ['a reset', reset, 'wrong_password'],
  ['a suspension', suspend, 'suspended'],
  ['a closing', close, 'wrong_password'],
] as const)
  test(`who signs in during ${what} stays out`, async () => {
    await using world = await start()
    const person = await world.people.signUp()
    const body = { email: person.email, password: person.password }
    const answer = await meanwhile(
      world,
      (trx) => change(trx, person, world.clock.now()),
      () => world.call(signIn, { body }),
    )
    assert.equal(refusedBy(answer), refused)
    assert.equal(await sessionsLeft(world, person), 0)
  })

test('an account that is closed during a sign-in keeps no session', async () => {
  await using world = await start()
  const person = await world.people.signUp()
  const { email, password } = person
  const held = await world.db.pool.connect()
  await held.query('begin')
  await held.query('select from people.user for update')
  const entering = world.call(signIn, { body: { email, password } })
  await untilWaiting(world, 1)
  const leaving = person.call(closeAccount, { body: { password } })
  await untilWaiting(world, 2)
  await held.query('commit')
  held.release()
  assert.deepEqual(await leaving, {})
  await entering
  assert.equal(await sessionsLeft(world, person), 0)
})

test('a password that is changed during a reset gives way to it', async () => {
  await using world = await start()
  const person = await world.people.signUp()
  const body = { current: person.password, next: 'what the thief wants' }
  const answer = await meanwhile(
    world,
    (trx) => reset(trx, person, world.clock.now()),
    () => person.call(changePassword, { body }),
  )
  assert.equal(refusedBy(answer), 'wrong_password')
  const { rows } = await world.db.pool.query('select password from people.credential')
  assert.deepEqual(rows, [{ password: 'of another password' }])
})

test('who claims the install and leaves it at one instant stays as its operator', async () => {
  await using world = await start()
  const { viewer, call, password } = await world.people.signUp()
  const answer = await meanwhile(
    world,
    async (trx) => {
      assert.ok(await recordClaim(trx, viewer.id, world.clock.now()))
      await setRole(trx, viewer.id, 'operator')
    },
    () => call(closeAccount, { body: { password } }),
  )
  assert.equal(refusedBy(answer), 'last_operator')
  const { rows } = await world.db.pool.query('select role from people.user')
  assert.deepEqual(rows, [{ role: 'operator' }])
})

test('of two operators who leave at one instant, one stays', async () => {
  await using world = await start()
  const [first, second] = [await world.people.claim(), await world.people.signUp()]
  await world.db.pool.query(`update people.user set role = 'operator' where id = $1`, [second.viewer.id])
  // Both are held where they look who else is there, and let go together.
  const held = await world.db.pool.connect()
  await held.query('begin')
  await held.query('select from people.user for update')
  const leaving = [first, second].map(({ call, password }) => call(closeAccount, { body: { password } }))
  await untilWaiting(world, 2)
  await held.query('commit')
  held.release()
  const answers = await Promise.all(leaving)
  assert.deepEqual(new Set(answers.map(refusedBy)), new Set(['last_operator', undefined]))
})
