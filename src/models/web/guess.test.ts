import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeSlug, guessMaker } from './guess.ts'

const maker = (slug: string, keyPrefix: string | null) => ({ slug, name: slug, baseUrl: '', keyPrefix, keyPage: null })
const known = [maker('openai', 'sk-'), maker('anthropic', 'sk-ant-'), maker('mistral', null), maker('groq', 'gsk_')]

test('whose a key is, the longest beginning tells', () => {
  assert.equal(guessMaker(' sk-proj-1 ', known)?.slug, 'openai')
  assert.equal(guessMaker('sk-ant-1', known)?.slug, 'anthropic')
  assert.equal(guessMaker('gsk_1', known)?.slug, 'groq')
  assert.equal(guessMaker('something', known), undefined)
})

test('a second of a name gets a number', () => {
  assert.equal(freeSlug('openai', []), 'openai')
  assert.equal(freeSlug('openai', [{ slug: 'openai' }, { slug: 'openai-2' }]), 'openai-3')
})
