export { LedgerUnavailable, OutcomeUnknown } from './batcher.ts'
export {
  chart,
  chartFaults,
  type Chart,
  type Kind,
  type Leg,
  type LotClass,
  type Owner,
  type Template,
  type TemplateSpec,
} from './chart.ts'
export type { Account, Facts, Input } from './journal.ts'
export { openLedger, type AccountRef, type Ledger } from './ledger.ts'
export type { LedgerLimits, Posted, Reversal } from './posting.ts'
export type { LedgerRefusal } from './status.ts'
export type { JournalEvent } from './store/log.ts'
export type { Proof, ProofProgress } from './store/proof.ts'
export type { Balance, Entry, HoldView, JournalView, LotView, TrialLine } from './store/reading.ts'
export { ledgerRoom, proveNow } from './room.ts'
export { lastProof, type LastProof } from './store/proofs.ts'
