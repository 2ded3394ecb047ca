import { Trans } from '@lingui/react/macro'

/** What to name when one asks for help; folded away, since it says nothing to most. */
export function RequestId({ id }: { readonly id: string }) {
  return (
    <details className="text-13 text-faint">
      <summary className="cursor-pointer select-none">
        <Trans>For support</Trans>
      </summary>
      <span className="figure text-12 break-all select-all">{id}</span>
    </details>
  )
}
