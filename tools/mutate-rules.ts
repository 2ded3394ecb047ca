// `npm run mutate:rules`: takes each branch of the scheduler's rules never, then always, and holds that a test turns red.
// `npm run mutate:rules -- TEXT…` runs only those whose place contains one of the texts.
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCopy, root, runTest } from './mutation.ts'

const files = globSync('src/scheduler/{rules,rules/*}.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .toSorted()
/** The nearest first; the laboratory, which plays whole peaks, last. */
const tests = ['src/scheduler/rules/*.test.ts', 'src/scheduler/*.test.ts', 'bench/scheduler/des/*.test.ts'].flatMap(
  (pattern) => globSync(pattern, { cwd: root }).toSorted(),
)
const workers = 2
const patienceMs = 60_000

/** Those that answer the same, by their place, their condition and which way it goes, and why. */
const equivalents: readonly (readonly [words: RegExp, why: string])[] = [
  [/heap\.ts .*goesBefore\(item, above\) never/, 'it goes to the top and from there down to its place, only slower'],
  [/line\.ts !known always/, 'the same user is set once more'],
  [/place\.ts conversation === undefined never/, 'an ask without a conversation has no home either way'],
  [/line\.ts line\.again\.remove\(entry\) never/, 'what waits again stands nowhere else'],
]

type Mutant = {
  readonly file: string
  readonly line: number
  readonly condition: string
  readonly from: number
  readonly to: number
  readonly now: string
}

/** Every condition of an `if`, once as never true and once as always. */
function mutantsOf(file: string): Mutant[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/\bif \(/g)].flatMap((match) => {
    const from = match.index + match[0].length
    const [to, line] = [closing(text, from), text.slice(0, from).split('\n').length]
    const condition = text.slice(from, to)
    return ['false', 'true'].map((now) => ({ file, line, condition, from, to, now }))
  })
}

/** Where the bracket ends that was opened just before. */
function closing(text: string, from: number): number {
  let open = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') open++
    if (text[at] === ')' && --open === 0) return at
  }
  throw new Error('a condition does not end')
}

/** What stands between is kept for what it does and not for what it says. */
const mutated = (text: string, { from, to, now }: Mutant) =>
  `${text.slice(0, from)}((${text.slice(from, to)}), ${now})${text.slice(to)}`

const wayOf = ({ now }: Mutant) => (now === 'true' ? 'always' : 'never')
const placeOf = (mutant: Mutant) => `${mutant.file}:${mutant.line} ${wayOf(mutant)}`
const wordsOf = (mutant: Mutant) => `${mutant.file} ${mutant.condition} ${wayOf(mutant)}`

/** The nearest tests of a file are those of its own name. */
const testsFor = (file: string) => {
  const own = file.replace(/\.ts$/, '.test.ts')
  return tests.toSorted((a, b) => Number(b === own) - Number(a === own))
}

async function isNoticed(mutant: Mutant, copy: string): Promise<string | undefined> {
  const path = join(copy, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutated(original, mutant))
  try {
    for (const file of testsFor(mutant.file))
      if ((await runTest({ copy, file, env: {}, patienceMs })).failed) return file
    return undefined
  } finally {
    writeFileSync(path, original)
  }
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2)
  const all = files.flatMap(mutantsOf)
  const chosen = all.filter((mutant) => wanted.length === 0 || wanted.some((text) => placeOf(mutant).includes(text)))
  const queue = chosen.filter((mutant) => !equivalents.some(([words]) => words.test(wordsOf(mutant))))
  const equivalent = chosen.length - queue.length
  const survivors: Mutant[] = []
  const tried = queue.length
  const copies = Array.from({ length: workers }, makeCopy)
  const work = async (copy: string) => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const by = await isNoticed(mutant, copy)
      if (by === undefined) survivors.push(mutant)
      console.log(`${by === undefined ? 'survived' : 'killed'} ${placeOf(mutant)} ${by ?? ''}`)
    }
  }
  try {
    for (const file of tests) {
      const { failed, output } = await runTest({ copy: copies[0] ?? root, file, env: {}, patienceMs })
      if (failed) throw new Error(`${file} fails without any mutation:\n${output}`)
    }
    await Promise.all(copies.map(work))
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true })
  }
  for (const mutant of survivors) console.log(`NO TEST NOTICES ${placeOf(mutant)}`)
  console.log(JSON.stringify({ killed: tried - survivors.length, survived: survivors.length, equivalent }))
  if (survivors.length > 0) process.exitCode = 1
}

await main()
