import { Trans, useLingui } from '@lingui/react/macro'
import { Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { makeResetLink, type User } from '#people/contract'
import { Button, Dialog, Field, Input, Instant, Refused, SkeletonText, useToast, useWrite } from '#ui'

type DialogProps = { readonly user: User | undefined; readonly onClose: () => void }

/** A link by which somebody sets a new password, for the operator to pass on; there is no mail to send it with. */
export function ResetLinkDialog({ user, onClose }: DialogProps) {
  if (!user) return null
  return (
    <Dialog open onClose={onClose} title={<Trans>A new password for {user.name}</Trans>} size="s">
      <FreshLink user={user.id} />
    </Dialog>
  )
}

type Made = { readonly url: string; readonly until: string }

function FreshLink({ user }: { readonly user: string }) {
  const { t } = useLingui()
  const toast = useToast()
  const { run, refusal } = useWrite(makeResetLink)
  const [made, setMade] = useState<Made>()
  useEffect(() => {
    let gone = false
    const make = async () => {
      const answer = await run({ params: { user } })
      if (answer && !isRefusal(answer) && !gone)
        setMade({ url: window.location.origin + answer.path, until: answer.until })
    }
    void make()
    return () => {
      gone = true
    }
    // One link for each time the dialog opens.
  }, [user])
  if (refusal) return <Refused refusal={refusal} />
  if (!made) return <SkeletonText lines={3} />
  // Browsers have no clipboard for a page that came over plain http from another machine.
  const copy = () =>
    Promise.try(() => navigator.clipboard.writeText(made.url)).then(
      () => toast({ words: t`The link is copied.` }),
      () => toast({ words: t`This browser does not let us copy. Select the link and copy it yourself.` }),
    )
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft">
        <Trans>Pass this link on. Whoever opens it first sets the password; all devices are signed out then.</Trans>
      </p>
      <Field
        label={<Trans>Link</Trans>}
        hint={
          <Trans>
            Works once, until <Instant at={made.until} />.
          </Trans>
        }
      >
        <Input readOnly value={made.url} className="figure text-13" onFocus={(event) => event.target.select()} />
      </Field>
      <div>
        <Button kind="accent" icon={Copy} onClick={() => void copy()}>
          <Trans>Copy the link</Trans>
        </Button>
      </div>
    </div>
  )
}
