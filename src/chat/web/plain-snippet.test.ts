import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainSnippet } from './plain-snippet.ts'

/** The text with what is marked in angle brackets. */
function marked(text: string, word: string): string {
  const from = text.indexOf(word)
  const plain = plainSnippet({ text, marks: [[from, from + word.length]] })
  const [[start, end] = [0, 0]] = plain.marks
  return `${plain.text.slice(0, start)}<${plain.text.slice(start, end)}>${plain.text.slice(end)}`
}

test('an answer that is found reads without the signs of Markdown, and its marks stay on their words', () => {
  assert.equal(marked('## On the deposit **worth** it', 'deposit'), 'On the <deposit> worth it')
  assert.equal(
    marked('Side by side: | Way | Cost | |:----|-----:| | By the message | 40 |', 'message'),
    'Side by side: Way Cost By the <message> 40 ',
  )
  assert.equal(marked('use `npm start` and *then* **wait**', 'wait'), 'use npm start and then <wait>')
  assert.equal(marked('**deposit**s', 'deposit'), '<deposit>s')
})

test('what only looks like a sign stays', () => {
  assert.equal(marked('2 * 3 = 6, C# and snake_case_name', 'snake'), '2 * 3 = 6, C# and <snake>_case_name')
})
