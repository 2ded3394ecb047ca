export type { Backend, BackendView, EngineSigns } from './backend.ts'
export { houseClasses, type ClassTerms } from './rules/terms.ts'
export {
  createScheduler,
  type ClassView,
  type Ended,
  type Happened,
  type PoolView,
  type Scheduler,
  type SchedulerOptions,
} from './scheduler.ts'
export type {
  Ask,
  AskRefusal,
  Failure,
  Grant,
  RetryRefusal,
  Standing,
  Ticket,
  Usage,
  WaitRange,
  WaitRefusal,
} from './ticket.ts'
