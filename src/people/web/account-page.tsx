import { Trans, useLingui } from '@lingui/react/macro'
import { LogOut } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { getMe, signOut, updateMe, type Me } from '#people/contract'
import {
  Button,
  Day,
  Field,
  Input,
  Page,
  PersonMark,
  Read,
  Refused,
  SkeletonRows,
  useRead,
  useToast,
  useWrite,
} from '#ui'
import { DataSection } from './data-section.tsx'
import { leave } from './leave.ts'
import { PasswordSection } from './password-section.tsx'
import { SessionsSection } from './sessions-section.tsx'
import { isName } from './well-formed.ts'

export function AccountPage() {
  const { t } = useLingui()
  const read = useRead(getMe, {})
  const leaving = useWrite(signOut)
  const out = async () => {
    if (await leaving.run({})) leave()
  }
  return (
    <Page
      title={t`Account`}
      actions={
        <Button icon={LogOut} busy={leaving.running} onClick={() => void out()}>
          <Trans>Sign out</Trans>
        </Button>
      }
    >
      <Read of={read} loading={<SkeletonRows count={4} className="h-32" />}>
        {({ me }) => me && <Sections me={me} />}
      </Read>
    </Page>
  )
}

function Sections({ me }: { readonly me: Me }) {
  return (
    <div className="flex flex-col gap-10 *:border-t *:border-hair *:pt-8 *:first:border-0 *:first:pt-0">
      <NameSection key={me.id} me={me} />
      <PasswordSection email={me.email} />
      <SessionsSection />
      <DataSection me={me} />
    </div>
  )
}

function NameSection({ me }: { readonly me: Me }) {
  const { t } = useLingui()
  const toast = useToast()
  const saving = useWrite(updateMe, { refresh: [getMe] })
  const [name, setName] = useState(me.name)
  const changed = name.trim() !== me.name
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!isName(name)) return
    const answer = await saving.run({ body: { name } })
    if (!answer || isRefusal(answer)) return
    setName(answer.name)
    toast({ words: t`You are now shown as ${answer.name}.` })
  }
  return (
    <section className="flex flex-col gap-5">
      <div className="flex items-center gap-4">
        <PersonMark name={name || me.name} size={40} />
        <div className="min-w-0">
          <p className="truncate font-medium">{me.email}</p>
          <p className="text-13 text-faint">
            <Trans>
              Here since <Day at={me.since} />
            </Trans>
          </p>
        </div>
      </div>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex max-w-104 flex-col gap-4">
        <Field
          label={<Trans>Name</Trans>}
          hint={<Trans>Shown beside the bots you make.</Trans>}
          refusal={!isName(name) && <Trans>Write the name you want to be shown, in one line.</Trans>}
        >
          <Input autoComplete="name" maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Refused refusal={saving.refusal} />
        <div>
          <Button type="submit" busy={saving.running} disabled={!changed || !isName(name)}>
            <Trans>Save the name</Trans>
          </Button>
        </div>
      </form>
    </section>
  )
}
