import { msg } from '@lingui/core/macro'
import { Hammer, Plus, Store } from 'lucide-react'
import { searchBots } from '#bots/contract'
import { isRefusal } from '#kernel/contract'
import { places, screen, type RoomScreens } from '#ui'

export const botsScreens: RoomScreens = {
  room: 'bots',
  screens: [
    screen('/', { load: async () => (await import('./catalogue-page.tsx')).CataloguePage }),
    screen('/b/$handle', { load: async () => (await import('./bot-page.tsx')).BotPage }),
    screen('/studio', { for: 'members', load: async () => (await import('./studio-page.tsx')).StudioPage }),
    screen('/studio/new', { for: 'members', load: async () => (await import('./new-bot-page.tsx')).NewBotPage }),
    screen('/studio/$bot', { for: 'members', load: async () => (await import('./workbench-page.tsx')).WorkbenchPage }),
  ],
  nav: [
    { area: 'main', to: places.home, label: msg`Bots`, icon: Store },
    { area: 'main', to: places.studio, label: msg`Studio`, icon: Hammer, for: 'members' },
  ],
  commands: [
    { label: msg`Make a bot`, also: msg`create, new, studio, prompt`, to: places.newBot, icon: Plus, for: 'members' },
    { label: msg`Studio`, also: msg`my bots, price, publish, share`, to: places.studio, icon: Hammer, for: 'members' },
    { label: msg`All bots`, also: msg`catalogue, explore, home`, to: places.home, icon: Store },
  ],
  find: [
    {
      title: msg`Bots`,
      run: async (text, call, signal) => {
        const found = await call(searchBots, { query: { q: text, sort: 'match', limit: 6 } }, { signal })
        if (isRefusal(found)) return []
        return found.items.map(({ handle, name, tagline }) => ({
          key: handle,
          label: name,
          hint: tagline,
          to: places.bot(handle),
          mark: handle,
        }))
      },
    },
  ],
}
