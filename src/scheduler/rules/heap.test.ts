import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHeap } from './heap.ts'

type Item = { rank: number; readonly nth: number }
const goesBefore = (one: Item, other: Item) => (one.rank !== other.rank ? one.rank < other.rank : one.nth < other.nth)

test('whatever is added, moved and removed, the first is the least of what is left', () => {
  const step = fc.record({
    act: fc.constantFrom('add', 'remove', 'move', 'take'),
    rank: fc.nat(20),
    which: fc.nat(1000),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = createHeap(goesBefore)
      const left: Item[] = []
      for (const [nth, { act, rank, which }] of steps.entries()) {
        const chosen = left[which % Math.max(1, left.length)]
        if (act === 'add') {
          const item = { rank, nth }
          heap.add(item)
          left.push(item)
        } else if (act === 'move' && chosen) {
          chosen.rank = rank
          heap.moved(chosen)
        } else if (chosen) {
          const gone = act === 'take' ? (heap.first() as Item) : chosen
          assert.equal(heap.remove(gone), true)
          assert.equal(heap.remove(gone), false)
          left.splice(left.indexOf(gone), 1)
        }
        assert.equal(heap.size, left.length)
        assert.equal(heap.first(), left.toSorted((one, other) => (goesBefore(one, other) ? -1 : 1))[0])
        assert.deepEqual(new Set(heap.items()), new Set(left))
      }
    }),
  )
})

test('what does not lie in it can be neither moved nor removed', () => {
  const heap = createHeap(goesBefore)
  const stranger = { rank: 0, nth: 0 }
  heap.moved(stranger)
  assert.equal(heap.remove(stranger), false)
  assert.equal(heap.first(), undefined)
})

test('what is not in it moves nowhere, and is in it no more than before', () => {
  const heap = createHeap<number>((one, other) => one < other)
  heap.add(1)
  heap.moved(2)
  assert.deepEqual([[...heap.items()], heap.size, heap.remove(2)], [[1], 1, false])
})
