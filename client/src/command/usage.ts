export const USAGE = `Usage: newcomer import FILE|- [options]
       newcomer imports list
       newcomer imports show|start|cancel|undo|rejects ID
       newcomer listen [options]

import: imports your customers from a CSV file (gzip and zstd too; - is standard input).

The file is sent and checked, and you are told what importing it would do. Nothing is written
before you say yes. Plain e-mails are hashed on this machine; only hashes are sent. After a crash,
^C or a lost connection the same command goes on where it was.

Options of import
  --mode MODE        merge (default) or replace: customers that are not in the file lose what
                     earlier imports gave them
  --kind KIND        for merchants: purchasers (default) or accounts
  --quiet            send no events about these customers to your own endpoints
  --start            start without asking
  --confirm NUMBER   start a replacement that takes so much away that the number of customers
                     that lose something has to be said; also of imports start
  --check            only say what it would do
  --hash-emails      hash plain e-mails here (as is done anyway)
  --no-hash-emails   stop where there are plain e-mails
  --second-forms     where the provider of an address ignores dots or tags (+shop) before the @,
                     send the hash of the address without them as well
  --column USE=NAME  what a column holds whose name does not say it: email=NAME, emails=NAME
                     (several in a cell), id=NAME, ignored=NAME
  --rejects PATH     where rejected rows go; FILE.rejects.csv unless given

listen: shows your organization's events as they happen, from now on until ^C, and sends them
on to a program on this machine, signed as webhooks are. Each is sent once; one customer's stay
in order.

Options of listen
  --forward-to URL   where to send them, such as http://127.0.0.1:3000/hooks
  --event-type TYPE  only these: segment-change, tx-pending, tx-validated, tx-declined or
                     endpoint-paused
  --print-bodies     show their bodies as well

Options of all
  --json             print the import as JSON; of listen one object a line
  --url URL          where Newcomer runs; NEWCOMER_URL unless given
  --help, --version

The API key is read from the environment variable NEWCOMER_API_KEY, and the secret that listen
signs with from NEWCOMER_WEBHOOK_SECRET (whsec_...); without it one is made and shown.

Exit status
  0   all rows are in, or what was asked for is done
  2   the import is done; some rows were rejected
  1   failed
  130 interrupted by ^C
`
