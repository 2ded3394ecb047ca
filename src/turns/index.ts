export type { EndedCall, EndedTurn, Keeper, Started, Transaction, TurnPlan } from './plan.ts'
export { BotFailure, type BotEvent, type BotRuntime, type HistoryMessage, type RuntimeCall } from './ports.ts'
export { turnsPersonal } from './personal.ts'
export { createPromptRuntime } from './prompt.ts'
export { turnsRoom } from './room.ts'
export { duesOf, endingTable, tokensIn, type Delivered, type Limits } from './rules.ts'
export type {
  Admit,
  Ask,
  Beside,
  Charge,
  Conclusion,
  Guard,
  Meter,
  Priority,
  Quote,
  Settlement,
  Json,
  SlotSupply,
  Till,
  Tool,
} from './slots.ts'
export { openTurns, type Turns, type TurnsOptions } from './turns.ts'
