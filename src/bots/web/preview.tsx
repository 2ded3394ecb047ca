import { Trans } from '@lingui/react/macro'
import { BotMark, useViewer } from '#ui'
import { PriceTag } from './bot-card.tsx'
import type { Draft } from './draft.ts'
import { PriceSlip } from './price-slip.tsx'

type PreviewProps = { readonly draft: Draft; readonly handle: string; readonly usdPerThousand: bigint }

/** What readers will see, while it is written. */
export function Preview({ draft, handle, usdPerThousand }: PreviewProps) {
  const viewer = useViewer()
  const creator = viewer ? { id: viewer.id, name: viewer.name } : null
  const priced = { usdPerThousand, creator, model: draft.kind === 'guide' ? null : draft.model || '…' }
  const maker = viewer?.name
  return (
    <aside className="flex flex-col gap-5 lg:sticky lg:top-8">
      <p className="text-13 text-faint">
        <Trans>What others will see</Trans>
      </p>
      <div className="rounded-card border border-hair bg-paper p-4">
        <div className="flex items-start gap-3">
          <BotMark handle={handle || 'new'} size={40} />
          <div className="min-w-0">
            <p className="truncate font-semibold">{draft.name || <span className="text-faint">…</span>}</p>
            <p className="truncate text-13 text-faint">
              <Trans>by {maker}</Trans>
            </p>
          </div>
        </div>
        <p className="mt-3 mb-4 line-clamp-3 min-h-5 text-13 text-soft text-pretty">{draft.tagline}</p>
        <PriceTag bot={priced} />
      </div>
      <PriceSlip bot={priced} />
    </aside>
  )
}
