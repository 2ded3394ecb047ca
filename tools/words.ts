// Gathers the words of all screens into the catalogue that translators begin with. `--check` only says whether it is whole.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = resolve(import.meta.dirname, '..')
const catalogue = join(root, 'src/app/browser/locales/en.po')
const { values } = parseArgs({ options: { check: { type: 'boolean' } } })

const before = read()
const gathered = spawnSync(join(root, 'node_modules/.bin/lingui'), ['extract', '--clean', '--overwrite'], {
  cwd: root,
  encoding: 'utf8',
})
if (gathered.status === 0) {
  const after = read()
  const stable = wordsOf(before) === wordsOf(after)
  if (values.check || stable) writeFileSync(catalogue, before)
  if (values.check && !stable) {
    console.error('The screens have other words than the catalogue. Run `npm run words` and commit what it writes.')
    process.exitCode = 1
  }
} else {
  console.error(`${gathered.stdout}${gathered.stderr}`)
  process.exitCode = 1
}

function read(): string {
  try {
    return readFileSync(catalogue, 'utf8')
  } catch {
    return ''
  }
}

/** Without the head, which has the hour. */
function wordsOf(text: string): string {
  return text.slice(text.indexOf('\n\n'))
}
