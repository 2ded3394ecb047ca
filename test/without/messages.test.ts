import assert from 'node:assert/strict'
import { test } from 'node:test'
import { features } from '#app'
import { searchBots } from '#bots/contract'
import { listMessages, readTurn, sendMessage } from '#chat/contract'
import { isRefusal, uuidv7 } from '#kernel'
import { subscribe } from '#kernel/contract'
import { getQuote } from '#revenue/messages/contract'
import { getWallet } from '#wallet/contract'
import { World } from '../world.ts'

test('without the price per message chat is free and everything else works', async () => {
  await using world = await World.start({
    features: async (deps) => {
      const house = await features(deps, { without: ['messages'] })
      await house.seedDemo()
      return house.rooms
    },
  })
  const me = await world.people.signUp('Grace')
  const found = await me.call(searchBots, { query: { sort: 'dear', limit: 1 } })
  assert.ok(!isRefusal(found))
  const [bot] = found.items
  assert.ok(bot && bot.usdPerThousand > 0n, 'a bot that costs, where messages are charged')

  const [conversation, turn] = [uuidv7(), uuidv7()]
  const body = { turn, bots: [bot.id], after: null, text: 'What do I owe you?' }
  const sent = await me.call(sendMessage, { params: { conversation }, body })
  assert.ok(!isRefusal(sent), JSON.stringify(sent))
  const read = subscribe({ baseUrl: world.url, fetch: me.fetch })
  const events = await Array.fromAsync(
    read(readTurn, { params: { conversation, turn } }, { signal: AbortSignal.timeout(20_000) }),
  )
  assert.deepEqual(
    events.slice(-2).map(({ event }) => event),
    [
      { type: 'ended', ending: 'finished' },
      { type: 'settled', charged: 0n },
    ],
  )
  const messages = await me.call(listMessages, { params: { conversation }, query: { limit: 10 } })
  assert.ok(!isRefusal(messages) && messages.items.at(-1)?.text !== '')

  const wallet = await me.call(getWallet, {})
  assert.ok(!isRefusal(wallet))
  assert.equal(wallet.available, wallet.dailyGrant)
  await assert.rejects(me.call(getQuote, { body: { bots: [bot.id], inputBytes: 1 } }), /404/)
})
