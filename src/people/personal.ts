import type { Uuid } from '#kernel'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** What one room keeps of a person. Both run again after a crash, so the second time must do no harm. */
export type Personal = {
  readonly room: string
  /** Everything the room knows of this user, amounts as decimal text; null for nothing. */
  export(user: Uuid): Promise<Json>
  /** Removes it, but for what the law or the ledger keeps under the bare uuid. */
  erase(user: Uuid): Promise<void>
}
