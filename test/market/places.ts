import type { Unit } from '#kernel'
import type { Account, Ledger, Owner } from '#ledger'

/** Few accounts, so that everybody meets: opened in one order, hence with the same numbers each time. */
export type Places = Awaited<ReturnType<typeof openPlaces>>

const sizes = { users: 16, creators: 6, campaigns: 3, sales: 12 }

async function series<Item>(count: number, make: (at: number) => Promise<Item>): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let at = 0; at < count; at++) items.push(await make(at))
  return items
}

export async function openPlaces(ledger: Ledger) {
  const all: Account[] = []
  const open = async (kind: string, owner: Owner = 'system', more: { unit?: Unit; subject?: string } = {}) => {
    const account = await ledger.open({ kind, owner, ...more })
    if (!all.some(({ id }) => id === account.id)) all.push(account)
    return account
  }
  const user = (at: number) => ({ type: 'user', id: `u${at}` }) as const
  const usd = { unit: 'USD' } as const
  const house = {
    clearing: await open('cash.clearing', 'system', usd),
    deferred: await open('deferred.points', 'system', usd),
    issued: await open('points.issued'),
    breakage: await open('points.breakage'),
    control: await open('sale.control', 'system', usd),
    fees: await open('cash.fees', 'system', usd),
    allowanceControl: await open('wallet.allowance_control'),
    consumed: await open('points.consumed'),
    expense: await open('creators.expense'),
    budget: await open('creators.free_budget'),
    funds: await open('operator.funds'),
    remainder: await open('rounding.remainder'),
    plans: await open('deferred.plans', 'system', usd),
    bountyControl: await open('bounty.control'),
    commission: await open('revenue.commission', 'system', usd),
    adRevenue: await open('revenue.ads'),
    payoutClearing: await open('payout.clearing', 'system', usd),
    payoutClearingForeign: await open('payout.clearing', 'system', { unit: 'CNY' }),
    position: await open('fx.position', 'system', usd),
    positionForeign: await open('fx.position', 'system', { unit: 'CNY' }),
    spread: await open('revenue.spread', 'system', usd),
    // With room for amounts that nothing else could hold.
    whale: await open('cash.clearing', 'system', { unit: 'USD', subject: 'whale' }),
    whaleCampaign: await open('campaign.funds', { type: 'organisation', id: 'whale' }),
  }
  return {
    all,
    house,
    wallets: await series(sizes.users, (at) => open('wallet.points', user(at))),
    days: await series(sizes.users, (at) => open('wallet.allowance', user(at), { subject: 'day' })),
    months: await series(sizes.users, (at) => open('wallet.allowance', user(at), { subject: 'month' })),
    debts: await series(sizes.users, (at) => open('points.debt', user(at))),
    pending: await series(sizes.creators, (at) => open('creator.pending', user(at))),
    available: await series(sizes.creators, (at) => open('creator.available', user(at))),
    affiliates: await series(sizes.creators, (at) => open('affiliate.pending', user(at), usd)),
    merchants: await series(2, (at) => open('merchant.pending', { type: 'organisation', id: `m${at}` }, usd)),
    campaigns: await series(sizes.campaigns, (at) => open('campaign.funds', { type: 'organisation', id: `a${at}` })),
    caps: await series(2, (at) => open('bounty.cap', user(at))),
    sales: await series(sizes.sales, (at) => open('sale.refundable', user(at), { ...usd, subject: `sale ${at}` })),
  }
}
