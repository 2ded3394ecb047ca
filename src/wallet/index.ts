export { walletChart } from './chart.ts'
export type { CardEvent, CardOrder, CardPayment, CardPayments } from './ports.ts'
export type { Purse, Wallet, WalletBalance } from './wallet.ts'
