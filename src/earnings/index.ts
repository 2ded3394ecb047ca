export { earningsChart } from './chart.ts'
export { openEarnings, type Earnings } from './earnings.ts'
export { earningsPersonal, earningsRoom } from './room.ts'
