import type { Database } from '#platform'
import type { Message } from './contract.ts'
import { readBranch, toMessageAlone } from './reading.ts'
import { refuse, type Refusal } from '#kernel'
import type { Standing } from './store/conversations.ts'
import { allOf } from './store/messages.ts'
import { bytesOfBranch, bytesOfConversation, stepsIn } from './store/sizes.ts'

type Exported = { readonly name: string; readonly type: string; readonly text: string }

const bytesMax = 30_000_000

/** The branch that is shown as Markdown, or every branch as JSON. */
export async function exportAs(
  db: Database,
  standing: Standing,
  form: 'markdown' | 'json',
): Promise<Exported | Refusal<'too_long'>> {
  const name = fileName(standing.title)
  const conversation = standing.id
  if (form === 'json') {
    if ((await bytesOfConversation(db, conversation)) > bytesMax)
      return refuse('too_long', 'All branches of this are too much for one file. Show one, and save that as Markdown.')
    const text = `${JSON.stringify(await wholeOf(db, standing), null, 2)}\n`
    return { name: `${name}.json`, type: 'application/json', text }
  }
  const from = standing.leaf
  if (from !== null && (await bytesOfBranch(db, { conversation, from, bytesMax })) > bytesMax)
    return refuse(
      'too_long',
      'This is too long for one file. Show an earlier version, which ends sooner, and save that.',
    )
  const { items } = await readBranch(db, { conversation, from, limit: stepsIn(bytesMax) })
  return { name: `${name}.md`, type: 'text/markdown', text: markdownOf(standing, items) }
}

/** Everything that is in a conversation, every branch of it; whoever asks has measured it. */
export async function wholeOf(db: Database, standing: Standing): Promise<object> {
  const messages = (await allOf(db, standing.id)).map(toMessageAlone)
  const { id, title, created_at, leaf } = standing
  return { conversation: id, title, createdAt: created_at.toISOString(), shownTo: leaf, messages }
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
