import { openaiBackend } from '#adapters/openai'
import { openSandboxCards, sandboxBackend } from '#adapters/sandbox'
import { botsPersonal, botsRoom, openBots } from '#bots'
import { earningsChart, earningsPersonal, earningsRoom, openEarnings } from '#earnings'
import { systemClock, type Clock } from '#kernel'
import { ledgerRoom, openLedger, type Chart } from '#ledger'
import { modelsRoom, openModels } from '#models'
import { openPeople, peopleRoom, type Personal } from '#people'
import { handle, type Database, type Install, type Log, type Room, type Secret } from '#platform'
import { messagesChart } from '#revenue/messages'
import { openWallet, walletChart, walletPersonal, walletRoom } from '#wallet'
import type { ProviderName } from './config.ts'
import { getHouse } from './contract.ts'
import { deskRoom } from './desk.ts'
import { createOpenness } from './openness.ts'

/** What the house gives every room; a room takes what it names. */
export type Deps = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly install: Install
  readonly secret: Secret
  /** Where people reach this install, if the operator said so; without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly providerKeys: Readonly<Partial<Record<ProviderName, string>>>
}

/** The charts of accounts of the rooms below; a room that moves money adds its own. */
const charts: readonly Chart[] = [walletChart, earningsChart, messagesChart]

/** The lines of revenue that Bottega has, by the names of their rooms; one whose room is not opened below is absent. */
const revenueLines = ['messages'] as const

/** The rooms of this house, in the order of the stack. This list is the only place that opens one. */
export async function features(deps: Deps): Promise<readonly Room[]> {
  const { db, clock, install, secret } = deps
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
  // What each room keeps of a person.
  const personal: readonly Personal[] = [
    botsPersonal({ db, clock }),
    walletPersonal({ db, ledger, wallet }),
    earningsPersonal({ db }),
  ]
  const rooms: Room[] = []
  const isPresent = (line: string) => rooms.some(({ name }) => name === line)
  const openness = createOpenness({ db, clock, known: revenueLines, isPresent })
  rooms.push(
    ledgerRoom({ ledger, db }),
    peopleRoom({ ...deps, people, personal }),
    botsRoom({ ...deps, bots, people }),
    modelsRoom({ models, people }),
    walletRoom({ ...deps, ledger, people, wallet, cards }),
    earningsRoom({ ...deps, ledger, people, earnings }),
    deskRoom({ ...deps, ledger, people, openness }),
    { name: 'house', http: [handle(getHouse, () => ({ mode: deps.install.mode }))] },
  )
  return rooms
}
