import { Trans } from '@lingui/react/macro'
import { getWallet } from '#wallet/contract'
import { Dollars, Link, places, Points, Skeleton, useRead, useViewer } from '#ui'
import { worthOf } from './amounts.ts'

const refreshMs = 30_000

/** What can be spent now, always in sight. */
export function PointsCorner({ compact }: { readonly compact: boolean }) {
  const viewer = useViewer()
  const wallet = useRead(getWallet, {}, { when: viewer !== undefined, refreshMs })
  if (!viewer || wallet.state === 'refused' || wallet.state === 'failed') return null
  if (wallet.state === 'loading') return <Skeleton className={compact ? 'h-6 w-20' : 'mx-2.5 my-2 h-5 w-32'} />
  const { available, debt } = wallet.value
  if (compact) {
    return (
      <Link to={places.wallet} className="rounded-control px-2 py-1 text-13 hover:bg-hover">
        <Points value={available} />
      </Link>
    )
  }
  return (
    <Link
      to={places.wallet}
      className="flex items-baseline gap-2.5 rounded-control px-2.5 py-1.5 text-13 transition-colors hover:bg-hover"
    >
      {debt > 0n ? (
        <span className="text-out">
          <Trans>
            You owe <Points value={debt} />
          </Trans>
        </span>
      ) : (
        <>
          <Points value={available} className="flex-1" />
          <Dollars micro={worthOf(available)} className="text-faint" />
        </>
      )}
    </Link>
  )
}
