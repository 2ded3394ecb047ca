import { Trans } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { makeResetLink, type User } from '#people/contract'
import { Button, Dialog, Field, Input, Instant, Refused, useCopy, useWrite } from '#ui'

type DialogProps = { readonly user: User | undefined; readonly onClose: () => void }

/** A link by which somebody sets a new password, for the operator to pass on; there is no mail to send it with. */
export function ResetLinkDialog({ user, onClose }: DialogProps) {
  if (!user) return null
  return (
    <Dialog open onClose={onClose} title={<Trans>A new password for {user.name}</Trans>} size="s">
      <LinkMaker user={user.id} />
    </Dialog>
  )
}

type Made = { readonly url: string; readonly until: string }

function LinkMaker({ user }: { readonly user: string }) {
  const making = useWrite(makeResetLink)
  const [made, setMade] = useState<Made>()
  const make = async () => {
    const answer = await making.run({ params: { user } })
    if (answer && !isRefusal(answer)) setMade({ url: window.location.origin + answer.path, until: answer.until })
  }
  if (made) return <FreshLink made={made} />
  return (
    <div className="flex flex-col items-start gap-4">
      <p className="text-soft">
        <Trans>
          You get a link to pass on. Whoever opens it first sets the password, and all devices are signed out then.
        </Trans>
      </p>
      <Refused refusal={making.refusal} />
      <Button kind="accent" busy={making.running} onClick={() => void make()}>
        <Trans>Make the link</Trans>
      </Button>
    </div>
  )
}

function FreshLink({ made }: { readonly made: Made }) {
  const { copied, copy } = useCopy()
  return (
    <div className="flex flex-col items-start gap-4">
      <Field
        className="w-full"
        label={<Trans>Link</Trans>}
        hint={
          <Trans>
            Works once, until <Instant at={made.until} />. It is shown only now.
          </Trans>
        }
      >
        <Input readOnly value={made.url} className="figure text-13" onFocus={(event) => event.target.select()} />
      </Field>
      <Button kind="accent" icon={copied ? Check : Copy} onClick={() => void copy(made.url)}>
        {copied ? <Trans>Copied</Trans> : <Trans>Copy the link</Trans>}
      </Button>
    </div>
  )
}
