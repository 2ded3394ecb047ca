type Gatherer<Item, Answer> = {
  /** The work's answer to this item, from a call of it that began after this one. */
  readonly add: (item: Item) => Promise<Answer>
  /** Resolves once everything added so far has its answer. */
  readonly idle: () => Promise<void>
}

type Waiting<Item, Answer> = { readonly item: Item } & Omit<PromiseWithResolvers<Answer>, 'promise'>

const togetherMax = 50
const nothing = () => undefined

/**
 * Lets a crowd share one statement: what is added while a group is being worked on makes up the next one. There is no timer,
 * so that one alone does not wait. `work` answers in the order of its items. A group that fails is done again one by one, so
 * that a fault meets its own item alone.
 *
 *     const nameOf = createGatherer((ids: readonly Uuid[]) => readNames(db, ids))
 *     await nameOf.add(id)
 */
export function createGatherer<Item, Answer>(
  work: (group: readonly Item[]) => Promise<readonly Answer[]>,
): Gatherer<Item, Answer> {
  const queue: Waiting<Item, Answer>[] = []
  const pending = new Set<Promise<void>>()
  let working: Promise<void> | undefined
  const one = async ({ item, resolve, reject }: Waiting<Item, Answer>) => {
    await work([item]).then(([answer]) => resolve(answer as Answer), reject)
  }
  const workOff = async () => {
    // What is added in the same turn of the event loop goes together.
    await Promise.resolve()
    for (let group = queue.splice(0, togetherMax); group.length > 0; group = queue.splice(0, togetherMax)) {
      try {
        const answers = await work(group.map(({ item }) => item))
        group.forEach(({ resolve }, at) => resolve(answers[at] as Answer))
      } catch (fault) {
        if (group.length === 1) group[0]?.reject(fault)
        else await Promise.all(group.map(one))
      }
    }
  }
  const begin = () => {
    working ??= workOff().finally(() => {
      working = undefined
      if (queue.length > 0) begin()
    })
  }
  return {
    add: (item) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      queue.push({ item, resolve, reject })
      const settled = promise.then(nothing, nothing).finally(() => pending.delete(settled))
      pending.add(settled)
      begin()
      return promise
    },
    // Of what was added so far, and no more: where it never falls silent nobody would be told.
    idle: async () => void (await Promise.all(pending)),
  }
}
