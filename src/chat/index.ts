export { openChat, type Chat, type ChatOptions } from './chat.ts'
export { chatPersonal } from './personal.ts'
export { chatRoom } from './room.ts'
