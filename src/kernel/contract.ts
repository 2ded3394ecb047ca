export { CallFault, client, type Call } from './client.ts'
export {
  bigintText,
  endpoint,
  eventStream,
  type AnswerOf,
  type Endpoint,
  type EventOf,
  type EventStream,
  type InputOf,
  type Problem,
  type RefusalStatus,
  uuidText,
} from './endpoint.ts'
export { isRefusal, refuse, type Refusal } from './refusal.ts'
export { subscribe, type Streamed, type Subscribe } from './subscribe.ts'
