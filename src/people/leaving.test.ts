import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '#kernel/contract'
import { createLog } from '#platform'
import { World } from '../../test/world.ts'
import { eraseLeftOver } from './closing.ts'
import { closeAccount, exportMine, getMe, signIn, signUp, updateMe } from './contract.ts'
import { openPeople, type People } from './people.ts'
import type { Json, Personal } from './personal.ts'
import { peopleRoom } from './room.ts'

/** A room that keeps one note of each person, and refuses to let go of it while told so. */
function notebook(room = 'notebook') {
  const notes = new Map<string, Json>()
  const state = { erasing: 'works' as 'works' | 'fails' }
  const personal: Personal = {
    room,
    export: async (user) => notes.get(user) ?? null,
    erase: async (user) => {
      if (state.erasing === 'fails') throw new Error('the notebook is locked')
      notes.delete(user)
    },
  }
  return { notes, state, personal }
}

async function start(personal: readonly Personal[] = []) {
  let people: People | undefined
  const world = await World.start({
    features: (deps) => {
      people = openPeople(deps)
      return [peopleRoom({ ...deps, people, personal })]
    },
  })
  return Object.assign(world, { door: people ?? assert.fail('no door') })
}

const refusedBy = (answer: object) => ('refused' in answer ? answer.refused : undefined)

test('a name is changed by its owner, and shown to others', async () => {
  await using world = await start()
  const { viewer, call } = await world.people.signUp('Ada')
  const changed = await call(updateMe, { body: { name: '  Ada Lovelace ' } })
  assert.equal('name' in changed && changed.name, 'Ada Lovelace')
  assert.deepEqual([...(await world.door.names([viewer.id, viewer.id]))], [[viewer.id, 'Ada Lovelace']])
  assert.equal(refusedBy(await world.call(updateMe, { body: { name: 'Nobody' } })), 'sign_in_first')
})

test('people take with them what every room keeps of them', async () => {
  const { notes, personal } = notebook()
  await using world = await start([notebook('empty').personal, personal])
  const { viewer, call } = await world.people.signUp('Ada')
  notes.set(viewer.id, { pages: ['one'], amount: '12' })
  const exported = await call(exportMine, {})
  if (isRefusal(exported)) return assert.fail(exported.detail)
  assert.deepEqual(exported.rooms['notebook'], { pages: ['one'], amount: '12' })
  assert.deepEqual(Object.keys(exported.rooms), ['people', 'notebook'], 'what knows nothing is not named')
  assert.match(
    JSON.stringify(exported.rooms['people']),
    /"name":"Ada".*"email":"person-1@example.org".*"device":"node"/,
  )
  assert.doesNotMatch(JSON.stringify(exported), /password|token/)
  for (let n = 0; n < 4; n++) assert.ok(!isRefusal(await call(exportMine, {})))
  assert.equal(refusedBy(await call(exportMine, {})), 'too_many')
})

test('a process makes one export after the other', async () => {
  let [making, most] = [0, 0]
  const heavy: Personal = {
    room: 'heavy',
    export: async () => {
      most = Math.max(most, ++making)
      for (let look = 0; look < 3; look++) await world.db.pool.query('select 1')
      making--
      return 'all'
    },
    erase: async () => undefined,
  }
  await using world = await start([heavy])
  const everyone = await Promise.all(Array.from({ length: 4 }, () => world.people.signUp()))
  const exported = await Promise.all(everyone.map(({ call }) => call(exportMine, {})))
  assert.deepEqual([exported.filter((each) => !isRefusal(each)).length, most], [4, 1])
})

test('a closed account is nobody, at once and everywhere, and its id stays', async () => {
  const { notes, personal } = notebook()
  await using world = await start([personal])
  const { viewer, call, email, password, cookie } = await world.people.signUp('Ada')
  notes.set(viewer.id, 'a note')
  assert.equal(refusedBy(await call(closeAccount, { body: { password: 'not it' } })), 'wrong_password')
  assert.equal(await world.door.isClosed(viewer.id), false)
  assert.deepEqual(await call(closeAccount, { body: { password } }), {})
  assert.equal(await world.door.isClosed(viewer.id), true)
  assert.equal(await world.door.viewer(new Headers({ cookie })), undefined)
  assert.deepEqual(await call(getMe, {}), {})
  assert.equal(refusedBy(await world.call(signIn, { body: { email, password } })), 'wrong_password')
  assert.equal((await world.door.names([viewer.id])).get(viewer.id), 'Closed account')
  assert.equal(notes.size, 0)
  const { rows } = await world.db.pool.query<{ dump: string }>(
    `select string_agg(t.row, '') as dump from (
      select u::text as row from people.user u union all select s::text from people.session s
      union all select c::text from people.credential c union all select a::text from people.attempt a) t`,
  )
  assert.doesNotMatch(rows[0]?.dump ?? '', /Ada|person-1/)
  assert.equal(refusedBy(await call(closeAccount, { body: { password } })), 'sign_in_first')
})

test('the same e-mail comes back as somebody new', async () => {
  await using world = await start()
  const { viewer, call, email, password } = await world.people.signUp()
  await call(closeAccount, { body: { password } })
  const again = await world.call(signUp, { body: { name: 'Ada', email, password } })
  if (isRefusal(again)) return assert.fail(again.detail)
  assert.notEqual(again.id, viewer.id)
})

test('what a room could not erase is erased later, and the others do not wait for it', async () => {
  const [locked, open] = [notebook(), notebook()]
  const parts = [locked.personal, open.personal]
  await using world = await start(parts)
  const { viewer, call, password } = await world.people.signUp()
  for (const { notes } of [locked, open]) notes.set(viewer.id, 'a note')
  locked.state.erasing = 'fails'
  assert.deepEqual(await call(closeAccount, { body: { password } }), {})
  assert.deepEqual([locked.notes.size, open.notes.size], [1, 0])
  const closing = { db: world.db, clock: world.clock, log: createLog({ level: 'silent' }), personal: parts }
  const erased = async () => (await world.db.pool.query('select from people.user where erased_at is not null')).rowCount
  await eraseLeftOver(closing, new AbortController().signal)
  assert.equal(await erased(), 0)
  locked.state.erasing = 'works'
  await eraseLeftOver(closing, new AbortController().signal)
  assert.equal(locked.notes.size, 0)
  assert.equal(await erased(), 1)
})

test('what was on its way when somebody closed the account is erased a minute later, and then no more', async () => {
  const book = notebook()
  await using world = await start([book.personal])
  const { viewer, call, password } = await world.people.signUp()
  assert.deepEqual(await call(closeAccount, { body: { password } }), {})
  const closing = { db: world.db, clock: world.clock, log: createLog({ level: 'silent' }), personal: [book.personal] }
  const later = async (ms: number) => {
    book.notes.set(viewer.id, 'a note')
    world.clock.advance(ms)
    await eraseLeftOver(closing, new AbortController().signal)
    return book.notes.size
  }
  assert.deepEqual([await later(61_000), await later(61_000)], [0, 1])
})

test('the only operator stays', async () => {
  await using world = await start()
  const { viewer, call, password } = await world.people.claim()
  assert.equal(viewer.role, 'operator')
  assert.equal(refusedBy(await call(closeAccount, { body: { password } })), 'last_operator')
})

test('a session that outlived its user’s standing is nobody’s', async () => {
  await using world = await start()
  for (const change of ['suspended_at = now()', `closed_at = now(), email = null, name = '', suspended_at = null`]) {
    const { viewer, cookie } = await world.people.signUp()
    const headers = new Headers({ cookie })
    assert.equal((await world.door.viewer(headers))?.id, viewer.id)
    await world.db.pool.query(`update people.user set ${change} where id = $1`, [viewer.id])
    assert.equal(await world.door.viewer(headers), undefined, change)
  }
})
