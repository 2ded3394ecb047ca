import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isRefusal } from '#kernel/contract'
import { World, type World as TestWorld } from '../../test/world.ts'
import {
  claim,
  getClaimState,
  getMe,
  listUsers,
  makeResetLink,
  resetPassword,
  signIn,
  updateUser,
  type User,
} from './contract.ts'
import { openPeople } from './people.ts'
import { peopleRoom } from './room.ts'

const start = () =>
  World.start({ features: (deps) => [peopleRoom({ ...deps, people: openPeople(deps), personal: [] })] })

const refusedBy = (answer: object) => ('refused' in answer ? answer.refused : undefined)

const tokenIn = (words: string) => /\/([\w-]{43})$/.exec(words)?.[1] ?? assert.fail(`no token in ${words}`)

async function printedToken(world: TestWorld): Promise<string> {
  const [line = ''] = await world.app.greetings('http://house')
  assert.match(line, /http:\/\/house\/claim\/[\w-]{43}$/)
  return tokenIn(line)
}

async function assertSound(world: TestWorld): Promise<void> {
  const check = readFileSync(join(import.meta.dirname, 'migrations/20261124T1000_people.check.sql'), 'utf8')
  const answers = [await world.db.pool.query(check)].flat()
  assert.deepEqual(
    answers.flatMap(({ rows }: { rows: unknown[] }) => rows),
    [],
  )
}

test('the claim link makes one operator, and no more is printed', async () => {
  await using world = await start()
  const [earlier, token] = [await printedToken(world), await printedToken(world)]
  assert.deepEqual(await world.call(getClaimState, {}), { claimed: false })
  assert.equal(refusedBy(await world.call(claim, { body: { token } })), 'sign_in_first')
  const [ada, bob] = [await world.people.signUp('Ada'), await world.people.signUp('Bob')]
  const wrong = token.replace(/^./, (sign) => (sign === 'x' ? 'y' : 'x'))
  assert.equal(refusedBy(await ada.call(claim, { body: { token: wrong } })), 'dead_link')
  const claimed = await ada.call(claim, { body: { token: earlier } })
  assert.equal('role' in claimed && claimed.role, 'operator')
  assert.deepEqual(await world.call(getClaimState, {}), { claimed: true })
  for (const { call } of [ada, bob]) assert.equal(refusedBy(await call(claim, { body: { token } })), 'already_claimed')
  assert.deepEqual(await world.app.greetings('http://house'), [])
  const { rows } = await world.db.pool.query('select from people.link')
  assert.equal(rows.length, 0)
  await assertSound(world)
})

test('of many who open the claim link at once, one becomes the operator', async () => {
  await using world = await start()
  const token = await printedToken(world)
  const crowd = await Promise.all(Array.from({ length: 6 }, () => world.people.signUp()))
  const answers = await Promise.all(crowd.map(({ call }) => call(claim, { body: { token } })))
  assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 1)
  assert.equal(answers.filter((answer) => refusedBy(answer) === 'already_claimed').length, 5)
  const { rowCount } = await world.db.pool.query(`select from people.user where role = 'operator'`)
  assert.equal(rowCount, 1)
})

test('a claim link runs out, and its token is written down nowhere', async () => {
  await using world = await start()
  const token = await printedToken(world)
  const { rows } = await world.db.pool.query<{ link: string }>('select l::text as link from people.link l')
  assert.ok(rows.every(({ link }) => !link.includes(token)))
  world.clock.advance(7 * 86_400_000)
  const { call } = await world.people.signUp()
  assert.equal(refusedBy(await call(claim, { body: { token } })), 'dead_link')
})

test('the desk is closed to everybody else', async () => {
  await using world = await start()
  const { viewer } = await world.people.claim()
  const member = await world.people.signUp()
  for (const [call, refused] of [
    [member.call, 'operators_only'],
    [world.call, 'sign_in_first'],
  ] as const) {
    assert.equal(refusedBy(await call(listUsers, { query: {} })), refused)
    const params = { user: viewer.id }
    assert.equal(refusedBy(await call(updateUser, { params, body: { state: 'suspended' } })), refused)
    assert.equal(refusedBy(await call(makeResetLink, { params })), refused)
  }
})

async function usersOf(call: TestWorld['call'], query: { search?: string; after?: string } = {}) {
  const answer = await call(listUsers, { query })
  return isRefusal(answer) ? assert.fail(answer.detail) : answer
}

test('users are listed newest first, page by page, and searched', async () => {
  await using world = await start()
  const { viewer, call, cookie } = await world.people.claim('Olga')
  await world.db.pool.query(
    `insert into people.user (id, name, email, email_verified, created_at, updated_at)
     select ('0190a000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'User ' || n, 'u' || n || '@50%_.example', false, now(), now()
     from generate_series(1, 120) n`,
  )
  const names: string[] = []
  let after: string | undefined
  do {
    const page = await usersOf(call, after === undefined ? {} : { after })
    assert.equal(page.total, 121)
    names.push(...page.users.map(({ name }) => name))
    after = page.next
  } while (after)
  assert.deepEqual(names, ['Olga', ...Array.from({ length: 120 }, (_, at) => `User ${120 - at}`)])
  const found = async (search: string) => (await usersOf(call, { search })).users.map(({ name }) => name)
  assert.deepEqual(await found('OLG'), ['Olga'])
  assert.deepEqual(await found('u7@50%_'), ['User 7'])
  assert.deepEqual(await found('u7@50_%'), [], 'signs of patterns are signs')
  assert.deepEqual(await found(viewer.id.toUpperCase()), ['Olga'])
  assert.deepEqual(await found("'; drop schema people; --\\"), [])
  const broken = await fetch(`${world.url}/api/users?search=a%00b`, { headers: { cookie } })
  assert.equal(broken.status, 400, await broken.text())
})

test('a suspended user is out at once, cannot come in, and is restored as they were', async () => {
  await using world = await start()
  const operator = await world.people.claim()
  const { viewer, call, email, password, cookie } = await world.people.signUp()
  const params = { user: viewer.id }
  const state = async (wanted: 'active' | 'suspended') => {
    const changed = await operator.call(updateUser, { params, body: { state: wanted } })
    assert.equal((changed as User).state, wanted)
  }
  await state('suspended')
  assert.deepEqual(await call(getMe, {}), {})
  const refused = await fetch(`${world.url}/api/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  assert.equal(refused.status, 403)
  assert.deepEqual(refused.headers.getSetCookie(), [])
  const { rowCount } = await world.db.pool.query('select from people.session where user_id = $1', [viewer.id])
  assert.equal(rowCount, 0)
  await state('active')
  assert.ok(!isRefusal(await world.call(signIn, { body: { email, password } })))
  const old = await fetch(`${world.url}/api/me`, { headers: { cookie } })
  assert.equal(await old.text(), '{}', 'an ended session does not come back')
})

test('operators make operators, and the last one stays', async () => {
  await using world = await start()
  const [first, second] = [await world.people.claim(), await world.people.signUp()]
  const change = (by: typeof first, of: typeof first, body: { role?: 'member' | 'operator'; state?: 'suspended' }) =>
    by.call(updateUser, { params: { user: of.viewer.id }, body })
  assert.equal(refusedBy(await change(first, first, { role: 'member' })), 'last_operator')
  assert.equal(refusedBy(await change(first, first, { state: 'suspended' })), 'last_operator')
  await change(first, second, { role: 'operator' })
  const both = await Promise.all([
    change(first, second, { role: 'member' }),
    change(second, first, { state: 'suspended' }),
  ])
  assert.equal(both.filter((answer) => isRefusal(answer)).length, 1, 'of two who depose each other, one stays')
  await assertSound(world)
})

test('nobody and the closed cannot be changed', async () => {
  await using world = await start()
  const { call } = await world.people.claim()
  const gone = '01900000-0000-7000-8000-000000000001'
  await world.db.pool.query(
    `insert into people.user (id, name, email_verified, created_at, updated_at, closed_at) values ($1, '', false, now(), now(), now())`,
    [gone],
  )
  for (const [user, refused] of [
    ['01900000-0000-7000-8000-000000000002', 'unknown_user'],
    [gone, 'account_closed'],
  ] as const) {
    assert.equal(refusedBy(await call(updateUser, { params: { user }, body: { role: 'operator' } })), refused)
    assert.equal(refusedBy(await call(makeResetLink, { params: { user } })), refused)
  }
})

test('a reset link sets a password once and ends all sessions', async () => {
  await using world = await start()
  const operator = await world.people.claim()
  const { viewer, call, email, password } = await world.people.signUp()
  const link = async () => {
    const made = await operator.call(makeResetLink, { params: { user: viewer.id } })
    if (isRefusal(made)) return assert.fail(made.detail)
    assert.match(made.path, /^\/reset\//)
    return tokenIn(made.path)
  }
  const [unused, token] = [await link(), await link()]
  const next = 'another long password'
  const body = { token, password: next }
  const answers = await Promise.all(Array.from({ length: 4 }, () => world.call(resetPassword, { body })))
  assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 1, 'once, however many at once')
  assert.equal(refusedBy(await world.call(resetPassword, { body: { token: unused, password: next } })), 'dead_link')
  assert.deepEqual(await call(getMe, {}), {})
  assert.equal(refusedBy(await world.call(signIn, { body: { email, password } })), 'wrong_password')
  assert.ok(!isRefusal(await world.call(signIn, { body: { email, password: next } })))
  const late = await link()
  world.clock.advance(86_400_000)
  assert.equal(refusedBy(await world.call(resetPassword, { body: { token: late, password: next } })), 'dead_link')
})

test('a claim link resets nothing, and a reset link claims nothing', async () => {
  await using world = await start()
  const token = await printedToken(world)
  const password = 'another long password'
  assert.equal(refusedBy(await world.call(resetPassword, { body: { token, password } })), 'dead_link')
  assert.equal(await printedToken(world).then((next) => next.length), 43)
})
