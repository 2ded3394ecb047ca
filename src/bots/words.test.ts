import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { World } from '../../test/world.ts'
import { searchQuery, searchVector } from './words.ts'

const nothing = { handle: '', name: '', tagline: '', tags: [], description: '' }

test('words, pairs of dense signs, and no accents', () => {
  assert.equal(searchQuery('Résumé GPT4'), `'resume':* & 'gpt4':*`)
  assert.equal(searchQuery('古诗词'), `'古诗' & '诗词'`)
  assert.equal(searchQuery('猫'), `'猫'`)
  assert.equal(searchQuery('SQL入門'), `'sql':* & '入門'`)
  assert.equal(searchQuery(' … ,!? '), undefined)
})

test('what stands in a text is found by any part of it, and nothing breaks the query', async () => {
  await using database = await World.database()
  const found = async (text: string, query: string) => {
    const sql = 'select $1::tsvector @@ $2::tsquery as found'
    const { rows } = await database.db.pool.query<{ found: boolean }>(sql, [
      searchVector({ ...nothing, description: text }),
      searchQuery(query),
    ])
    return rows[0]?.found
  }
  assert.equal(await found('读古诗、学成语,一问一答', '学成语'), true)
  assert.equal(await found('メールの敬語を整えます。', '敬語'), true)
  assert.equal(await found('한국어 선생님', '선생'), true)
  assert.equal(await found('Contract Reader', 'contr read'), true)
  assert.equal(await found('Contract Reader', 'tract'), false)
  const letter = fc.constantFrom(
    ...Array.from('aZé1日本語かなカ한국ß٣'),
    "'",
    '\\',
    ':',
    '&',
    '!',
    '*',
    '(',
    ' ',
    '\u0000',
    '\uD800',
  )
  const text = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(''))
  await fc.assert(
    fc.asyncProperty(text, text, async (before, query) => {
      if (searchQuery(query) === undefined) return
      assert.equal(await found(`${before} ${query}`, query), true)
    }),
    { numRuns: 300 },
  )
})
