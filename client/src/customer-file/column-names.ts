import type { ColumnMeaning } from './file-form.ts'

/*
 * What the names of columns mean: the one list that the server, the command and browsers go by. Names are
 * compared as `compare` makes them: letters and digits in lower case, without accents.
 */

const NAMES: Record<Exclude<ColumnMeaning, 'email_sha256' | 'emails_sha256'>, string> = {
  user_id:
    'userid id uid customerid customer customernumber customerno clientid memberid accountid ' +
    'shopperid buyerid userkey customerkey externalid externaluserid externalcustomerid ' +
    'crmid contactid personid profileid subscriberid loyaltyid visitorid publisheruserid ' +
    'partneruserid useridentifier customeridentifier kundennummer kundenid ' +
    // Meta, Klaviyo, Mailchimp, HubSpot, Salesforce, Braze; shops' exports.
    'externid extern klaviyoid euid recordid contactkey subscriberkey personcontactid brazeid ' +
    'idcustomer entityid wpuserid shopifycustomerid custid customerref customerreference custno ' +
    'customeruuid customerguid useruuid userguid userno usernumber clientno clientnumber clientref ' +
    'accountno accountnumber memberno membernumber loyaltynumber membershipid membershipnumber ' +
    'patronid guestid subjectid puid ppid crmcustomerid ' +
    // German, French, Spanish, Portuguese, Italian, Dutch, Nordic, Polish.
    'kundennr kundenno kundekennung benutzerid nutzerid mitgliedsnummer mitgliedid idclient ' +
    'numeroclient numclient codeclient identifiantclient idcliente idusuario numerocliente ' +
    'numerodecliente codigocliente numerodocliente codicecliente idutente klantid klantnummer ' +
    'klantnr kundeid kundenummer kundnummer kundid kundnr asiakasnumero asiakasid idklienta numerklienta',
  advertising_id:
    'advertisingid adid advertiserid advertisingidentifier deviceid mobileadvertisingid ' +
    'mobileadid maid idfa ifa rdid gaid aaid gpsadid googleadid googleadvertisingid ' +
    'androidadvertisingid androidadid appleadid iosifa iosidfa deviceadvertisingid ' +
    // Meta, LinkedIn, Google, TikTok, Snap.
    'madid googleaid appleidfa mobileadvertiserid mobiledeviceid advertiserdeviceid deviceadid ' +
    'mobileid idfaaaid idfagaid gaididfa idfaorgaid gaidoridfa appleadvertisingid androidgaid maids madids',
  first_purchase_date:
    'firstpurchasedate firstpurchase firstpurchasedat firstpurchaseat firstorderdate firstorder ' +
    'firstorderat firstorderedat dateoffirstpurchase dateoffirstorder firstpurchasetime ' +
    'firsttransactiondate firstboughtat firstbought',
  last_purchase_date:
    'lastpurchasedate lastpurchase lastpurchasedat lastpurchaseat lastorderdate lastorder ' +
    'lastorderat lastorderedat dateoflastpurchase dateoflastorder lastpurchasetime ' +
    'lasttransactiondate lastboughtat lastbought latestorderdate latestpurchasedate',
}

// One e-mail address, in the languages of shops.
const EMAIL =
  'email mail emailaddress mailaddress emailid emailaddr mailaddr electronicmail emailadress ' +
  'emailadresse mailadresse epost epostadresse epostadress emailadres mailadres mejl mejladress ' +
  'courriel adressecourriel adresseemail adressemail adresseelectronique courrielelectronique mel ' +
  'correo correoelectronico correoe direcciondecorreo direccioncorreo direcciondeemail ' +
  'direcciondecorreoelectronico direccionemail enderecodeemail enderecoemail correioeletronico ' +
  'correioelectronico enderecoeletronico indirizzoemail indirizzomail indirizzodiposta postaelettronica ' +
  'indirizzodipostaelettronica indirizzoelettronico sahkoposti sahkopostiosoite netfang ' +
  'adresemail adresmail adresemailowy adrespocztyelektronicznej pocztaelektroniczna ' +
  'emailovaadresa emailadresa adresaemail emailcim eposta epostaadresi emailadresi mailadresi ' +
  'adresademail adresadeemail elpastas epastas epasts surel alamatemail emel ' +
  'почта электроннаяпочта эпочта имейл емейл емайл адресэлектроннойпочты адресэлпочты ' +
  'электронныйадрес електроннапошта пошта имеил имеиладрес ηλεκτρονικοταχυδρομειο ηλταχυδρομειο ' +
  'אימייל דואל דוארלקטרוני البريدالالكتروني البريدالإلكتروني بريدالكتروني ایمیل ' +
  'メール メールアドレス eメール 電子メール eメールアドレス 電子メールアドレス 邮箱 电子邮箱 电子邮件 邮箱地址 邮件 邮件地址 ' +
  '电子邮件地址 電子郵件 電郵 信箱 電子信箱 電郵地址 이메일 이메일주소 전자우편 메일 ईमेल ईमेलपता อีเมล อีเมล์ thuđientu'
const EMAILS = 'emails mails emailaddresses mailaddresses emailids'
// What stands before or behind it, and changes nothing of what the column holds.
const WHOSE =
  'billing shipping delivery invoice invoicing order checkout payment payer paypal primary secondary ' +
  'main default first second third alternate alternative alt other additional backup recovery work ' +
  'business office company corporate professional personal private home customer customers client ' +
  'clients user users buyer shopper consumer member subscriber contact account person profile ' +
  'recipient guest login signin registration registered newsletter marketing loyalty crm shop store ' +
  'my your current new old raw plain cleartext normalized normalised lowercase unique verified known ' +
  'google apple gmail traits properties attributes fields data userdata rechnungs rechnung ' +
  'liefer kunden kunde privat geschaftlich geschafts haupt arbeit professionnel personnel ' +
  'principal facturation cliente trabajo facturacion klant billto shipto value text'
const HASHED =
  'sha256 sha2 sha256hash sha256hashed sha256hex hash hashed hashes hashsha256 hashedsha256 256 sha256lower ' +
  'sha256lowercase sha256lc sha256s'

// Names for hashes in which no e-mail is named: `hem` is the field's word for one, `em` Meta's.
const HASHES =
  'sha256 sha256hash hash hem emailhem hemsha256 sha256hem em hem256 hashedem emsha256 sha256em ' +
  'hems sha256s hashes hemssha256 ems'
// What a name ends with that speaks of several hashes.
const SEVERAL = /(?:hashes|hems|ems|sha256s|list)$/

// Known, and no business of ours. A phone number is matched on by others.
const PHONE =
  'phone phonenumber phoneno telephone telephonenumber tel telno mobile mobilephone mobilenumber mobileno ' +
  'cell cellphone cellnumber msisdn ph handy handynummer telefon telefonnummer telefono telefone ' +
  'celular movil telefoonnummer puhelin puhelinnumero telefonnumer numertelefonu telephonemobile sms whatsapp'
const OTHERS =
  'ignored line reason firstname lastname fullname name surname givenname familyname middlename ' +
  'fn ln fi f5first middle zip zipcode zp postalcode postcode plz ct city st state region country co ' +
  'countrycode dob db doby dobm dobd dateofbirth birthday birthdate gen ge gender age street address ' +
  'address1 address2 company jobtitle employeecompany value ltv password passwordhash passwd pwd ip ' +
  'ipaddress idfamd5 gaidmd5 idfa gaid aaid maid madid deviceid advertisingid mobileadid googleaid ' +
  'appleidfa externalid externid userid customerid emailmd5 md5email md5 hashedmd5'

/** The names that are compared are the same for the same letters, however they are written. */
function compare(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

const words = (text: string): string[] => text.split(/[\s_]+/).map(compare)
const MEANINGS = new Map(
  Object.entries(NAMES).flatMap(([meaning, names]) =>
    words(names).map((name) => [name, meaning as ColumnMeaning] as const),
  ),
)
const emails = new Set(words(EMAIL))
const emailLists = new Set(words(EMAILS))
const whose = [...new Set(words(WHOSE))]
const hashed = words(HASHED)
const hashes = new Set(words(HASHES))
const phones = new Set(words(PHONE))
const others = new Set(words(OTHERS))

/** What a column's name says of what it holds. */
export interface NameMeaning {
  means: ColumnMeaning | null
  /** Of e-mails: whether the name speaks of the addresses themselves, not of hashes. */
  isPlain: boolean
  /** Whether it is known to hold something that does not matter here. */
  isOther: boolean
  isPhone: boolean
}

const NOTHING: NameMeaning = { means: null, isPlain: false, isOther: false, isPhone: false }

/** What a name in a header means, however it is written. */
export function parseName(name: string): NameMeaning {
  // Longer ones are not names; what follows tries a name in several ways.
  if (name.length > 100) return NOTHING
  const compared = compare(name)
  const meaning = MEANINGS.get(compared)
  if (meaning !== undefined) return { ...NOTHING, means: meaning }
  const several = SEVERAL.test(compared) ? 'emails_sha256' : 'email_sha256'
  if (hashes.has(compared)) return { ...NOTHING, means: several }
  const single = compared.replace(/list$/, '')
  const bare = withoutHash(single)
  const isHashed = bare !== single
  // `email1`, `Email 2`, `E-mail 1 - Value`, `E-mail 2 Address`.
  const unnumbered = bare.replaceAll(/\d+(?=$|value$|address$)/g, '')
  const email = findBase(unnumbered, (base) => emails.has(base) || emailLists.has(base))
  if (email !== undefined) {
    const means = emailLists.has(email) ? 'emails_sha256' : several
    return { ...NOTHING, means, isPlain: !isHashed }
  }
  const isPhone = findBase(unnumbered, (base) => phones.has(base)) !== undefined
  if (isPhone) return { ...NOTHING, isPhone }
  return others.has(bare) || others.has(unnumbered) ? { ...NOTHING, isOther: true } : NOTHING
}

/** Whether a name says no more than that there are e-mails. */
export function isBareEmail(name: string): boolean {
  const compared = compare(name)
  return emails.has(compared) || emailLists.has(compared)
}

/** Whether two names differ in blanks, signs and case only. */
export function compareNames(name: string, other: string): boolean {
  return compare(name) === compare(other)
}

/** What a name in a header means; undefined for nothing that matters here. */
export function meaningOf(name: string): ColumnMeaning | undefined {
  return parseName(name).means ?? undefined
}

/** Cut from both ends: `hashed_email_sha256` is said as well. */
function withoutHash(name: string): string {
  const longestFirst = hashed.toSorted((a, b) => b.length - a.length)
  let bare = name
  for (const word of longestFirst) if (bare.endsWith(word)) bare = bare.slice(0, -word.length)
  for (const word of longestFirst) if (bare.startsWith(word)) bare = bare.slice(word.length)
  return bare === '' ? name : bare
}

/** The name, or what it is of when words for whose it is are left out at one or both ends. */
function findBase(name: string, isKnown: (base: string) => boolean): string | undefined {
  if (isKnown(name)) return name
  const behind = whose
    .filter((word) => name.startsWith(word))
    .map((word) => name.slice(word.length))
  const found = behind.find(isKnown)
  if (found !== undefined) return found
  const within = [name, ...behind].flatMap((rest) =>
    whose.filter((word) => rest.endsWith(word)).map((word) => rest.slice(0, -word.length)),
  )
  return within.find(isKnown)
}
