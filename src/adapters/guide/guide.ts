import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BotEvent, BotRuntime } from '#turns'
import { createRanking, type Ranked } from './ranking.ts'
import { sectionsOf, type Section } from './sections.ts'

/** The documents that this house came with: those for readers first, then what it says of itself. */
const forReaders = 'docs/guide/*.md'
const documents = [
  forReaders,
  'README.md',
  'ARCHITECTURE.md',
  'docs/operating/*.md',
  'src/*/README.md',
  'src/*/*/README.md',
]
const readerWeight = 2
const matchedMin = 0.34
const quotedMax = 2
const quoteCharactersMax = 900
const questionCharactersMax = 2000

/**
 * Answers questions about Bottega from its own documents: it looks them up and quotes them, with their names. No model is
 * asked, nothing is made up, and where the documents are silent it says so. `root` is the folder of the house.
 */
export function openGuide({ root }: { readonly root: string }): BotRuntime {
  const sections = documents
    .flatMap((pattern) => globSync(pattern, { cwd: root }).toSorted())
    .flatMap((path) => sectionsOf(path, readFileSync(join(root, path), 'utf8')))
  const rank = createRanking(sections, ({ path, title, text }) => ({
    title,
    text,
    weight: path.startsWith('docs/guide/') ? readerWeight : 1,
  }))
  return {
    kind: 'guide',
    run: ({ history }) => {
      const question = history.findLast(({ role }) => role === 'user')?.content ?? ''
      return answer(question.slice(0, questionCharactersMax), { sections, rank })
    },
  }
}

type Library = {
  readonly sections: readonly Section[]
  readonly rank: (question: string) => Ranked<Section>[]
}

function answer(question: string, { sections, rank }: Library): AsyncIterable<BotEvent> {
  const found = rank(question).filter(({ matched }) => matched >= matchedMin)
  const best = found[0]?.score ?? 0
  const quoted = found.filter(({ score }) => score >= best * 0.6).slice(0, quotedMax)
  const text =
    quoted.length === 0 ? silence(question, sections) : quoted.map(({ document }) => quote(document)).join('\n\n')
  const next = found
    .filter(({ document }) => document.title.endsWith('?'))
    .filter((each) => !quoted.includes(each))
    .slice(0, 3)
  return eventsOf([
    ...paragraphsOf(text),
    ...next.map(({ document }) => ({ type: 'suggest' as const, text: document.title })),
    { type: 'end', reason: 'stop' },
  ])
}

async function* eventsOf(events: readonly BotEvent[]): AsyncGenerator<BotEvent> {
  yield* events
}

function paragraphsOf(text: string): BotEvent[] {
  return text.split(/(?<=\n\n)/).map((piece) => ({ type: 'text', text: piece }))
}

function quote({ document, path, title, text }: Section): string {
  const quoted = shorten(text)
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
  const place = path.startsWith('docs/guide/') ? document : `${document}, \`${path}\``
  return `**${title}**\n\n${quoted}\n\n*From ${place}.*`
}

/** Whole paragraphs while they fit; the first one is cut at a sentence if it must be. */
function shorten(text: string): string {
  if (text.length <= quoteCharactersMax) return text
  const whole = text.slice(0, text.lastIndexOf('\n\n', quoteCharactersMax) + 1).trim()
  if (whole !== '') return `${whole}\n\n…`
  const sentence = text.slice(0, text.lastIndexOf('. ', quoteCharactersMax) + 1)
  return `${sentence || text.slice(0, quoteCharactersMax)} …`
}

function silence(question: string, sections: readonly Section[]): string {
  const questions = sections.filter(({ title, path }) => title.endsWith('?') && path.startsWith('docs/guide/'))
  const step = Math.max(1, Math.floor(questions.length / 6))
  const some = questions.filter((_, at) => at % step === 0).slice(0, 6)
  const head =
    question.trim() === ''
      ? 'Ask me how this place works: I look it up in its documents, which are in English.'
      : 'The documents of this house, which are in English, say nothing about that, and I do not guess.'
  return `${head}\n\nThey do answer, for instance:\n\n${some.map(({ title }) => `- ${title}`).join('\n')}`
}
