export { earningsChart } from './chart.ts'
export type { Earnings } from './earnings.ts'
