import { Trans } from '@lingui/react/macro'
import type { Visibility } from '#bots/contract'
import { Tag } from '#ui'

export function VisibilityTag({ visibility }: { readonly visibility: Visibility }) {
  switch (visibility) {
    case 'draft':
      return (
        <Tag>
          <Trans>Draft</Trans>
        </Tag>
      )
    case 'private':
      return (
        <Tag tone="amber">
          <Trans>By link</Trans>
        </Tag>
      )
    case 'public':
      return (
        <Tag tone="good">
          <Trans>Public</Trans>
        </Tag>
      )
    case 'withdrawn':
      return (
        <Tag tone="bad">
          <Trans>Withdrawn</Trans>
        </Tag>
      )
  }
}
