import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { OperatorFault } from '#platform'
import { explainFault } from './start-fault.ts'

const explain = (fault: unknown) => explainFault(fault, { debug: 'words only' })

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (fault) {
    return fault
  }
  return assert.fail('nothing was thrown')
}

test('what whoever runs the install can mend is no bug, and says how', () => {
  const cases: readonly [unknown, RegExp][] = [
    [thrownBy(() => writeFileSync('/dev/full', 'x')), /^Bottega cannot start\. ENOSPC.*\nThe disk is full/],
    [thrownBy(() => readFileSync(`${import.meta.filename}/secret`)), /ENOTDIR.*secret'\nSomething else stands/],
    [thrownBy(() => readFileSync(import.meta.dirname)), /EISDIR.*\nSomething else stands/],
    [new OperatorFault('It is wrong.', 'Mend it.'), /^Bottega cannot start\. It is wrong\.\nMend it\.$/],
  ]
  for (const [fault, words] of cases) assert.match(explain(fault), words)
})

test('anything else is a bug, and what closing adds to a fault does not hide it', () => {
  assert.match(explain(new TypeError('x is undefined')), /x is undefined\nThis is a bug/)
  assert.match(explain('thrown as it was'), /thrown as it was\nThis is a bug/)
  const first = new OperatorFault('It is wrong.', 'Mend it.')
  const fault = new SuppressedError(new Error('not closed'), new SuppressedError(new Error('nor this'), first))
  assert.match(explain(fault), /^Bottega cannot start\. It is wrong\.\nMend it\.$/)
})
