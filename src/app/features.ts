import { join } from 'node:path'
import { openGuide } from '#adapters/guide'
import { openaiBackend } from '#adapters/openai'
import { openSandboxCards, sandboxBackend } from '#adapters/sandbox'
import { botsPersonal, botsRoom, openBots } from '#bots'
import { chatPersonal, chatRoom, openChat } from '#chat'
import { earningsChart, earningsPersonal, earningsRoom, openEarnings } from '#earnings'
import { systemClock, type Clock } from '#kernel'
import { ledgerRoom, openLedger, type Chart } from '#ledger'
import { modelsRoom, openModels } from '#models'
import { openPeople, peopleRoom, type Personal } from '#people'
import { handle, type Database, type Install, type Log, type Room, type Secret } from '#platform'
import { messagesChart, messagesPersonal, messagesRoom, openMessages } from '#revenue/messages'
import { createPromptRuntime, openTurns, turnsPersonal, turnsRoom, type TurnsOptions } from '#turns'
import { openWallet, walletChart, walletPersonal, walletRoom } from '#wallet'
import type { ProviderName } from './config.ts'
import { getHouse } from './contract.ts'
import { seedDemoMarket } from './demo.ts'
import { deskRoom } from './desk.ts'
import { createOpenness, onlyWhenOpen } from './openness.ts'

/** What the house gives every room; a room takes what it names. */
export type Deps = {
  readonly db: Database
  /** The handle of the answer path, which PostgreSQL keeps to `answerSchemas`. */
  readonly answers: Database
  readonly clock: Clock
  readonly log: Log
  readonly install: Install
  readonly secret: Secret
  /** Where people reach this install, if the operator said so; without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly providerKeys: Readonly<Partial<Record<ProviderName, string>>>
}

/** What the path of an answer may read and write, and nothing else: no ads, no rankings, no ledger. */
export const answerHandle = { role: 'bottega_answers', schemas: ['turns', 'chat'] } as const

/** The charts of accounts of the rooms below; a room that moves money adds its own. */
const charts: readonly Chart[] = [walletChart, earningsChart, messagesChart]

/** The lines of revenue that Bottega has, by the names of their rooms; one whose room is not opened below is absent. */
const revenueLines = ['messages'] as const
type RevenueLine = (typeof revenueLines)[number]

/** The rooms of this house, in the order of the stack, and what fills an empty demo. */
export type House = { readonly rooms: readonly Room[]; seedDemo(): Promise<void> }

type FeatureOptions = {
  readonly without?: readonly RevenueLine[]
  readonly turnLimits?: TurnsOptions['limits']
}

/** Opens every room but those left out. This is the only place that opens one. */
export async function features(deps: Deps, { without = [], turnLimits }: FeatureOptions = {}): Promise<House> {
  const { db, clock, install, secret, answers } = deps
  // Money's time is the database's, one for all servers; only a world whose clock is set by hand has another.
  const ledger = await openLedger({ db, charts, ...(clock === systemClock ? {} : { clock }) })
  const people = openPeople(deps)
  const demo = install.mode === 'demo'
  const backends = { openai: openaiBackend(), ...(demo ? { sandbox: sandboxBackend() } : {}) }
  const models = await openModels({ ...deps, backends })
  const offers = async (model: string) => (await models.info(model)) !== undefined
  const bots = openBots({ db, clock, people, offers })
  const wallet = openWallet({ db, ledger, clock })
  const cards = demo ? openSandboxCards({ clock, key: secret.keyFor('sandbox.cards') }) : null
  const earnings = openEarnings({ ...deps, ledger })
  const present = revenueLines.filter((line) => !without.includes(line))
  const openness = createOpenness({
    db,
    clock,
    known: revenueLines,
    isPresent: (line) => present.some((one) => one === line),
  })
  const messages = openMessages({ ...deps, ledger, wallet, models, earnings })
  const charge = onlyWhenOpen(messages.charge, () => openness.isOpen('messages'))
  const turns = openTurns({
    ...deps,
    runtimes: [createPromptRuntime(models), openGuide({ root: join(import.meta.dirname, '../..') })],
    slots: present.includes('messages') ? [{ room: 'messages', charge }] : [],
    ...(turnLimits ? { limits: turnLimits } : {}),
  })
  const chat = openChat({ ...deps, turns, bots })
  // What each room keeps of a person. Answers that are being given end before what they would be kept in.
  const personal: readonly Personal[] = [
    turnsPersonal({ answers, turns }),
    chatPersonal({ answers }),
    botsPersonal({ db, clock }),
    messagesPersonal({ db }),
    walletPersonal({ db, ledger, wallet }),
    earningsPersonal({ db }),
  ]
  const charging = present.includes('messages')
    ? [messagesRoom({ ...deps, ledger, wallet, models, earnings, people, bots, messages })]
    : []
  return {
    rooms: [
      ledgerRoom({ ledger, db }),
      peopleRoom({ ...deps, people, personal }),
      botsRoom({ ...deps, bots, people }),
      modelsRoom({ models, people }),
      walletRoom({ ...deps, ledger, people, wallet, cards, botNames: (handles) => bots.byHandles(handles) }),
      earningsRoom({ ...deps, ledger, people, earnings }),
      turnsRoom({ ...deps, turns }),
      chatRoom({ answers, chat, turns, people, clock }),
      ...charging,
      deskRoom({ ...deps, ledger, people, openness }),
      { name: 'house', http: [handle(getHouse, () => ({ mode: install.mode }))] },
    ],
    seedDemo: () => seedDemoMarket({ people, bots, messages }),
  }
}
