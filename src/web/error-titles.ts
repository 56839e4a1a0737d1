import { type ErrorCode, errorCodes } from '../core/errors.js';
import type { Language } from '../core/api/alerts/subscription.js';

/** What each code of a refusal means, in the languages besides English, which is that of the code itself. */
const titles: Readonly<Record<ErrorCode, readonly [fr: string, sw: string, es: string]>> = {
  'request-invalid': [
    'La demande n’a pas la forme attendue',
    'Ombi halina umbo linalotarajiwa',
    'La petición no tiene la forma esperada',
  ],
  'request-too-large': [
    'La demande dépasse la taille permise',
    'Ombi ni kubwa kuliko kikomo',
    'La petición supera el límite',
  ],
  'rate-limited': [
    'Trop de demandes d’une même adresse ou d’un même acteur',
    'Maombi mengi mno kutoka anwani au mhusika mmoja',
    'Demasiadas peticiones de una dirección o de un actor',
  ],
  'token-required': ['Il faut se connecter', 'Inahitaji kuingia', 'Hay que iniciar sesión'],
  'token-invalid': [
    'La preuve de votre identité n’est pas valable',
    'Uthibitisho wa wewe ni nani si halali',
    'La prueba de su identidad no es válida',
  ],
  'not-allowed': ['Vous n’y êtes pas autorisé', 'Huruhusiwi kufanya hivi', 'No está autorizado a hacerlo'],
  'not-found': ['Il n’y a rien de ce nom ici', 'Hakuna kitu kwa jina hilo hapa', 'Aquí no hay nada con ese nombre'],
  overloaded: [
    'Trop d’attente ; réessayez bientôt',
    'Mengi mno yanasubiri; jaribu tena hivi karibuni',
    'Hay demasiado en espera; inténtelo pronto de nuevo',
  ],
  'log-halted': ['Le journal ne signe plus', 'Kumbukumbu imeacha kusaini', 'La bitácora ha dejado de firmar'],
  internal: [
    'Quelque chose a échoué de notre côté',
    'Kuna kilichoshindikana upande wetu',
    'Algo falló por nuestra parte',
  ],
  'event-malformed': [
    'L’événement ne suit pas la grammaire stricte',
    'Tukio halifuati sarufi kali',
    'El evento no sigue la gramática estricta',
  ],
  'event-too-large': ['L’événement dépasse 32 Kio', 'Tukio ni kubwa kuliko KiB 32', 'El evento supera 32 KiB'],
  'header-invalid': [
    'L’en-tête signé n’est pas exactement alg, kid et typ',
    'Kichwa kilichosainiwa si alg, kid na typ kamili',
    'La cabecera firmada no es exactamente alg, kid y typ',
  ],
  'ledger-not-open': [
    'Le registre n’a pas encore de première entrée',
    'Leja bado haina ingizo la kwanza',
    'El registro aún no tiene primera entrada',
  ],
  'key-unknown': [
    'La clé de signature n’est pas enregistrée',
    'Ufunguo wa saini haujasajiliwa',
    'La clave de firma no está registrada',
  ],
  'signature-invalid': ['La signature n’est pas valable', 'Saini si halali', 'La firma no es válida'],
  'log-mismatch': [
    'L’événement a été signé pour un autre journal',
    'Tukio lilisainiwa kwa kumbukumbu nyingine',
    'El evento se firmó para otra bitácora',
  ],
  'type-unknown': ['Le type d’événement est inconnu', 'Aina ya tukio haijulikani', 'El tipo de evento no se conoce'],
  'schema-invalid': [
    'L’événement ne suit pas le schéma de son type',
    'Tukio halifuati muundo wa aina yake',
    'El evento no sigue el esquema de su tipo',
  ],
  'quantity-invalid': [
    'Une quantité n’est pas un nombre positif de milligrammes entiers',
    'Kiasi si idadi kamili ya miligramu iliyo juu ya sifuri',
    'Una cantidad no es un número entero positivo de miligramos',
  ],
  'disclosure-invalid': [
    'Une valeur divulguée n’appartient pas à cet événement',
    'Thamani iliyofichuliwa si ya tukio hili',
    'Un valor revelado no pertenece a este evento',
  ],
  'possession-invalid': [
    'La preuve de possession de la nouvelle clé n’est pas valable',
    'Uthibitisho wa kumiliki ufunguo mpya si halali',
    'La prueba de posesión de la nueva clave no es válida',
  ],
  'seen-mismatch': [
    'Le point de contrôle vu par le signataire n’est pas de ce journal',
    'Kituo alichokiona aliyesaini si cha kumbukumbu hii',
    'El punto de control que vio el firmante no es de esta bitácora',
  ],
  expired: [
    'L’événement demandait à ne pas être admis si tard',
    'Tukio liliomba lisikubaliwe kwa kuchelewa hivi',
    'El evento pidió no ser admitido tan tarde',
  ],
  'ledger-already-open': [
    'Le registre a déjà sa première entrée',
    'Leja tayari ina ingizo la kwanza',
    'El registro ya tiene su primera entrada',
  ],
  'ledger-mismatch': [
    'Les clés nommées ne sont pas celles de ce service',
    'Funguo zilizotajwa si za huduma hii',
    'Las claves nombradas no son las de este servicio',
  ],
  'key-revoked': ['La clé de signature a été révoquée', 'Ufunguo wa saini umefutwa', 'La clave de firma fue revocada'],
  'issuer-mismatch': [
    'La clé appartient à un autre acteur',
    'Ufunguo ni wa mhusika mwingine',
    'La clave pertenece a otro actor',
  ],
  'role-not-allowed': [
    'Le signataire ne peut pas signer ce type d’événement',
    'Aliyesaini haruhusiwi kusaini aina hii ya tukio',
    'El firmante no puede firmar este tipo de evento',
  ],
  'actor-unknown': [
    'Un acteur nommé n’est pas enregistré',
    'Mhusika aliyetajwa hajasajiliwa',
    'Un actor nombrado no está registrado',
  ],
  'site-unknown': [
    'Le site nommé n’est pas enregistré',
    'Mgodi uliotajwa haujasajiliwa',
    'El sitio nombrado no está registrado',
  ],
  'facility-unknown': [
    'L’installation nommée n’est pas enregistrée',
    'Kituo kilichotajwa hakijasajiliwa',
    'La instalación nombrada no está registrada',
  ],
  'id-exists': ['L’identifiant est déjà pris', 'Kitambulisho kimeshatumika', 'El identificador ya está en uso'],
  'key-exists': ['La clé a déjà été enregistrée', 'Ufunguo ulishasajiliwa', 'La clave ya se registró antes'],
  'lot-id-invalid': [
    'L’identifiant du lot ne découle pas de cet événement',
    'Kitambulisho cha fungu hakitokani na tukio hili',
    'El identificador del lote no se deriva de este evento',
  ],
  'lot-unknown': ['Le lot est inconnu', 'Fungu halijulikani', 'El lote no se conoce'],
  'lot-consumed': ['Le lot a été consommé', 'Fungu limeshatumika', 'El lote ya se consumió'],
  'lot-closed': ['Le lot est clos', 'Fungu limefungwa', 'El lote está cerrado'],
  'lot-on-hold': ['Une autorité retient le lot', 'Mamlaka inazuilia fungu', 'Una autoridad retiene el lote'],
  'parent-refused': [
    'L’événement que celui-ci suit a été refusé',
    'Tukio ambalo hili linalifuata lilikataliwa',
    'El evento al que este sigue fue rechazado',
  ],
  'head-moved': ['Le lot a changé entre-temps', 'Fungu limesonga mbele', 'El lote ha seguido adelante'],
  'lot-in-transit': ['Le lot est en route', 'Fungu liko njiani', 'El lote está en camino'],
  'lot-not-in-transit': ['Le lot n’est pas en route', 'Fungu haliko njiani', 'El lote no está en camino'],
  'recall-too-early': [
    'L’expédition ne peut pas encore être rappelée',
    'Utumaji hauwezi kuitwa tena bado',
    'El despacho aún no puede retirarse',
  ],
  'not-holder': ['Le signataire ne détient pas le lot', 'Aliyesaini hashiki fungu', 'El firmante no posee el lote'],
};

const columns = { fr: 0, sw: 1, es: 2 } as const;

/** Returns what a code of a refusal means; null for a code that this release does not know. */
export function errorTitle(language: Language, code: string): string | null {
  if (!Object.hasOwn(errorCodes, code)) return null;
  const known = code as ErrorCode;
  return language === 'en' ? errorCodes[known].title : titles[known][columns[language]];
}
