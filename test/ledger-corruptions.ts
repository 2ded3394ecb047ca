/** One row changed behind the ledger's back, what prove() must then say, and the CHECK that would have refused it. */
export type Corruption = readonly [
  what: string,
  sql: string,
  says: RegExp,
  despite?: readonly [table: string, constraint: string],
]

const wallet = `(select k.id from ledger.kind k where k.name = 'wallet.points')`
const ada = `(select id from ledger.account where kind = ${wallet} and owner = 'ada')`
const stranger = `(select id from ledger.room where name = 'ads')`
export const move = `(select min(pos) from ledger.leg where home = 1 and op = 0)`
const lastPos = `(select max(pos) from ledger.leg where home = 1)`
const adasHold = `(select ctid from ledger.hold where account = ${ada} order by n limit 1)`
const openLot = `(select ctid from ledger.lot where account = ${ada} and open and held < remaining limit 1)`
const reversed = `(select min(pos) from ledger.reversed where home = 1)`
export const orderOf = `(select id from ledger.journal where template = (select id from ledger.template where name = 'order.completed'))`
const account = (change: string, where = `id = ${ada}`) =>
  `update ledger.account set ${change} where home = 1 and ${where}`
const leg = (change: string, pos = move) => `update ledger.leg set ${change} where home = 1 and pos = ${pos}`

/** For each claim of prove(), one corruption for each way in which it can fail to hold. */
export const corruptions: Readonly<Record<string, readonly Corruption[]>> = {
  units_sum_to_zero: [['a balance', account('balance = balance + 1'), /POINTS adds up to 1$/]],
  balances_equal_entries: [
    ['a balance, against its entries', account('balance = balance + 1'), /balance \d+, entries/],
    ['where its last entry lies', account('last_pos = last_pos - 1'), /its last at \d+, found at \d+/],
    [
      'an account that lost all its entries',
      `insert into ledger.account (home, kind, unit, overdraft, owner_type, owner, subject, balance)
        select home, kind, unit, overdraft, owner_type, 'nobody', '', 7 from ledger.account where id = ${ada}`,
      /balance 7, entries ;/,
    ],
    [
      'an account that knows of an entry there is not',
      `insert into ledger.account (home, kind, unit, overdraft, owner_type, owner, subject, last_pos)
        select home, kind, unit, overdraft, owner_type, 'nobody', '', 7 from ledger.account where id = ${ada}`,
      /its last at 7, found at $/,
    ],
    ['an account that is gone', `delete from ledger.account where id = ${ada}`, /account \d+: balance , entries \d+/],
    [`a leg's amount, against the balances`, leg('amount = amount + 1'), /entries/],
  ],
  running_balances_follow: [
    [`a leg's amount`, leg('amount = amount + 1'), /position/],
    [`a leg's balance on the debit side`, leg('dr_balance = dr_balance + 1'), /position/],
    [`a leg's balance on the credit side`, leg('cr_balance = cr_balance + 1'), /position/],
    [`what a leg's debit follows`, leg('dr_prev = dr_prev + 1'), /was after/],
    [`what a leg's credit follows`, leg('cr_prev = cr_prev + 1'), /was after/],
  ],
  no_overdraft: [
    ['an account that does not follow its kind', account('overdraft = true'), /account \d+: balance/],
    ['a kind whose rule was turned', `update ledger.kind set overdraft = true where id = ${wallet}`, /account/],
    ['an overdraft', account('balance = held - 1'), /balance \d+, held \d+/, ['account', 'account_covered']],
  ],
  holds_accounted_for: [
    [`a hold's amount`, `update ledger.hold set amount = amount + 1 where ctid = ${adasHold}`, /is open, its legs say/],
    ['a hold that is gone', `delete from ledger.hold where ctid = ${adasHold}`, /: 0 is open, its legs say/],
    [
      'a hold that nobody made',
      `insert into ledger.hold select gen_random_uuid(), account, 1, null, expires_at, home, 1 from ledger.hold where ctid = ${adasHold}`,
      /: 1 is open, its legs say 0/,
    ],
    [`a hold's lot`, `update ledger.hold set lot = lot + 1 where ctid = ${adasHold}`, /its legs say/],
    [
      'an amount set aside',
      leg('amount = amount + 1', '(select min(pos) from ledger.leg where home = 1 and op = 2)'),
      /its legs say/,
    ],
    ['what an account holds', account('held = held + 1'), /account \d+: held \d+, its open holds \d+/],
    [
      'what an account without holds holds',
      account('held = 1', `kind = ${wallet} and owner = 'ken'`),
      /account \d+: held 1, its open holds 0/,
    ],
    [
      `the end of one part of a hold`,
      `update ledger.hold set expires_at = expires_at + interval '1 second' where ctid = ${adasHold}`,
      /end at different instants/,
    ],
  ],
  lots_accounted_for: [
    [
      'what remains of a lot',
      `update ledger.lot set remaining = remaining - 1 where ctid = ${openLot}`,
      /remains, its entries say/,
    ],
    ['a lot that is gone', `delete from ledger.lot where ctid = ${openLot}`, /lot \d+:  remains, its entries say \d+/],
    [
      'a lot that nobody granted',
      `insert into ledger.lot (granted, remaining, id, account, expires_at, home, class, open)
        select 5, 5, 999, account, expires_at, home, class, open from ledger.lot where ctid = ${openLot}`,
      /lot 999: 5 remains, its entries say $/,
    ],
    [`a lot's account`, `update ledger.lot set account = account + 1 where ctid = ${openLot}`, /its entries say/],
    [
      'the lot that a leg drew from',
      leg('dr_lot = null', '(select min(pos) from ledger.leg where home = 1 and op = 3 and dr_lot is not null)'),
      /its entries say/,
    ],
    [
      'what is held of a lot',
      `update ledger.lot set held = held + 1 where ctid = ${openLot}`,
      /lot \d+: held \d+, its holds \d+/,
    ],
    ['the number of lots', account('lots = lots + 1'), /open lots counted, \d+ found/],
    [
      'a lot that was closed too early',
      `update ledger.lot set open = false where ctid = ${openLot}`,
      /\d+ open lots counted, \d+ found/,
      ['lot', 'lot_covered'],
    ],
    ['an account that does not cover its lots', account('balance = held'), /balance \d+, held \d+, in lots \d+/],
  ],
  journals_whole: [
    ['a leg that is gone', `delete from ledger.leg where home = 1 and pos = ${move}`, /legs \d+ of \d+ are here/],
    ['a leg of another journal', leg(`journal = ${orderOf}`), /legs \d+ of \d+ are here/],
    [
      'the span of a journal',
      `update ledger.journal set legs = legs + 1 where id = ${orderOf}`,
      /legs 3 of 4 are here/,
    ],
    [
      'the place of a journal',
      `update ledger.journal set first_pos = first_pos + 1 where id = ${orderOf}`,
      /legs 2 of 3 are here/,
    ],
    [
      'a journal that is gone',
      `delete from ledger.journal where id = ${orderOf}`,
      /home 1: \d+ legs, .* journals have/,
    ],
    ['the first leg, gone', `delete from ledger.leg where home = 1 and pos = 1`, /positions 2 to/],
    ['the last leg, gone', `delete from ledger.leg where home = 1 and pos = ${lastPos}`, /batches end at/],
    [
      'the last batch, gone',
      `delete from ledger.batch where home = 1 and seq = (select max(seq) from ledger.batch where home = 1)`,
      /batches end at/,
    ],
    ['a leg that was moved beyond the end', leg('pos = pos + 1', lastPos), /positions 1 to/],
    [
      'a leg between units',
      leg(`cr = (select id from ledger.account where home = 1 and unit = 4 limit 1)`),
      /differ in unit/,
    ],
    ['a leg to nobody', leg('cr = 999999'), /are not there/],
    ['a leg from nobody', leg('dr = 999999'), /are not there/],
    ['a hold of nobody', leg('dr = 999999', lastPos), /are not there/],
    [`an account's unit`, account('unit = 2'), /differ in unit/],
  ],
  kinds_respected: [
    [
      'the right to debit',
      `update ledger.kind set debited_by = 0 where id = ${wallet}`,
      /messages debited wallet.points/,
    ],
    [
      'the right to credit',
      `update ledger.kind set credited_by = 0 where id = ${wallet}`,
      /wallet credited wallet.points/,
    ],
    [
      `a stranger's touch`,
      `update ledger.journal set template = (select min(id) from ledger.template where room = ${stranger}) where id = ${orderOf}`,
      /ads credited merchant.pending/,
    ],
    [
      'a template given to a stranger',
      `update ledger.template set room = ${stranger} where name = 'message.reserved'`,
      /ads debited wallet.points/,
    ],
    [
      `an account's kind`,
      account(`kind = (select id from ledger.kind where name = 'campaign.funds')`),
      /campaign.funds/,
    ],
  ],
  reversals_within: [
    [
      'a reversal of no leg',
      `update ledger.reversed set pos = 999999 where home = 1 and pos = ${reversed}`,
      /position 999999/,
    ],
    [
      `a reversal's original`,
      `update ledger.reversed set original = original + 1 where home = 1 and pos = ${reversed}`,
      /position \d+: \d+ of \d+ reversed/,
    ],
    [
      'a reversal beyond its original',
      `update ledger.reversed set amount = original + 1 where home = 1 and pos = ${reversed}`,
      /position \d+: \d+ of \d+ reversed/,
      ['reversed', 'reversed_within'],
    ],
    [
      'an amount reversed',
      `update ledger.reversed set amount = amount + 1 where home = 1 and pos = ${reversed}`,
      /noted as reversed, reversed/,
    ],
    ['a reversal forgotten', `delete from ledger.reversed where home = 1 and pos = ${reversed}`, /0 noted as reversed/],
    [
      'a journal that no longer reverses',
      `update ledger.journal set reverses = null where reverses is not null`,
      /noted as reversed, reversed 0/,
    ],
  ],
  chain_unbroken: [
    [
      'a batch that is gone',
      `delete from ledger.batch where home = 1 and seq = 3`,
      /batch 4 of home 1: a batch is missing before it/,
    ],
    [
      `a batch's link`,
      `update ledger.batch set prev = sha256('') where home = 1 and seq = 3`,
      /batch 3 of home 1: it does not follow/,
    ],
    [
      `a batch's hash`,
      `update ledger.batch set hash = sha256('') where home = 1 and seq = 3`,
      /batch 4 of home 1: it does not follow/,
    ],
    [
      'the hash of the last batch',
      `update ledger.batch set hash = sha256('') where home = 1 and last_pos = ${lastPos}`,
      /are not those that were posted/,
    ],
    [
      'the first batch',
      `update ledger.batch set prev = sha256('') where home = 1 and seq = 1`,
      /batch 1 of home 1: it does not follow/,
    ],
    [
      `a batch's instant`,
      `update ledger.batch set posted_at = '2026-01-01' where home = 1 and seq = 3`,
      /batch 3 of home 1: it was posted before/,
    ],
    [
      'a lot that changed sides',
      leg(
        'dr_lot = cr_lot, cr_lot = dr_lot',
        '(select min(pos) from ledger.leg where home = 1 and cr_lot is not null)',
      ),
      /are not those that were posted/,
    ],
  ],
}
