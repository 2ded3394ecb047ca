import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '#kernel/contract'
import { World, type World as TestWorld } from '../../test/world.ts'
import { createAttempts } from './attempts.ts'
import { changePassword, endSessions, getMe, listSessions, endSession, signIn, signOut, signUp } from './contract.ts'
import { openPeople } from './people.ts'
import { peopleRoom } from './room.ts'
import { signUpLimits } from './rules.ts'

const start = (options: { publicUrl?: string } = {}) =>
  World.start({
    features: (deps) => {
      const house = { ...deps, publicUrl: options.publicUrl }
      return [peopleRoom({ ...house, people: openPeople(house), personal: [] })]
    },
  })

const ada = { name: 'Ada', email: 'ada@example.org', password: 'a long password' }

/** What a browser would send, and the whole response. */
function send(world: TestWorld, path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(world.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

const refusedBy = (answer: object) => ('refused' in answer ? answer.refused : undefined)

test('who signs up is signed in, and only the cookie says so', async () => {
  await using world = await start()
  const response = await send(world, '/api/auth/sign-up', ada, { 'user-agent': 'a browser' })
  const told = await response.text()
  assert.equal(response.status, 200, told)
  const cookies = response.headers.getSetCookie()
  assert.equal(cookies.length, 1)
  assert.match(cookies[0] ?? '', /^bottega_session=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
  const cookie = cookies[0]?.split(';')[0] ?? ''
  const token = decodeURIComponent(cookie).split('=')[1]?.split('.')[0] ?? ''
  assert.ok(!told.includes(token), 'scripts cannot read the session')
  const me = await (await fetch(`${world.url}/api/me`, { headers: { cookie } })).json()
  assert.deepEqual(me, { me: JSON.parse(told) as unknown })
  assert.deepEqual(await world.call(getMe, {}), {})
})

test('where people come by https the cookie is Secure', async () => {
  await using world = await start({ publicUrl: 'https://bottega.example' })
  const response = await send(world, '/api/auth/sign-up', ada)
  const [cookie] = response.headers.getSetCookie()
  assert.match(cookie ?? '', /^__Secure-bottega_session=.*; Secure;/)
  const sent = { cookie: cookie?.split(';')[0] ?? '' }
  assert.match(await (await fetch(`${world.url}/api/me`, { headers: sent })).text(), /ada@example/)
})

test('an e-mail has one account, however it is written', async () => {
  await using world = await start()
  await send(world, '/api/auth/sign-up', ada)
  const again = await world.call(signUp, { body: { ...ada, email: ' ADA@Example.org ' } })
  assert.equal(refusedBy(again), 'email_taken')
  assert.ok(!isRefusal(await world.call(signIn, { body: { email: 'Ada@example.org', password: ada.password } })))
})

test('of many who take one e-mail at once, one gets it', async () => {
  await using world = await start()
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.call(signUp, { body: ada })))
  assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 1)
  assert.equal(answers.filter((answer) => refusedBy(answer) === 'email_taken').length, 7)
})

test('a wrong password and an unknown e-mail are refused alike', async () => {
  await using world = await start()
  await world.people.signUp()
  const wrong = await world.call(signIn, { body: { email: 'person-1@example.org', password: 'not it' } })
  const unknown = await world.call(signIn, { body: { email: 'nobody@example.org', password: 'not it' } })
  const long = await world.call(signIn, { body: { email: 'person-1@example.org', password: 'x'.repeat(1000) } })
  assert.equal(refusedBy(wrong), 'wrong_password')
  assert.deepEqual(unknown, wrong)
  assert.deepEqual(long, wrong)
})

test('a refused sign-in sets no cookie, and no account without its shape is made', async () => {
  await using world = await start()
  const refused = await send(world, '/api/auth/sign-in', ada)
  assert.equal(refused.status, 401)
  assert.deepEqual(refused.headers.getSetCookie(), [])
  for (const wrong of [
    { password: 'short' },
    { password: 'x'.repeat(129) },
    { email: 'no address' },
    { name: ' ' },
    { name: 'two\nlines' },
    { name: 'x'.repeat(61) },
    { name: '\u202e' + 'x'.repeat(61) },
  ])
    assert.equal((await send(world, '/api/auth/sign-up', { ...ada, ...wrong })).status, 400, JSON.stringify(wrong))
  assert.equal((await send(world, '/api/auth/sign-up', { ...ada, role: 'operator' })).status, 200)
  assert.deepEqual((await world.db.pool.query('select role from people.user')).rows, [{ role: 'member' }])
})

test('guessing is slow: five for one account from one place, then not even the right password', async () => {
  await using world = await start()
  const { email, password } = await world.people.signUp()
  const guess = (word: string, address: string) =>
    send(world, '/api/auth/sign-in', { email, password: word }, { 'x-forwarded-for': address })
  const guesses = await Promise.all(Array.from({ length: 20 }, () => guess('wrong', '192.0.2.7')))
  assert.equal(guesses.filter(({ status }) => status === 401).length, 5, 'racers are counted too')
  const right = await guess(password, '192.0.2.7')
  assert.equal(right.status, 429)
  assert.match(await right.text(), /Try again in 10 minutes/)
  assert.equal((await guess(password, '192.0.2.8')).status, 200, 'elsewhere its owner still comes in')
  world.clock.advance(10 * 60_000)
  assert.equal((await guess(password, '192.0.2.7')).status, 200)
})

test('who signs in rightly is not counted', async () => {
  await using world = await start()
  const { email, password } = await world.people.signUp()
  for (let n = 0; n < 6; n++) assert.ok(!isRefusal(await world.call(signIn, { body: { email, password } })))
})

test('a place makes twenty accounts an hour', async () => {
  await using world = await start()
  const attempts = createAttempts(world)
  for (let n = 0; n < 20; n++) await attempts.count(signUpLimits('127.0.0.1'))
  assert.equal(refusedBy(await world.call(signUp, { body: ada })), 'too_many')
  world.clock.advance(3_600_000)
  assert.ok(!isRefusal(await world.call(signUp, { body: ada })))
})

test('a cookie that is forged, cut, foreign or malformed is nobody', async () => {
  await using world = await start()
  const { cookie } = await world.people.signUp()
  const [name = '', value = ''] = cookie.split('=')
  const [token = '', signature = ''] = decodeURIComponent(value).split('.')
  const other = token.replace(/^./, (sign) => (sign === 'x' ? 'y' : 'x'))
  const forged = [
    token,
    `${token}.`,
    `${other}.${signature}`,
    `${token}.${'A'.repeat(43)}=`,
    `${token}.${signature.slice(0, -2)}`,
    `${token}.${signature}.${signature}`,
    '%',
    '%E0%A4%A',
    `' or 1=1 --.${signature}`,
  ]
  const meOf = async (sent: string) => (await fetch(`${world.url}/api/me`, { headers: { cookie: sent } })).text()
  for (const each of forged) assert.equal(await meOf(`${name}=${each}`), '{}', each)
  assert.equal(await meOf(`other_${cookie}`), '{}')
  assert.match(await meOf(`a=b; ${cookie}; c=d`), /person-1/)
})

test('another secret signs other cookies', async () => {
  await using world = await start()
  const { cookie } = await world.people.signUp()
  const foreign = openPeople({
    db: world.db,
    clock: world.clock,
    secret: { keyFor: () => Buffer.alloc(32, 7) },
    publicUrl: undefined,
  })
  assert.equal(await foreign.viewer(new Headers({ cookie })), undefined)
})

test('a page of another site can do nothing with the cookie', async () => {
  await using world = await start()
  const { cookie, email, password } = await world.people.signUp()
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    const out = await send(world, '/api/auth/sign-out', {}, { cookie, ...headers })
    assert.equal(out.status, 403)
    assert.equal((await send(world, '/api/auth/sign-in', { email, password }, headers)).status, 403)
  }
  const form = await send(world, '/api/auth/sign-in', {}, { 'content-type': 'application/x-www-form-urlencoded' })
  assert.equal(form.status, 415)
  assert.equal((await send(world, '/api/auth/sign-out', {}, { cookie, origin: world.url })).status, 200)
})

test('a session ends after thirty days', async () => {
  await using world = await start()
  const { call } = await world.people.signUp()
  world.clock.advance(30 * 86_400_000 - 1)
  assert.ok('me' in (await call(getMe, {})))
  world.clock.advance(1)
  assert.deepEqual(await call(getMe, {}), {})
  assert.equal(refusedBy(await call(listSessions, {})), 'sign_in_first')
})

test('signing out ends the session and not only the cookie', async () => {
  await using world = await start()
  const person = await world.people.signUp()
  const kept = person.cookie
  await person.call(signOut, {})
  assert.equal(person.cookie, 'bottega_session=')
  const response = await fetch(`${world.url}/api/me`, { headers: { cookie: kept } })
  assert.equal(await response.text(), '{}')
})

test('sessions are seen, ended one by one, and everywhere at once', async () => {
  await using world = await start()
  const { viewer, call, email, password, cookie } = await world.people.signUp()
  world.clock.advance(1000)
  await send(world, '/api/auth/sign-in', { email, password }, { 'user-agent': 'a phone' })
  const stranger = await world.people.signUp()
  const listed = await call(listSessions, {})
  if (isRefusal(listed)) return assert.fail(listed.detail)
  assert.deepEqual(
    listed.sessions.map(({ current, device, address }) => [current, device, address]),
    [
      [false, 'a phone', '127.0.0.1'],
      [true, 'node', '10.0.0.1'],
    ],
  )
  const params = { session: listed.sessions[0]?.id ?? '' }
  assert.equal(refusedBy(await stranger.call(endSession, { params })), 'unknown_session')
  assert.deepEqual(await call(endSession, { params }), {})
  assert.equal(refusedBy(await call(endSession, { params })), 'unknown_session')
  await send(world, '/api/auth/sign-in', { email, password })
  await call(endSessions, {})
  const { rowCount } = await world.db.pool.query('select from people.session where user_id = $1', [viewer.id])
  assert.equal(rowCount, 0)
  assert.equal(await (await fetch(`${world.url}/api/me`, { headers: { cookie } })).text(), '{}')
})

test('a new password ends every other session, and guessing the old one is limited', async () => {
  await using world = await start()
  const { call, email, password } = await world.people.signUp()
  const phone = await send(world, '/api/auth/sign-in', { email, password })
  const cookie = phone.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const next = 'another long password'
  assert.deepEqual(await call(changePassword, { body: { current: password, next } }), {})
  assert.ok('me' in (await call(getMe, {})))
  assert.equal(await (await fetch(`${world.url}/api/me`, { headers: { cookie } })).text(), '{}')
  assert.equal(refusedBy(await world.call(signIn, { body: { email, password } })), 'wrong_password')
  assert.ok(!isRefusal(await world.call(signIn, { body: { email, password: next } })))
  const guesses = await Promise.all(
    Array.from({ length: 8 }, () => call(changePassword, { body: { current: 'wrong', next } })),
  )
  assert.equal(guesses.filter((answer) => refusedBy(answer) === 'wrong_password').length, 5)
  assert.equal(refusedBy(await call(changePassword, { body: { current: next, next } })), 'too_many')
})
