import type { Uuid } from '#kernel'

export type Role = 'member' | 'operator'

/** Who asks. */
export type Viewer = { readonly id: Uuid; readonly name: string; readonly role: Role }
