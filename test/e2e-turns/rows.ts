import { closeAccount } from '#people/contract'
import { stopTurn } from '#chat/contract'
import { setCaps } from '#wallet/contract'
import type { TurnsOptions } from '#turns'
import type { Ending } from '#turns/contract'
import { expect } from '../e2e/deeds.ts'
import { scripts, type Script } from '../wire/openai.ts'
import type { Person } from '../world-people.ts'
import type { Asked, PaidHouse } from './house.ts'

/** What `scripts.normal` says; its provider counts seven tokens, four bytes each would make ten. */
export const saying = 'The answer comes in seven small pieces.'
const again = 'again and '

export type Row = {
  readonly name: string
  readonly ending: Ending
  readonly script: Script
  /** The stored text; where its length is decided by money, whether it is right. */
  readonly text: string | ((text: string) => boolean)
  /** Whether the fixed price is due, and so the creator's; and how many tokens are charged. */
  readonly fixed: boolean
  readonly tokens: number | ((text: string) => number)
  readonly words: RegExp | null
  readonly bot?: 'quill' | 'brief'
  /** Before the message. */
  readonly prepare?: (house: PaidHouse, person: Person) => Promise<unknown>
  /** Once the first text has come; at once where there will be none. */
  readonly meanwhile?: (house: PaidHouse, asked: Asked, person: Person) => Promise<unknown>
  /** Rows of one set of limits share a house; `alone` where the house does not survive it. */
  readonly limits?: TurnsOptions['limits']
  readonly alone?: true
  /** The payer is gone: what they would see is left out. */
  readonly unseen?: true
  readonly holdExpired?: true
}

const stop = async (_: PaidHouse, { conversation, turn }: Asked, person: Person) => {
  expect(await person.call(stopTurn, { params: { conversation, turn } }))
}

const before = { text: '', fixed: false, tokens: 0 } as const
const broken = { text: saying, fixed: false, tokens: 10 } as const

export const rows: readonly Row[] = [
  { name: 'all said', ending: 'finished', script: scripts.normal(), text: saying, fixed: true, tokens: 7, words: null },
  {
    name: 'as long as it may be',
    ending: 'finished',
    script: scripts.cutByLength(),
    text: saying,
    fixed: true,
    tokens: 7,
    words: null,
  },
  {
    name: 'usage left out',
    ending: 'finished',
    script: scripts.noUsage(),
    text: saying,
    fixed: true,
    tokens: 10,
    words: null,
  },
  {
    name: 'usage below nothing',
    ending: 'finished',
    script: scripts.usage({ prompt_tokens: -5, completion_tokens: -700 }),
    text: saying,
    fixed: true,
    tokens: 10,
    words: null,
  },
  {
    name: 'usage beyond belief',
    ending: 'finished',
    script: scripts.usage({ prompt_tokens: 5, completion_tokens: 900_000_000 }),
    text: saying,
    fixed: true,
    tokens: 10,
    words: null,
  },
  {
    name: 'usage above the hold, which is the house’s',
    ending: 'finished',
    script: scripts.normal(),
    bot: 'brief',
    text: saying,
    fixed: true,
    tokens: 3,
    words: null,
  },
  {
    name: 'Stop after the first token',
    ending: 'stopped',
    script: scripts.held([saying]),
    meanwhile: stop,
    text: saying,
    fixed: true,
    tokens: 10,
    words: /stopped/,
  },
  {
    name: 'Stop before it',
    ending: 'cancelled_waiting',
    script: scripts.hangsBefore(),
    meanwhile: stop,
    ...before,
    words: /costs nothing/,
  },
  {
    name: 'the provider’s filter, before',
    ending: 'refused_before',
    script: scripts.contentFilter([]),
    ...before,
    words: /other words/,
  },
  {
    name: 'the provider’s filter, after',
    ending: 'refused_after',
    script: scripts.contentFilter(),
    text: saying,
    fixed: false,
    tokens: 7,
    words: /other words/,
  },
  { name: 'status 500', ending: 'provider_failed_before', script: scripts.broken(), ...before, words: /Try again/ },
  {
    name: 'a key that is not accepted',
    ending: 'provider_failed_before',
    script: scripts.unauthorized(),
    ...before,
    words: /operator/,
  },
  {
    name: 'too much to do',
    ending: 'provider_failed_before',
    script: scripts.rateLimited(7),
    ...before,
    words: /7 seconds/,
  },
  {
    name: 'closed before a byte',
    ending: 'provider_failed_before',
    script: scripts.closesBefore(),
    ...before,
    words: /Try again/,
  },
  { name: 'garbage', ending: 'provider_failed_before', script: scripts.garbage(), ...before, words: /Try again/ },
  {
    name: 'closed after text',
    ending: 'provider_failed_after',
    script: scripts.closesAfter(),
    ...broken,
    words: /Try again/,
  },
  { name: 'ended early', ending: 'provider_failed_after', script: scripts.endsEarly(), ...broken, words: /Try again/ },
  {
    name: 'an error in mid-stream',
    ending: 'provider_failed_after',
    script: scripts.errorAfter(),
    ...broken,
    words: /Try again/,
  },
  {
    name: 'garbage after text',
    ending: 'provider_failed_after',
    script: scripts.garbageAfter(),
    ...broken,
    words: /Try again/,
  },
  { name: 'nothing said', ending: 'empty', script: scripts.empty(), ...before, words: /said nothing/ },
  {
    name: 'no first token',
    ending: 'timed_out',
    script: scripts.hangsBefore(),
    limits: { firstTokenMsMax: 300 },
    ...before,
    words: /too long/,
  },
  {
    name: 'no end',
    ending: 'timed_out',
    script: scripts.hangsAfter([saying]),
    limits: { answerMsMax: 300 },
    ...broken,
    words: /too long/,
  },
  {
    name: 'no points left',
    ending: 'out_of_points',
    script: scripts.repeats(),
    text: (text) => text.startsWith(again) && text.length > 5_000,
    fixed: true,
    tokens: (text) => Math.ceil(text.length / 4),
    words: /Top up/,
  },
  {
    name: 'the day’s cap',
    ending: 'over_cap',
    script: scripts.repeats(),
    prepare: async (_, person) =>
      expect(await person.call(setCaps, { body: { message: null, day: 1_000n, month: null } })),
    text: (text) => text.startsWith(again) && text.length < 4_000,
    fixed: true,
    tokens: (text) => Math.ceil(text.length / 4),
    words: /limit/,
  },
  {
    name: 'the cap per message',
    ending: 'over_cap',
    script: scripts.repeats(),
    prepare: async (_, person) =>
      expect(await person.call(setCaps, { body: { message: 700n, day: null, month: null } })),
    text: (text) => text.startsWith(again) && text.length < 2_000,
    fixed: true,
    tokens: (text) => Math.ceil(text.length / 4),
    words: /limit/,
  },
  {
    name: 'the hold ended while it ran',
    ending: 'hold_expired',
    script: scripts.held(
      ['Yes. '],
      Array.from({ length: 500 }, () => again),
    ),
    meanwhile: async ({ world, wire }) => {
      world.clock.advance(3_600_000)
      wire.release()
    },
    alone: true,
    text: (text) => text.startsWith('Yes. '),
    fixed: false,
    tokens: 0,
    words: /costs nothing/,
    holdExpired: true,
  },
  {
    name: 'the payer closed the account',
    ending: 'account_closed',
    script: scripts.held([saying]),
    meanwhile: async (_, __, { call, password }) => expect(await call(closeAccount, { body: { password } })),
    text: saying,
    fixed: true,
    tokens: 10,
    words: null,
    unseen: true,
  },
  {
    name: 'the server was stopped',
    ending: 'shutdown',
    script: scripts.hangsAfter([saying]),
    meanwhile: ({ world }) => world.app.settleDown(0),
    alone: true,
    ...broken,
    words: /restarted/,
  },
]
