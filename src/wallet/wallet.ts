import type { Uuid } from '#kernel'
import type { Account } from '#ledger'

/** What a hold takes from, all in one journal. An allowance is there where the person has set that cap. */
export type Purse = {
  readonly points: Account
  readonly allowances: { readonly day?: Account; readonly month?: Account }
  /** In points; null is no cap. */
  readonly messageCap: bigint | null
  /** While true nothing may be spent. */
  readonly inDebt: boolean
}

export type WalletBalance = {
  readonly available: bigint
  readonly held: bigint
  readonly posted: bigint
  readonly free: bigint
  readonly bought: bigint
  readonly debt: bigint
}

export type Wallet = {
  /** Grants today's free points, opens today's and this month's allowances, and says what may be spent from. */
  accountsFor(user: Uuid): Promise<Purse>
  /** Reads; grants nothing. */
  balance(user: Uuid): Promise<WalletBalance>
}
