/** A binary heap that knows where each item lies, so that any item can leave or be moved in O(log n). */
export type Heap<T> = {
  readonly size: number
  first(): T | undefined
  add(item: T): void
  /** Whether it was there. */
  remove(item: T): boolean
  /** Its rank has changed while it lay here; one that does not lie here is none of the heap's business. */
  moved(item: T): void
  /** In no order. */
  items(): Iterable<T>
}

export function createHeap<T>(goesBefore: (one: T, other: T) => boolean): Heap<T> {
  const heap: T[] = []
  const places = new Map<T, number>()

  function put(item: T, place: number): void {
    heap[place] = item
    places.set(item, place)
  }

  function settle(item: T, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent] as T
      if (!goesBefore(item, above)) break
      put(above, place)
      place = parent
    }
    for (let child = 2 * place + 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && goesBefore(heap[child + 1] as T, heap[child] as T)) child++
      const below = heap[child] as T
      if (!goesBefore(below, item)) break
      put(below, place)
      place = child
    }
    put(item, place)
  }

  return {
    get size() {
      return heap.length
    },
    first: () => heap[0],
    add: (item) => {
      heap.push(item)
      settle(item, heap.length - 1)
    },
    remove: (item) => {
      const place = places.get(item)
      if (place === undefined) return false
      places.delete(item)
      const last = heap.pop() as T
      if (last !== item) settle(last, place)
      return true
    },
    moved: (item) => {
      const place = places.get(item)
      if (place !== undefined) settle(item, place)
    },
    items: () => places.keys(),
  }
}
