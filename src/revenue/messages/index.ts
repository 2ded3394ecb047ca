export { messagesChart } from './chart.ts'
