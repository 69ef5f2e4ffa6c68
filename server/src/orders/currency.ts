/**
 * ISO 4217's currencies, by how many decimals their smallest unit is: list one as published on
 * 2026-09-17 by SIX, which keeps it (https://www.six-group.com, data standards, list-one.xml). Checked
 * in, since the engine's own table is CLDR's: it says how prices are written, not what an amount is, and
 * differs between versions of Node. A new list is taken over by hand, and told in the changelog.
 */
const BY_DECIMALS = {
  0: `
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF`,
  2: `
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
    KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
    NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
    USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: `
    BHD IQD JOD KWD LYD OMR TND`,
}

/** Codes of list one that are no money that anybody pays with: funds, metals, units of account, tests. */
const NO_MONEY = `
    BOV CHE CHW CLF COU MXV USN UYI UYW XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU
    XTS XUA XXX`

/** Codes of list three: withdrawn, most for the euro or for notes with fewer zeros. */
const WITHDRAWN = `
    ADP AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGJ BGK BGL
    BGN BOP BRB BRC BRE BRN BRR BUK BYB BYR CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV
    EEK ESA ESB ESP FIM FRF GEK GHC GHP GNE GNS GQE GRD GWE GWP HRD HRK IEP ILP ILR
    ISJ ITL LAJ LSM LTL LTT LUC LUF LUL LVL LVR MGF MLF MRO MTL MTP MVQ MXP MZE MZM
    NIC NLG PEH PEI PES PLZ PTE RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR
    TMM TPE TRL UAK UGS UGW USS UYN UYP VEB VEF VNC XEU XFO XFU XRE YDD YUD YUM YUN
    ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR`

const listCodes = (text: string): string[] => text.trim().split(/\s+/)

/** How many decimals each currency has. */
export const CURRENCY_DECIMALS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_DECIMALS).flatMap(([decimals, codes]) =>
    listCodes(codes).map((code): [string, number] => [code, Number(decimals)]),
  ),
)

const noMoney = new Set(listCodes(NO_MONEY))
const withdrawn = new Set(listCodes(WITHDRAWN))

/** Why a code is not taken, as the rest of a sentence about the field; undefined for a currency. */
export function findCurrencyFault(code: string): string | undefined {
  if (CURRENCY_DECIMALS.has(code)) return undefined
  if (noMoney.has(code)) {
    return 'is a code of ISO 4217 for funds, metals, accounts or tests, in which nobody pays'
  }
  if (withdrawn.has(code)) {
    return 'was withdrawn from ISO 4217: send the currency that took its place'
  }
  return 'must be an ISO 4217 code such as USD'
}
