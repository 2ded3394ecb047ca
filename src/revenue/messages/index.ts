export { messagesChart } from './chart.ts'
export { openMessages, type Messages } from './messages.ts'
export { messagesPersonal, messagesRoom } from './room.ts'
