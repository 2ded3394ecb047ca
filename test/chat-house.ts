import { botsRoom, openBots, type Bots } from '#bots'
import { setVisibility, createBot } from '#bots/contract'
import { chatPersonal, chatRoom, openChat } from '#chat'
import { getConversation, listMessages, readTurn, sendMessage, type Message } from '#chat/contract'
import { isRefusal, uuidv7, type Refusal, type Uuid } from '#kernel'
import { subscribe } from '#kernel/contract'
import { openPeople, peopleRoom } from '#people'
import { openLimited, type Database } from '#platform'
import { openTurns, turnsRoom, type BotEvent, type BotRuntime, type RuntimeCall, type Turns } from '#turns'
import type { MemoryTill } from './turns/stage.ts'
import type { Person } from './world-people.ts'
import { World } from './world.ts'

/** A world with people, bots, turns and chat, whose bots say what the test wants. */
export type ChatHouse = AsyncDisposable & {
  readonly world: World
  readonly bots: Bots
  readonly turns: Turns
  /** The handle that the answer path has. */
  readonly answers: Database
  /** Every call that a bot got, in order. */
  readonly heard: RuntimeCall[]
  /** What bots say: unless set, `handle: last line of what was asked`. */
  say: (call: RuntimeCall) => AsyncIterable<BotEvent>
  /** A public bot of this person. */
  bot(owner: Person, handle: string): Promise<Uuid>
}

const end = { type: 'end', reason: 'stop' } as const

/** Says what it was asked, under its own name. */
async function* echo({ bot, history }: RuntimeCall): AsyncGenerator<BotEvent> {
  const asked = history.at(-1)?.content.split('\n').at(-1) ?? ''
  yield { type: 'text', text: `${bot.handle}: ` }
  yield { type: 'text', text: asked }
  yield end
}

export async function openChatHouse(options: { readonly till?: MemoryTill } = {}): Promise<ChatHouse> {
  await using open = new AsyncDisposableStack()
  const heard: RuntimeCall[] = []
  const state: { say: ChatHouse['say'] } = { say: echo }
  const run = (call: RuntimeCall) => {
    heard.push(call)
    return state.say(call)
  }
  const runtime: BotRuntime = { kind: 'prompt', run }
  let rooms: { bots: Bots; turns: Turns; answers: Database } | undefined
  const world = await World.start({
    features: async (deps) => {
      const people = openPeople(deps)
      const bots = openBots({ ...deps, people })
      const answers = await openLimited(deps.db, { role: 'bottega_answers', schemas: ['turns', 'chat'] })
      open.defer(() => answers.close())
      const slots = options.till ? [{ room: 'till', charge: options.till }] : []
      const turns = openTurns({ ...deps, answers, runtimes: [runtime], slots, limits: { flushMs: 5 } })
      open.defer(() => turns.close(0))
      const chat = openChat({ ...deps, answers, turns, bots })
      rooms = { bots, turns, answers }
      return [
        peopleRoom({ ...deps, people, personal: [chatPersonal({ answers })] }),
        botsRoom({ ...deps, bots, people }),
        turnsRoom({ ...deps, answers, turns }),
        chatRoom({ ...deps, answers, chat, turns, people }),
      ]
    },
  })
  if (!rooms) throw new Error('a world has its rooms')
  const all = open.move()
  return {
    world,
    ...rooms,
    heard,
    get say() {
      return state.say
    },
    set say(script) {
      state.say = script
    },
    bot: (owner, handle) => makeBot(owner, handle),
    [Symbol.asyncDispose]: async () => {
      await all.disposeAsync()
      await world[Symbol.asyncDispose]()
    },
  }
}

async function makeBot({ call }: Person, handle: string): Promise<Uuid> {
  const id = uuidv7()
  const sheet = {
    name: handle,
    tagline: 'Of a test.',
    description: '',
    kind: 'prompt' as const,
    model: 'wire/normal',
    systemPrompt: '',
    greeting: '',
    suggestions: [],
    tags: [],
    language: 'mul' as const,
    maxOutputTokens: 500,
    temperature: null,
  }
  well(await call(createBot, { body: { id, handle, sheet, usdPerThousand: 0n, owner: 'me' } }))
  well(await call(setVisibility, { params: { bot: id }, body: { visibility: 'public' } }))
  return id
}

export function well<Answer>(answer: Answer): Exclude<Answer, Refusal> {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}: ${answer.detail}`)
  return answer as Exclude<Answer, Refusal>
}

export const refusedBy = (answer: object): unknown => ('refused' in answer ? answer.refused : undefined)

type Say = {
  readonly conversation: string
  readonly bots: readonly string[]
  readonly text: string
  readonly after?: string | null
  readonly turn?: string
}

/** Sends and waits for the answers. */
export async function ask(person: Person, url: string, said: Say) {
  const { conversation, bots, text, after = null, turn = uuidv7() } = said
  const sent = well(
    await person.call(sendMessage, { params: { conversation }, body: { turn, bots: [...bots], after, text } }),
  )
  await hear(person, url, { conversation, turn })
  return sent
}

/** All that a turn says after `lastEventId`, to its end, with its ids. */
export async function hear(
  person: Person,
  url: string,
  { lastEventId, ...params }: { readonly conversation: string; readonly turn: string; readonly lastEventId?: string },
) {
  const read = subscribe({
    baseUrl: url,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('cookie', person.cookie)
      return fetch(input, { ...init, headers })
    },
  })
  const signal = AbortSignal.timeout(20_000)
  const heard = []
  for await (const each of read(readTurn, { params }, { signal, ...(lastEventId ? { lastEventId } : {}) }))
    heard.push(each)
  return heard
}

/** The branch that is shown, whole. */
export async function branchOf(person: Person, conversation: string): Promise<Message[]> {
  const params = { conversation }
  return well(await person.call(listMessages, { params, query: { limit: 200 } })).items
}

export const headOf = async (person: Person, conversation: string) =>
  well(await person.call(getConversation, { params: { conversation } }))
