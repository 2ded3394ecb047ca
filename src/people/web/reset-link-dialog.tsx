import { Trans, useLingui } from '@lingui/react/macro'
import { Copy } from 'lucide-react'
import { useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { makeResetLink, type User } from '#people/contract'
import { Button, Dialog, Field, Input, Instant, Refused, useToast, useWrite } from '#ui'

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
  const { t } = useLingui()
  const toast = useToast()
  // Browsers have no clipboard for a page that came over plain http from another machine.
  const copy = () =>
    Promise.try(() => navigator.clipboard.writeText(made.url)).then(
      () => toast({ words: t`The link is copied.` }),
      () => toast({ words: t`This browser does not let us copy. Select the link and copy it yourself.` }),
    )
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
      <Button kind="accent" icon={Copy} onClick={() => void copy()}>
        <Trans>Copy the link</Trans>
      </Button>
    </div>
  )
}
