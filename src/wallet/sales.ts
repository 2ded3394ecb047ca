import { assert, derivedId, isRefusal, money, type Uuid } from '#kernel'
import type { Account, Ledger } from '#ledger'
import { walletChart } from './chart.ts'
import { repayment, splitRecovery } from './rules.ts'
import type { TopUp } from './store-top-ups.ts'

export type Sales = {
  /** Points for money, and what of them repays a debt. Answers that part. */
  postSale(sale: TopUp): Promise<bigint>
  /** Money back: a refund while the points are there, else like a dispute; what is gone becomes debt. */
  postTakenBack(sale: TopUp): Promise<void>
  /** Bought points that are there to be taken back. */
  loose(person: Uuid): Promise<bigint>
  debt(person: Uuid): Promise<bigint>
}

const { templates } = walletChart
const racesMax = 20

/** What of a top-up is posted. Each journal has a key of the top-up, so that posting it again posts nothing. */
export function openSales(ledger: Ledger): Sales {
  const debt = async (person: Uuid) => {
    const { posted } = await ledger.balance(await debtAccount(ledger, person))
    return posted < 0n ? -posted : 0n
  }
  const loose = async (person: Uuid) => {
    const account = await pointsAccount(ledger, person)
    // Lots first: what becomes loose between the two reads is then not counted, and tried again.
    const lots = await ledger.lots(account)
    const { posted, held } = await ledger.balance(account)
    const inLots = lots.reduce((sum, lot) => sum + lot.remaining - lot.held, 0n)
    // What is available leaves out lots that are over, which may still lie here: they would be taken off twice.
    const unheld = posted - held
    return unheld > inLots ? unheld - inLots : 0n
  }

  const postSale = async (sale: TopUp) => {
    const { fees, ...accounts } = await accountsOf(ledger, sale)
    const key = saleKey(sale, 'wallet.topped_up')
    const before = await repaidBy(ledger, key, accounts.debt)
    const repaid = before ?? repayment(sale.points, await debt(sale.person))
    if (before === undefined) {
      const answer = await ledger.post(templates['wallet.topped_up'], {
        key,
        accounts,
        amounts: { paid: paidFor(sale), points: money('POINTS', sale.points), repaid: money('POINTS', repaid) },
      })
      assert(!isRefusal(answer), 'what is bought comes from accounts that may be overdrawn')
    }
    if (sale.fee > 0n) {
      const answer = await ledger.post(templates['wallet.provider_fee'], {
        key: saleKey(sale, 'wallet.provider_fee'),
        accounts: { fees, clearing: accounts.clearing },
        amounts: { fee: money('USD', sale.fee) },
      })
      // A provider may state a fee anew; what was posted first stands.
      const isPosted = !isRefusal(answer) || answer.refused === 'key_reused'
      assert(isPosted, 'a fee goes between accounts that may be overdrawn')
    }
    return repaid
  }

  const postTakenBack = async (sale: TopUp) => {
    const accounts = await accountsOf(ledger, sale)
    const key = saleKey(sale, 'wallet.taken_back')
    if (await ledger.journal(key)) return
    // What is loose may be spent between the look and the journal; the ledger then refuses and the next look is newer.
    for (let race = 0; race < racesMax; race++) {
      const split = splitRecovery(sale.points, await loose(sale.person))
      const answer = await takeBack(ledger, { sale, key, accounts, ...split })
      if (!isRefusal(answer)) return
      assert(answer.refused === 'insufficient_funds', `taking back a top-up was refused: ${answer.detail}`)
    }
    throw new Error(`the points of a disputed top-up are spent faster than they can be taken back: ${sale.id}`)
  }

  return { debt, loose, postSale, postTakenBack }
}

type Accounts = Awaited<ReturnType<typeof accountsOf>>

async function accountsOf(ledger: Ledger, { provider, person, id }: TopUp) {
  const usd = { unit: 'USD', owner: 'system' } as const
  const [clearing, deferred, issued, wallet, control, refundable, debt, fees] = await Promise.all([
    ledger.open({ kind: 'cash.clearing', subject: provider, ...usd }),
    ledger.open({ kind: 'deferred.points', ...usd }),
    ledger.open({ kind: 'points.issued', owner: 'system' }),
    pointsAccount(ledger, person),
    ledger.open({ kind: 'sale.control', ...usd }),
    ledger.open({ kind: 'sale.refundable', subject: id, ...usd }),
    debtAccount(ledger, person),
    ledger.open({ kind: 'cash.fees', subject: provider, ...usd }),
  ])
  return { clearing, deferred, issued, wallet, control, refundable, debt, fees }
}

const pointsAccount = (ledger: Ledger, person: Uuid) =>
  ledger.open({ kind: 'wallet.points', owner: { type: 'user', id: person } })
const debtAccount = (ledger: Ledger, person: Uuid) =>
  ledger.open({ kind: 'points.debt', owner: { type: 'user', id: person } })

/** What a sale that is posted already repaid; undefined if it is not. */
async function repaidBy(ledger: Ledger, key: Uuid, debt: Account): Promise<bigint | undefined> {
  const journal = await ledger.journal(key)
  return journal?.legs.filter(({ credit }) => credit === debt.id).reduce((sum, { amount }) => sum + amount, 0n)
}

type Taking = {
  readonly sale: TopUp
  readonly key: Uuid
  readonly accounts: Accounts
  readonly recovered: bigint
  readonly owed: bigint
}

function takeBack(ledger: Ledger, { sale, key, accounts, recovered, owed }: Taking) {
  const { fees, debt, ...plain } = accounts
  const paid = paidFor(sale)
  if (sale.state === 'refunded' && owed === 0n) {
    const amounts = { paid, points: money('POINTS', recovered) }
    return ledger.post(templates['wallet.refunded'], { key, accounts: plain, amounts })
  }
  const disputeFee = money('USD', sale.disputeFee)
  const amounts = { paid, recovered: money('POINTS', recovered), owed: money('POINTS', owed), disputeFee }
  return ledger.post(templates['wallet.charged_back'], { key, accounts: { ...plain, fees, debt }, amounts })
}

/** The key of one of a sale's journals. */
function saleKey(sale: TopUp, step: string): Uuid {
  return derivedId(sale.startedAt, step, sale.id)
}

const paidFor = ({ cents }: TopUp) => money('USD', cents * 10_000n)
