import type { Database } from '#platform'
import type { Message } from './contract.ts'
import { readBranch, toMessageAlone } from './reading.ts'
import { refuse, type Refusal } from '#kernel'
import type { Standing } from './store/conversations.ts'
import { allOf } from './store/messages.ts'

type Exported = { readonly name: string; readonly type: string; readonly text: string }

const bytesMax = 30_000_000
const stepsMax = 100_000

/** The branch that is shown as Markdown, or every branch as JSON. */
export async function exportAs(
  db: Database,
  standing: Standing,
  form: 'markdown' | 'json',
): Promise<Exported | Refusal<'too_long'>> {
  const rows = await allOf(db, { conversation: standing.id, bytesMax })
  if (rows === 'too much')
    return refuse(
      'too_long',
      'This conversation is too long for one file. The export of all your data, in your account, has it whole.',
    )
  const name = fileName(standing.title)
  if (form === 'markdown') {
    const { items } = await readBranch(db, { conversation: standing.id, from: standing.leaf, limit: stepsMax })
    return { name: `${name}.md`, type: 'text/markdown', text: markdownOf(standing, items) }
  }
  const messages = rows.map(toMessageAlone)
  return {
    name: `${name}.json`,
    type: 'application/json',
    text: `${JSON.stringify(jsonOf(standing, messages), null, 2)}\n`,
  }
}

function jsonOf({ id, title, created_at, leaf }: Standing, messages: readonly object[]) {
  return { conversation: id, title, createdAt: created_at.toISOString(), shownTo: leaf, messages }
}

/** Everything a person has in a conversation, for their own data's export. */
export async function wholeOf(db: Database, standing: Standing): Promise<object> {
  const rows = await allOf(db, { conversation: standing.id, bytesMax: Number.MAX_SAFE_INTEGER })
  const messages = rows === 'too much' ? [] : rows.map(toMessageAlone)
  return jsonOf(standing, messages)
}

function markdownOf({ title, created_at }: Standing, items: readonly Message[]): string {
  const blocks = items.map((item) => {
    const who = item.kind === 'question' ? 'You' : `${item.bot.name} (@${item.bot.handle})`
    const below = item.kind === 'answer' && item.words !== null ? `\n\n*${item.words}*` : ''
    return `## ${who}, ${day(item.at)}\n\n${item.text}${below}`
  })
  return `# ${title}\n\nBegun ${day(created_at.toISOString())}\n\n${blocks.join('\n\n')}\n`
}

const day = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`

/** A title as every file system takes it. */
function fileName(title: string): string {
  const name = title
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*.]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return name.slice(0, 80) || 'Conversation'
}
