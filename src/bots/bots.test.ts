import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, uuidv7, type Refusal, type Uuid } from '#kernel'
import { botsPersonal, botsRoom, openBots, seedDemo, type Bots } from '#bots'
import { openPeople, peopleRoom } from '#people'
import { World } from '../../test/world.ts'
import * as contract from './contract.ts'
import { demoCreators, type DemoPeople } from './demo.ts'
import { sumUses } from './store/catalogue.ts'

type Offers = (model: string) => Promise<boolean>

async function house(offers: Offers = (model) => Promise.resolve(!model.startsWith('nobody/'))) {
  let bots: Bots | undefined
  const world = await World.start({
    features: (deps) => {
      const people = openPeople(deps)
      bots = openBots({ ...deps, people, offers })
      return [peopleRoom({ ...deps, people, personal: [botsPersonal(deps)] }), botsRoom({ ...deps, bots, people })]
    },
  })
  assert(bots)
  return { world, bots, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

const sheet: contract.Sheet = {
  name: 'Poet',
  tagline: 'Rhymes on demand.',
  description: '',
  kind: 'prompt',
  model: 'sandbox/plain',
  systemPrompt: 'You are a poet.',
  greeting: '',
  suggestions: [],
  tags: ['verse', 'fun'],
  language: 'en',
  maxOutputTokens: 500,
  temperature: 0.9,
}

const newBot = (handle: string, more: Partial<contract.Sheet> = {}) => ({
  body: { id: uuidv7(), handle, sheet: { ...sheet, ...more }, usdPerThousand: 2_500_000n, owner: 'me' as const },
})

function well<Answer>(answer: Answer): Exclude<Answer, Refusal> {
  if (isRefusal(answer)) assert.fail(answer.detail)
  return answer as Exclude<Answer, Refusal>
}

const refusedBy = (answer: object | undefined) => (answer && 'refused' in answer ? answer.refused : undefined)

const everything = { sort: 'match', limit: 24 } as const

test('a bot is made once, priced, published, found, and run at its price', async () => {
  await using open = await house()
  const { world, bots } = open
  const ada = await world.people.signUp('Ada')
  const asked = newBot('Poet-1')
  const made = well(await ada.call(contract.createBot, asked))
  assert.deepEqual(await ada.call(contract.createBot, asked), made, 'a double click makes one bot')
  assert.equal(made.handle, 'poet-1')
  assert.deepEqual(made.sheet, sheet)
  const stranger = await world.people.signUp()
  const [forStranger] = await bots.runnable([{ bot: made.id as Uuid }], stranger.viewer.id)
  assert.equal(refusedBy(forStranger), 'unknown_bot')
  const [draft] = await bots.runnable([{ bot: made.id as Uuid }], ada.viewer.id)
  assert.ok(draft && !isRefusal(draft), 'a creator talks to a draft')
  well(await ada.call(contract.setVisibility, { params: { bot: made.id }, body: { visibility: 'public' } }))
  const found = well(await world.call(contract.searchBots, { query: { ...everything, q: 'poe' } }))
  assert.deepEqual(
    found.items.map(({ handle, creator }) => [handle, creator?.name]),
    [['poet-1', 'Ada']],
  )
  const [run] = await bots.runnable([{ bot: made.id as Uuid }], stranger.viewer.id)
  assert.ok(run && !isRefusal(run))
  assert.deepEqual(
    [run.version, run.price.version, run.price.usdPerThousand.minor, run.temperature, run.creator],
    [1, 1, 2_500_000n, 0.9, ada.viewer.id],
  )
})

test('each save is a version, a stale one is refused, and the same again changes nothing', async () => {
  await using open = await house()
  const { call } = await open.world.people.signUp()
  const { id } = well(await call(contract.createBot, newBot('poet')))
  const save = (basedOn: number, name: string) =>
    call(contract.saveBot, { params: { bot: id }, body: { basedOn, sheet: { ...sheet, name } } })
  assert.equal(well(await save(1, 'Second')).version, 2)
  assert.equal(well(await save(1, 'Second')).version, 2, 'the same save again, such as after a lost answer')
  assert.equal(refusedBy(await save(1, 'Third')), 'changed_meanwhile')
  const both = await Promise.all([save(2, 'Left'), save(2, 'Right')])
  assert.deepEqual(new Set(both.map(refusedBy)), new Set(['changed_meanwhile', undefined]))
  const { items } = well(await call(contract.listVersions, { params: { bot: id } }))
  assert.deepEqual(
    items.map(({ version }) => version),
    [3, 2, 1],
  )
  await assert.rejects(open.world.db.pool.query("update bots.version set name = 'x'"), /never changes/)
  await assert.rejects(open.world.db.pool.query('delete from bots.price'), /never changes/)
})

test('what differs from the first request of its id is refused by name, and the same is answered however it comes', async () => {
  await using open = await house()
  const { call } = await open.world.people.signUp()
  const asked = newBot('poet')
  const again = (body: Partial<typeof asked.body>) => call(contract.createBot, { body: { ...asked.body, ...body } })
  const pressed = await Promise.all([again({}), again({}), again({}), again({})])
  const [made] = pressed.map(well)
  assert.ok(made)
  for (const answer of pressed) assert.deepEqual(answer, made)
  assert.equal(refusedBy(await again({ usdPerThousand: 3_000_000n })), 'made_already')
  assert.equal(refusedBy(await again({ sheet: { ...sheet, systemPrompt: 'You are a better poet.' } })), 'made_already')
  assert.equal(refusedBy(await again({ handle: 'poet-2' })), 'made_already')
  const moved = { params: { bot: made.id }, body: { usdPerThousand: 3_000_000n } }
  well(await call(contract.setPrice, moved))
  assert.equal(well(await again({})).price.usdPerThousand, 3_000_000n, 'the bot as it is now')
  const id = uuidv7()
  const [one, other] = await Promise.all([again({ id, handle: 'bard' }), again({ id, handle: 'scald' })])
  assert.deepEqual(new Set([refusedBy(one), refusedBy(other)]), new Set(['made_already', undefined]))
})

test('saves that ask for another model hold no connection while they wait for the answer', async () => {
  let offers: Offers = () => Promise.resolve(true)
  await using open = await house((model) => offers(model))
  const { world, bots } = open
  const { viewer } = await world.people.signUp()
  const saves = world.db.pool.options.max
  const ids = Array.from({ length: saves }, () => uuidv7())
  for (const [at, id] of ids.entries())
    well(await bots.studio.create({ id, handle: `poet-${at}`, sheet, usdPerThousand: 0n, creator: viewer.id }))
  const everybodyAsked = Promise.withResolvers<void>()
  let asked = 0
  offers = async () => {
    if (++asked === saves) everybodyAsked.resolve()
    await everybodyAsked.promise
    return (await world.db.pool.query('select 1')).rowCount === 1
  }
  const changed = { ...sheet, model: 'sandbox/markdown' }
  const saved = await Promise.all(ids.map((id) => bots.studio.save(viewer, id, { basedOn: 1, sheet: changed })))
  assert.deepEqual(new Set(saved.map((bot) => well(bot).version)), new Set([2]))
})

test('a model that is no longer offered may stay, and not be chosen', async () => {
  let isOffered = true
  await using open = await house(() => Promise.resolve(isOffered))
  const { call } = await open.world.people.signUp()
  const { id } = well(await call(contract.createBot, newBot('poet')))
  const save = (basedOn: number, more: Partial<contract.Sheet>) =>
    call(contract.saveBot, { params: { bot: id }, body: { basedOn, sheet: { ...sheet, ...more } } })
  isOffered = false
  assert.equal(well(await save(1, { name: 'Second' })).version, 2)
  assert.equal(refusedBy(await save(2, { model: 'sandbox/markdown' })), 'model_needed')
  assert.equal(refusedBy(await save(1, { model: 'sandbox/markdown' })), 'changed_meanwhile')
})

test('a bot that was made is answered again though its model is offered no more, and another one is not made', async () => {
  let isOffered = true
  await using open = await house(() => Promise.resolve(isOffered))
  const { call } = await open.world.people.signUp()
  const asked = newBot('poet')
  const made = well(await call(contract.createBot, asked))
  isOffered = false
  assert.deepEqual(await call(contract.createBot, asked), made)
  const moved = { body: { ...asked.body, usdPerThousand: 0n } }
  assert.equal(refusedBy(await call(contract.createBot, moved)), 'made_already')
  assert.equal(refusedBy(await call(contract.createBot, newBot('bard'))), 'model_needed')
})

test('a price is in force at once, keeps its history, and one message is exact', async () => {
  await using open = await house()
  const { world, bots } = open
  const { call, viewer } = await world.people.signUp()
  const { id } = well(await call(contract.createBot, newBot('poet')))
  const set = (usdPerThousand: bigint) =>
    call(contract.setPrice, { params: { bot: id }, body: { usdPerThousand } }).catch((fault: unknown) => fault)
  for (const wrong of [-1_000n, 1n, 999n, 10_000_001_000n])
    await assert.rejects(async () => {
      const answer = await set(wrong)
      throw answer
    })
  world.clock.advance(60_000)
  await set(10_000_000_000n)
  await set(0n)
  await set(0n)
  const [run] = await bots.runnable([{ bot: id as Uuid }], viewer.id)
  assert.ok(run && !isRefusal(run) && run.price.version === 3 && run.price.usdPerThousand.minor === 0n)
  const page = well(await call(contract.getBot, { params: { handle: 'poet' }, query: {} }))
  assert.deepEqual(
    page.prices.map((price) => price.usdPerThousand),
    [0n, 10_000_000_000n, 2_500_000n],
  )
  assert.equal(page.prices.at(-2)?.at, world.clock.now().toISOString())
})

test('a link opens a private bot, and renewing it shows everybody out', async () => {
  await using open = await house()
  const { world, bots } = open
  const [ada, bob] = [await world.people.signUp(), await world.people.signUp()]
  const { id } = well(await ada.call(contract.createBot, newBot('poet')))
  const to = (visibility: contract.Visibility) =>
    ada.call(contract.setVisibility, { params: { bot: id }, body: { visibility } })
  const { link } = well(await to('private'))
  const visit = (query: { link?: string }) => bob.call(contract.getBot, { params: { handle: 'poet' }, query })
  const runs = async () => refusedBy((await bots.runnable([{ bot: id as Uuid }], bob.viewer.id))[0])
  assert.equal(refusedBy(await visit({})), 'unknown_bot')
  assert.equal(refusedBy(await visit({ link: 'wrong' })), 'unknown_bot')
  assert.equal(await runs(), 'unknown_bot')
  assert.equal(well(await visit({ link })).bot.handle, 'poet')
  assert.equal(await runs(), undefined)
  assert.equal(refusedBy(await visit({})), undefined, 'who came by the link comes again without it')
  well(await ada.call(contract.renewLink, { params: { bot: id } }))
  assert.equal(await runs(), 'unknown_bot')
  assert.equal(refusedBy(await visit({ link })), 'unknown_bot')
  await to('withdrawn')
  assert.equal(await runs(), 'bot_withdrawn')
  assert.equal((await bots.names([id as Uuid])).get(id as Uuid)?.name, 'Poet')
  await to('public')
  assert.equal(await runs(), undefined)
})

test('nobody touches another’s bot, and handles are forever', async () => {
  await using open = await house()
  const { world } = open
  const [ada, bob, olga] = [await world.people.signUp(), await world.people.signUp(), await world.people.claim()]
  const { id } = well(await ada.call(contract.createBot, newBot('poet')))
  const params = { bot: id }
  for (const { call } of [bob, olga]) {
    const answers = await Promise.all([
      call(contract.getMyBot, { params }),
      call(contract.saveBot, { params, body: { basedOn: 1, sheet } }),
      call(contract.setPrice, { params, body: { usdPerThousand: 0n } }),
      call(contract.setVisibility, { params, body: { visibility: 'withdrawn' } }),
      call(contract.renewLink, { params }),
      call(contract.listVersions, { params }),
    ])
    assert.deepEqual(new Set(answers.map(refusedBy)), new Set(['unknown_bot']))
  }
  well(await ada.call(contract.setVisibility, { params, body: { visibility: 'withdrawn' } }))
  assert.equal(refusedBy(await bob.call(contract.createBot, newBot('POET'))), 'handle_taken')
  assert.equal(refusedBy(await bob.call(contract.createBot, newBot('admin'))), 'handle_reserved')
  assert.equal(refusedBy(await bob.call(contract.createBot, newBot('poet-2', { model: 'nobody/x' }))), 'model_needed')
  assert.equal(refusedBy(await bob.call(contract.createBot, newBot('poet-2', { model: null }))), 'model_needed')
  const ours = { body: { ...newBot('poet-3').body, owner: 'house' as const } }
  assert.equal(refusedBy(await bob.call(contract.createBot, ours)), 'operators_only')
  assert.equal(well(await olga.call(contract.createBot, ours)).handle, 'poet-3')
  assert.deepEqual(well(await bob.call(contract.checkHandle, { params: { handle: 'poet' } })), {
    free: false,
    words: '@poet is another bot’s.',
    suggestion: 'poet-2',
  })
  const short = well(await bob.call(contract.checkHandle, { params: { handle: 'p' } }))
  assert.match(short.words, /at least 3/)
})

test('bad sheets are refused in words', async () => {
  await using open = await house()
  const { cookie } = await open.world.people.signUp()
  const issuesOf = async (more: object) => {
    const { body } = newBot('poet')
    const wire = { ...body, usdPerThousand: '0', sheet: { ...sheet, ...more } }
    const response = await fetch(`${open.world.url}/api/studio/bots`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(wire),
    })
    assert.equal(response.status, 400)
    const { issues } = (await response.json()) as { issues: { path: string; message: string }[] }
    return issues.map(({ message }) => message).join(' ')
  }
  assert.match(await issuesOf({ name: '   ' }), /A name is needed/)
  assert.match(await issuesOf({ name: 'x'.repeat(51) }), /at most 50 characters/)
  assert.match(await issuesOf({ systemPrompt: 'x'.repeat(32_001) }), /at most 32,000 characters/)
  assert.match(await issuesOf({ tagline: 'a\u0000b' }), /cannot be shown/)
  assert.match(await issuesOf({ tagline: 'a\ud800b' }), /cannot be shown/)
  assert.match(await issuesOf({ tags: ['a', 'b', 'c', 'd', 'e', 'f'] }), /at most 5 tags/)
  assert.match(await issuesOf({ temperature: 3 }), /between 0 and 2/)
})

test('the catalogue pages in every order without repeating or skipping', async () => {
  await using open = await house()
  const { world, bots } = open
  const creators = await Promise.all(demoCreators.map((name) => world.people.signUp(name)))
  const people = Object.fromEntries(creators.map(({ viewer }) => [viewer.name, viewer.id])) as DemoPeople
  await seedDemo(bots, people)
  await seedDemo(bots, people)
  const all = well(await world.call(contract.searchBots, { query: { ...everything, limit: 60 } }))
  assert.ok(all.items.length >= 13)
  await bots.recordUse(all.items[5]?.id as Uuid, 7)
  await world.db.pool.query('update bots.bot set uses = (random() * 3)::int')
  for (const sort of contract.sorts) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = { sort, limit: 3, cursor, ...(sort === 'match' ? { q: 'you a the' } : {}) }
      const page = well(await world.call(contract.searchBots, { query }))
      seen.push(...page.items.map(({ handle }) => handle))
      cursor = page.next ?? undefined
    } while (cursor)
    assert.equal(new Set(seen).size, seen.length, sort)
    if (sort !== 'match') assert.equal(seen.length, all.items.length, sort)
  }
  const bad = await world.call(contract.searchBots, { query: { ...everything, cursor: 'bm9uc2Vuc2U' } })
  assert.equal(refusedBy(bad), 'bad_cursor')
  const handles = async (query: object) =>
    well(await world.call(contract.searchBots, { query: { ...everything, ...query } })).items.map(
      ({ handle }) => handle,
    )
  assert.deepEqual(await handles({ q: '敬語' }), ['keigo-desk'])
  assert.deepEqual(await handles({ q: '古诗' }), ['yu-xiaoxue'])
  assert.deepEqual(await handles({ q: 'refrigerateur frigo' }), [])
  assert.deepEqual(await handles({ tag: 'sql' }), ['sql-mentor'])
  assert.ok((await handles({ language: 'fr' })).includes('chef-des-restes'))
  const shelves = well(await world.call(contract.listShelves, {}))
  assert.ok(shelves.tags.some(({ tag, bots: count }) => tag === 'everyday' && count >= 2))
})

test('uses are summed up by the job, and a closed account takes its words along', async () => {
  await using open = await house()
  const { world, bots } = open
  const ada = await world.people.signUp()
  const { id } = well(await ada.call(contract.createBot, newBot('poet')))
  well(await ada.call(contract.setVisibility, { params: { bot: id }, body: { visibility: 'public' } }))
  await bots.recordUse(id as Uuid, 2)
  await bots.recordUse(id as Uuid, 3)
  await sumUses(world.db, '2026-11-22')
  const page = well(await world.call(contract.getBot, { params: { handle: 'poet' }, query: {} }))
  assert.equal(page.bot.uses, 5n)
  const personal = botsPersonal({ db: world.db, clock: world.clock })
  assert.match(JSON.stringify(await personal.export(ada.viewer.id)), /You are a poet/)
  await personal.erase(ada.viewer.id)
  await personal.erase(ada.viewer.id)
  const { rows } = await world.db.pool.query('select * from bots.version v join bots.bot b on b.id = v.bot')
  assert.doesNotMatch(
    JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    /poem|rhyme|You are/i,
  )
  assert.equal(refusedBy(await world.call(contract.getBot, { params: { handle: 'poet' }, query: {} })), 'bot_withdrawn')
})

test('the house’s own bots come by the operator’s hand, once', async () => {
  await using open = await house()
  const { world } = open
  const [ada, olga] = [await world.people.signUp(), await world.people.claim()]
  const add = (model: string) => ({ body: { model } })
  assert.equal(refusedBy(await ada.call(contract.addHouseBots, add('some/model'))), 'operators_only')
  assert.equal(refusedBy(await olga.call(contract.addHouseBots, add('nobody/x'))), 'model_needed')
  const { added } = well(await olga.call(contract.addHouseBots, add('some/model')))
  assert.deepEqual(new Set(added), new Set(contract.houseHandles))
  assert.deepEqual(well(await olga.call(contract.addHouseBots, add('some/model'))).added, [])
  const guide = well(await world.call(contract.getBot, { params: { handle: 'guide' }, query: {} }))
  assert.deepEqual([guide.bot.creator, guide.bot.model, guide.bot.usdPerThousand], [null, null, 0n])
  const mine = well(await olga.call(contract.listMyBots, {}))
  assert.equal(mine.items.length, contract.houseHandles.length)
  assert.deepEqual(well(await ada.call(contract.listMyBots, {})).items, [])
})
