import { isRefusal, parseMoney, uuidv7, type Uuid } from '#kernel'
import type { Bots } from './bots.ts'
import type { Sheet } from './contract.ts'
import { addHouse } from './house.ts'

/** Which of the sandbox's models shows each of the house's bots best. */
const houseModels = {
  assistant: 'sandbox/plain',
  tutor: 'sandbox/markdown',
  knowledge: 'sandbox/table',
  analyst: 'sandbox/code',
  storyteller: 'sandbox/long',
  'picture-prompt': 'sandbox/picture',
  // The Guide asks no model.
  guide: 'sandbox/plain',
}

type DemoBot = {
  readonly handle: string
  readonly creator: string
  readonly usd: string
  readonly sheet: Pick<Sheet, 'name' | 'tagline' | 'description' | 'model' | 'systemPrompt' | 'tags'> & Partial<Sheet>
}

/** Names of people who do not exist, and the bots that they sell in a demo. */
export const demoCreators = ['Ada Okafor', 'Benoît Laurent', '陈雨', 'Mika Tanaka'] as const

const demoBots: readonly DemoBot[] = [
  {
    handle: 'contract-reader',
    creator: 'Ada Okafor',
    usd: '4',
    sheet: {
      name: 'Contract Reader',
      tagline: 'Rent, work, phone: what you are about to sign, in plain words.',
      description:
        'Paste a contract. You get what you owe, what you may do, how you get out, and the three clauses worth a ' +
        'second look. No legal advice.',
      model: 'sandbox/table',
      systemPrompt:
        'You are a contract reader. List duties, rights, ways out and deadlines with the clause each comes from; ' +
        'then the three clauses a careful friend would ask about. Say what is missing. You give no legal advice.',
      tags: ['law', 'everyday'],
      greeting: 'Paste the contract, or the clause that worries you.',
    },
  },
  {
    handle: 'sql-mentor',
    creator: 'Ada Okafor',
    usd: '1.5',
    sheet: {
      name: 'SQL Mentor',
      tagline: 'Queries that are right first, then fast, with the plan explained.',
      description: 'PostgreSQL at heart. Give it your tables and the question; it writes the query and says why.',
      model: 'sandbox/code',
      systemPrompt:
        'You are a database mentor. Write the simplest correct query for PostgreSQL, explain it clause by clause,' +
        ' and name the index that it needs. Ask for the table definitions when they are missing.',
      tags: ['code', 'sql', 'learning'],
      suggestions: ['The latest order of each customer', 'Why is this join slow?'],
    },
  },
  {
    handle: 'chef-des-restes',
    creator: 'Benoît Laurent',
    usd: '0.4',
    sheet: {
      name: 'Chef des restes',
      tagline: 'Dites ce qui reste au frigo ; le dîner suit.',
      description: 'Trois idées avec ce que vous avez, du plus simple au plus beau, sans retourner au marché.',
      model: 'sandbox/markdown',
      systemPrompt:
        'You are a cook who wastes nothing. From the ingredients given propose three dishes from simple to fine, ' +
        'with times and quantities for two. Answer in French unless asked otherwise.',
      tags: ['cuisine', 'everyday'],
      language: 'fr',
      greeting: 'Qu’est-ce qui reste ?',
    },
  },
  {
    handle: 'yu-xiaoxue',
    creator: '陈雨',
    usd: '2',
    sheet: {
      name: '语文小学堂',
      tagline: '读古诗、学成语,一问一答,边玩边学。',
      description: '适合小学和初中的同学。先讲故事,再讲字词,最后出一道小题。',
      model: 'sandbox/markdown',
      systemPrompt:
        'You are a Chinese teacher for children. Tell the story of a poem or idiom first, then its words, then ' +
        'set one small question. Answer in simplified Chinese.',
      tags: ['语文', '学习'],
      language: 'zh',
      greeting: '今天想学哪一首诗?',
      suggestions: ['讲讲《静夜思》', '“画蛇添足”是什么意思?'],
    },
  },
  {
    handle: 'keigo-desk',
    creator: 'Mika Tanaka',
    usd: '3.25',
    sheet: {
      name: '敬語デスク',
      tagline: 'メールの敬語を、相手に合わせて整えます。',
      description: '取引先、上司、お客さま。誰に送るかを書いてください。直した理由も短く添えます。',
      model: 'sandbox/plain',
      systemPrompt:
        'You are a Japanese business writer. Rewrite the text in the level of politeness that fits the reader, ' +
        'and explain each change in one line. Answer in Japanese.',
      tags: ['日本語', 'メール'],
      language: 'ja',
      greeting: 'どなたに送るメールですか。',
    },
  },
  {
    handle: 'slow-thinker',
    creator: 'Mika Tanaka',
    usd: '12',
    sheet: {
      name: 'Slow Thinker',
      tagline: 'Takes its time, on purpose. Watch the words arrive, and press Stop when you have enough.',
      description:
        'For questions that deserve a walk around the block. A stopped answer is charged: you asked, it came.',
      model: 'sandbox/slow',
      systemPrompt: 'You are a philosopher who thinks aloud. Turn the question over slowly before you answer it.',
      tags: ['philosophy'],
    },
  },
]

/** The people to whom the demo's bots belong, made by whoever can make accounts. */
export type DemoPeople = Readonly<Record<(typeof demoCreators)[number], Uuid>>

/** Fills a demo's catalogue: the house's bots on the sandbox, and priced ones of made-up creators. A second time adds nothing. */
export async function seedDemo(bots: Pick<Bots, 'studio'>, people: DemoPeople): Promise<void> {
  const house = await addHouse(bots, (handle) => houseModels[handle])
  if (isRefusal(house)) throw new Error(house.detail)
  const ids = new Map<string, Uuid>(Object.entries(people))
  for (const { handle, creator, usd, sheet } of demoBots.toReversed()) {
    const price = parseMoney('USD', usd)
    const owner = ids.get(creator)
    if (isRefusal(price) || !owner) throw new Error(`the demo bot ${handle} has no price or no creator`)
    const made = await bots.studio.create({
      id: uuidv7(),
      handle,
      sheet: { ...blank, ...sheet },
      usdPerThousand: price.minor,
      creator: owner,
      visibility: 'public',
    })
    if (isRefusal(made) && made.refused !== 'handle_taken') throw new Error(made.detail)
  }
}

const blank: Omit<Sheet, 'name' | 'tagline' | 'description' | 'model' | 'systemPrompt' | 'tags'> = {
  kind: 'prompt',
  greeting: '',
  suggestions: [],
  language: 'en',
  maxOutputTokens: 2000,
  temperature: null,
}
