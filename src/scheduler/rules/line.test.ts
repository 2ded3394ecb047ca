import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Entry } from './entry.ts'
import { charge, createLine, depart, head, join, leave, welcome, type Line, type User } from './line.ts'

let lastId = 0

function wait(line: Line, user: User): Entry {
  // The line looks at no more of an entry than this.
  const entry = { id: ++lastId, user } as Entry
  join(line, entry)
  return entry
}

test('who comes back to wait starts with the least of those who wait already', () => {
  const line = createLine()
  const [there, back] = [welcome(line, 'there'), welcome(line, 'back')]
  wait(line, there)
  charge(line, there, 1000)
  wait(line, back)
  assert.equal(back.served, 1000)
})

test('where nobody waits it is the level that absence is lifted to', () => {
  const line = createLine()
  const [there, back] = [welcome(line, 'there'), welcome(line, 'back')]
  charge(line, there, 1000)
  wait(line, back)
  assert.equal(back.served, 500, 'two were there to share it')
  assert.equal(welcome(line, 'new').served, 500)
})

test('who was served above the level keeps that while away, and is forgotten once it tells nobody apart', () => {
  const line = createLine()
  const [one, other] = [welcome(line, 'one'), welcome(line, 'other')]
  charge(line, one, 300)
  depart(line, one)
  assert.equal(welcome(line, 'one').served, 300)
  depart(line, one)
  charge(line, other, 1000)
  depart(line, other)
  assert.deepEqual([...line.users.keys()], [])
})

test('a user with several asks is in line once, by the oldest of them', () => {
  const line = createLine()
  const user = welcome(line, 'one')
  const [first, second, third] = [wait(line, user), wait(line, user), wait(line, user)]
  assert.equal(head(line), first)
  leave(line, second)
  leave(line, first)
  assert.equal(head(line), third)
  leave(line, third)
  assert.equal(head(line), undefined)
  assert.deepEqual([line.waiting, line.backlog.size], [0, 0])
})

test('a user is present once, however much they ask for', () => {
  const line = createLine()
  const user = welcome(line, 'one')
  assert.equal(welcome(line, 'one'), user)
  charge(line, user, 1000)
  assert.equal(line.level, 1000)
})

test('who waits already is lifted by nothing, and what changes nobody’s place is no change', () => {
  const line = createLine()
  const [waiting, other] = [welcome(line, 'waiting'), welcome(line, 'other')]
  wait(line, waiting)
  const { changes } = line
  charge(line, other, 1000)
  assert.equal(line.changes, changes)
  wait(line, waiting)
  assert.equal(waiting.served, 0)
  const before = line.changes
  charge(line, waiting, 10)
  assert.ok(line.changes > before)
})
