export { openBots, type Bots } from './bots.ts'
export { botsRoom } from './room.ts'
export type { RunnableBot } from './rules.ts'
