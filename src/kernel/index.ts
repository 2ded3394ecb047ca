export { assert } from './assert.ts'
export { settableClock, systemClock, type Clock, type SettableClock } from './clock.ts'
export { derivedId, isUuid, uuidv7, type Uuid } from './id.ts'
export {
  add,
  convertDown,
  formatDecimal,
  money,
  parseMoney,
  payableDown,
  scales,
  shareDown,
  splitByWeight,
  subtract,
  units,
  type Money,
  type Ratio,
  type Unit,
} from './money.ts'
export { isRefusal, refuse, type Refusal } from './refusal.ts'
