export { walletChart } from './chart.ts'
export type { CardEvent, CardOrder, CardPayment, CardPayments, PaymentRef } from './ports.ts'
export { walletPersonal, walletRoom } from './room.ts'
export { openWallet, type Purse, type Wallet, type WalletBalance } from './wallet.ts'
