import { msg } from '@lingui/core/macro'
import { Cable } from 'lucide-react'
import { places, screen, type RoomScreens } from '#ui'

export const modelsScreens: RoomScreens = {
  room: 'models',
  screens: [
    screen('/desk/models', { for: 'operator', load: async () => (await import('./models-page.tsx')).ModelsPage }),
  ],
  nav: [{ area: 'desk', to: places.deskModels, label: msg`Models`, icon: Cable, for: 'operator' }],
  commands: [
    {
      label: msg`Connect a model`,
      also: msg`provider, key, OpenAI, Anthropic, Ollama, costs of models`,
      to: places.deskModels,
      icon: Cable,
      for: 'operator',
    },
  ],
}
