import type { Refusal, Uuid } from '#kernel'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** What one room keeps of a person. Both run again after a crash, so the second time must do no harm. */
export type Personal = {
  readonly room: string
  /**
   * Everything the room knows of this user, amounts as decimal text; null for nothing. It stands in memory whole: what may be too
   * much for that is measured first, and refused.
   */
  export(user: Uuid): Promise<Json | Refusal<'too_large'>>
  /** Removes it, but for what the law or the ledger keeps under the bare uuid. */
  erase(user: Uuid): Promise<void>
}
