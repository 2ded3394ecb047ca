import { refuse } from '#kernel'
import type { Json, Personal } from '#people'
import type { Database } from '#platform'
import { wholeOf } from './exporting.ts'
import { conversationOf, idsOf, removeAllOf } from './store/conversations.ts'
import { bytesOfOwner } from './store/sizes.ts'

const bytesMax = 64_000_000

/** What this room keeps of a person: all their conversations, deleted ones too until they are purged. */
export function chatPersonal({ answers }: { readonly answers: Database }): Personal {
  return {
    room: 'chat',
    export: async (user) => {
      if ((await bytesOfOwner(answers, user)) > bytesMax)
        return refuse(
          'too_large',
          'Your conversations are more than 64 MB, which is too much for one file. Save them one by one, from their menus.',
        )
      const conversations: Json[] = []
      for (const id of await idsOf(answers, user)) {
        const standing = await conversationOf(answers, id)
        if (standing) conversations.push((await wholeOf(answers, standing)) as Json)
      }
      return { conversations }
    },
    erase: (user) => removeAllOf(answers.tables<unknown>(), user),
  }
}
