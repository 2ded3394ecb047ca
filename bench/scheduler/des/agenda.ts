import { createHeap } from '../../../src/scheduler/rules/heap.ts'

type Item = { readonly at: number; readonly nth: number; readonly act: () => void }

/** Virtual time: what is to happen, by its instant, and at one instant in the order in which it was noted. */
export type Agenda = {
  readonly now: number
  note(at: number, act: () => void): void
  /** Lets everything happen that is due until then, and whatever comes of it. */
  playUntil(end: number): void
}

export function createAgenda(): Agenda {
  const items = createHeap<Item>((one, other) => (one.at !== other.at ? one.at < other.at : one.nth < other.nth))
  let now = 0
  let noted = 0
  return {
    get now() {
      return now
    },
    note: (at, act) => items.add({ at: Math.max(now, at), nth: noted++, act }),
    playUntil: (end) => {
      for (let item = items.first(); item && item.at <= end; item = items.first()) {
        items.remove(item)
        now = item.at
        item.act()
      }
      now = end
    },
  }
}
