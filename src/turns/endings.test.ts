import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '#kernel'
import { hanging, openStage, openTill, saying, type Script, type Stage } from '../../test/turns/stage.ts'
import { World } from '../../test/world.ts'
import { endings, type Ending } from './contract.ts'
import { BotFailure } from './ports.ts'
import { endingTable, type Limits } from './rules.ts'

type Case = {
  readonly name: string
  readonly ending: Ending
  readonly script: Script
  readonly limits?: Partial<Limits>
  readonly text: string
  readonly charged: bigint
  /** Done once the turn has said its first word, or at once where it says none. */
  readonly meanwhile?: (stage: Stage, plan: ReturnType<Stage['plan']>) => Promise<unknown>
  readonly words?: RegExp
}

const failing = (words: readonly string[], kind: BotFailure['kind']): Script =>
  async function* () {
    for (const text of words) yield { type: 'text', text }
    throw new BotFailure(kind, 'The words of the bot.')
  }

const cases: readonly Case[] = [
  { name: 'all said', ending: 'finished', script: saying('a', 'b'), text: 'ab', charged: 10n },
  {
    name: 'cut by its own length',
    ending: 'finished',
    script: async function* () {
      yield { type: 'text', text: 'ab' }
      yield { type: 'usage', inputTokens: 3, outputTokens: 1 }
      yield { type: 'end', reason: 'length' }
    },
    text: 'ab',
    charged: 10n,
  },
  {
    name: 'stopped by its reader',
    ending: 'stopped',
    script: hanging('a'),
    meanwhile: async ({ turns }, { id, payer }) => assert.ok(await turns.stop(id, payer)),
    text: 'a',
    charged: 10n,
  },
  {
    name: 'stopped before the first word',
    ending: 'cancelled_waiting',
    script: hanging(),
    meanwhile: async ({ turns }, { id, payer }) => assert.ok(await turns.stop(id, payer)),
    text: '',
    charged: 0n,
  },
  {
    name: 'declined before',
    ending: 'refused_before',
    script: async function* () {
      yield { type: 'end', reason: 'refused' }
    },
    text: '',
    charged: 0n,
  },
  {
    name: 'declined by failing',
    ending: 'refused_before',
    script: failing([], 'refused'),
    text: '',
    charged: 0n,
    words: /of the bot/,
  },
  {
    name: 'declined after',
    ending: 'refused_after',
    script: async function* () {
      yield { type: 'text', text: 'a' }
      yield { type: 'end', reason: 'refused' }
    },
    text: 'a',
    charged: 0n,
  },
  {
    name: 'failed before',
    ending: 'provider_failed_before',
    script: failing([], 'failed'),
    text: '',
    charged: 0n,
    words: /of the bot/,
  },
  {
    name: 'failed after',
    ending: 'provider_failed_after',
    script: failing(['a'], 'failed'),
    text: 'a',
    charged: 0n,
    words: /of the bot/,
  },
  {
    name: 'broken by a bug of the runtime',
    ending: 'provider_failed_after',
    script: async function* () {
      yield { type: 'text', text: 'a' }
      throw new TypeError('undefined is not a function')
    },
    text: 'a',
    charged: 0n,
  },
  {
    name: 'gone without an end',
    ending: 'provider_failed_after',
    script: async function* () {
      yield { type: 'text', text: 'a' }
    },
    text: 'a',
    charged: 0n,
  },
  { name: 'nothing said', ending: 'empty', script: saying('', '\0'), text: '', charged: 0n },
  {
    name: 'silent from the start',
    ending: 'timed_out',
    script: hanging(),
    limits: { firstTokenMsMax: 5 },
    text: '',
    charged: 0n,
  },
  {
    name: 'silent after a word',
    ending: 'timed_out',
    script: hanging('a'),
    limits: { answerMsMax: 5 },
    text: 'a',
    charged: 0n,
  },
  {
    name: 'too long in line',
    ending: 'expired_waiting',
    script: async function* () {
      yield { type: 'waiting', position: 4, estimateMs: null }
      await new Promise(() => undefined)
    },
    limits: { waitMsMax: 5 },
    text: '',
    charged: 0n,
  },
  {
    name: 'out of points',
    ending: 'out_of_points',
    script: saying('a', 'b', 'c'),
    meanwhile: async ({ till }) => void (till.refuseAfterBytes = 2),
    text: 'ab',
    charged: 10n,
  },
  {
    name: 'over a cap',
    ending: 'over_cap',
    script: saying('a', 'b', 'c'),
    meanwhile: async ({ till }) => Object.assign(till, { refuseAfterBytes: 1, refusal: 'over_cap' }),
    text: 'a',
    charged: 10n,
  },
  {
    name: 'out of points before the first word',
    ending: 'out_of_points',
    script: saying('a'),
    meanwhile: async ({ till }) => void (till.refuseAfterBytes = 0),
    text: '',
    charged: 0n,
  },
  {
    name: 'the hold is gone',
    ending: 'hold_expired',
    script: saying('a', 'b', 'c'),
    meanwhile: async ({ till }) => Object.assign(till, { refuseAfterBytes: 1, refusal: 'hold_expired' }),
    text: 'a',
    charged: 0n,
  },
  {
    name: 'the account is closed',
    ending: 'account_closed',
    script: hanging('a'),
    meanwhile: ({ turns }, { payer }) => turns.stopAllOf(payer),
    text: 'a',
    charged: 10n,
  },
  {
    name: 'shut down',
    ending: 'shutdown',
    script: hanging('a'),
    meanwhile: ({ turns }) => turns.close(0),
    text: 'a',
    charged: 0n,
  },
  {
    name: 'too much said',
    ending: 'provider_failed_after',
    script: saying('abc', 'd'),
    limits: { charsMax: 3 },
    text: 'abc',
    charged: 0n,
    words: /3 characters/,
  },
  {
    name: 'too many pieces',
    ending: 'provider_failed_after',
    script: saying('a', 'b', 'c'),
    limits: { eventsMax: 2 },
    text: 'ab',
    charged: 0n,
    words: /broken off/,
  },
  {
    name: 'too much beside the text',
    ending: 'provider_failed_after',
    script: async function* () {
      yield { type: 'part', kind: 'image', data: { row: 'a\0' } }
      yield { type: 'part', kind: 'image', data: { row: 'more' } }
    },
    limits: { charsMax: 20 },
    text: '',
    charged: 0n,
    words: /20 characters/,
  },
  {
    name: 'text taken back by a better one',
    ending: 'finished',
    script: async function* () {
      yield { type: 'text', text: 'a' }
      yield { type: 'replace', text: 'b\uD800' }
      yield { type: 'end', reason: 'stop' }
    },
    text: 'b\uFFFD',
    charged: 10n,
  },
]

for (const { name, ending, script, limits, text, charged, meanwhile, words } of cases) {
  test(`${ending}: ${name}`, async () => {
    await using database = await World.database()
    const kept: unknown[] = []
    await using stage = openStage({ db: database.db, ...(limits ? { limits } : {}) })
    stage.turns.keep(async (_, ended) => void kept.push(...ended.flatMap(({ calls }) => calls)))
    const begun = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    stage.play('go', async function* (call) {
      begun.resolve()
      await go.promise
      yield* script(call)
    })
    const plan = stage.plan('go')
    assert.equal(stage.till.points, 1_000n)
    const started = await stage.start(plan)
    assert.ok(!isRefusal(started), isRefusal(started) ? started.detail : undefined)
    await begun.promise
    if (meanwhile && stage.till.refuseAfterBytes === undefined) {
      // Outside events come once the first word is out; settings of the till before it.
      const saysFirst = !['cancelled_waiting'].includes(ending)
      const isSetting = ['out_of_points', 'over_cap', 'hold_expired'].includes(ending)
      if (isSetting) await meanwhile(stage, plan)
      go.resolve()
      if (!isSetting && saysFirst) await firstText(stage, plan.id)
      if (!isSetting) await meanwhile(stage, plan)
    }
    go.resolve()
    const told = await stage.read(plan.id)
    assert.deepEqual(told.slice(-3), [`call_ended:${ending}`, `ended:${ending}`, `settled:${charged}`])
    assert.equal(stage.till.points, 1_000n - charged)
    const [call] = kept as { text: string; words: string | null; ending: string }[]
    assert.deepEqual([kept.length, call?.text, call?.ending], [1, text, ending])
    if (words) assert.match(call?.words ?? '', words)
    else assert.equal(call?.words, endingTable[ending].words)
    await using late = openStage({ db: database.db, till: stage.till })
    assert.deepEqual(await late.read(plan.id), told, 'the table says the same as memory did')
  })
}

async function firstText({ turns }: Stage, turn: ReturnType<Stage['plan']>['id']): Promise<void> {
  for await (const { event } of turns.events(turn, { afterSeq: 0, signal: new AbortController().signal }))
    if (event.type === 'text') return
}

test('every ending but a kill is played above', () => {
  const played = new Set(cases.map(({ ending }) => ending))
  assert.deepEqual(
    endings.filter((each) => !played.has(each)),
    ['killed'],
  )
})

test('killed: the log is what there was', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  // Its heartbeat would bring it back.
  const gone = openStage({ db: database.db, till, limits: { heartbeatMs: 3_600_000 } })
  gone.play('go', hanging('a', 'b'))
  const plan = gone.plan('go')
  await gone.start(plan)
  const { pool } = database.db
  while ((await pool.query('select from turns.event')).rowCount === 0) await new Promise(setImmediate)
  await pool.query(`update turns.process set lease_until = '2020-01-01'`)
  await using heir = openStage({ db: database.db, till })
  const kept: string[] = []
  heir.turns.keep(async (_, ended) => void kept.push(...ended.flatMap(({ calls }) => calls.map(({ text }) => text))))
  assert.equal(await heir.turns.reap(), 1)
  assert.deepEqual(await heir.read(plan.id), ['replace:ab', 'call_ended:killed', 'ended:killed', 'settled:0'])
  assert.deepEqual([kept, till.points], [['ab'], 1_000n])
  assert.equal(await heir.turns.reap(), 0)
  await gone.turns.close(0)
  assert.equal(till.points, 1_000n)
})
