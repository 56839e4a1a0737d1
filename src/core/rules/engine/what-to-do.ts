import type { RecordRuleId } from './facts.js';
import type { ruleFailed } from './rule-failed.js';

/** Rules whose findings the operator of the service resolves; each has a runbook of its name in docs/runbooks. */
export type OperatorRuleId = RecordRuleId | (typeof ruleFailed)['id'];

const forTheOperator: Record<OperatorRuleId, string> = {
  'record-event-altered':
    'The operator keeps a copy of the row as evidence, finds out who could write to the storage, and restores the logged bytes from a backup; the signer holds the event and its receipt, and can show what was logged. Rely on no verdict of the lots named until the next audit finds the bytes again, which closes it.',
  'record-event-missing':
    'The operator puts the rows back from a backup, or the whole database; signers still hold their events and receipts, and are asked for them where there is no backup. It closes at the next audit that finds every index.',
  'record-signature-invalid':
    'Ask the signer for the event as it was signed and compare the two texts; the operator looks for a change of the entry, or of the key in table `keys`, and puts it back from a backup. It closes at the next audit in which the signature verifies.',
  'record-chain-broken':
    'The operator compares the entry, and those before it on the same lots, with a backup and with what their signers hold: one was put in, taken out or changed without admission. It closes at the next audit in which every entry is admitted again at its index.',
  'record-root-mismatch':
    'Compare the root with one from a witness, a monitor or a receipt. If the entries are right, the operator puts tile, checkpoint or log state back from a backup; it closes at the next audit in which they agree.',
  'record-fork':
    'Secure both checkpoints, each signed by the key of the log, and show them to witnesses, buyers and the authority: only others can say which history they were shown. It closes by itself only where the stored tree was damaged and is restored; a second history that was really signed stays, and this log must not go on.',
  'record-projection-differs':
    'The operator asks who changed the row that is named, puts it back from a backup and never by hand, and runs `adit replay`. Do not rely on holder, mass or status of the lots named until the next audit, which closes it.',
  'record-backup-restored':
    'The operator brings back the newer database, or brings this one forward by its WAL to the size in the guard; the guard is never deleted. It closes at the next audit in which the guard and the log agree; if the newer database is lost, holders of receipts must be notified.',
  'record-disclosure-mismatch':
    'Ask the signer to show the value again: only one that hashes to the signed digest counts. The operator puts the disclosure and its key back from a backup, or erases them by `data.erased` if a registrar orders it; it closes at the next audit.',
  'record-catalogue-differs':
    'The operator asks who changed the object that is named, undoes it as the owner of the tables, and runs `adit audit`: what was written while it was there is in doubt, whatever the database says. It closes at the next audit that finds the schema as the migrations make it.',
  'record-desk-differs':
    'The operator asks who changed the row that is named, ends or deletes it through the service and makes it again, and looks at `GET /v1/alerts` for alerts of which nobody was notified since the last audit. It closes at the next audit in which rows and journal agree.',
  'rule-failed':
    'The operator reads in the finding which rule failed and on what, and repairs the rule, or the thresholds that were changed last. Treat what is undecided as not judged, never as in order. After the repair, when the entries have been judged, a registrar or an authority closes it by `finding.answered`.',
};

const custody = {
  'handover-overdue':
    'Ask the receiver for its receipt and the carrier where the goods are; the waybill, or the gate book of the receiver, settles it. It closes with the late `custody.received`, with a `custody.recalled` by the sender, or with a corrected `plannedArrival`.',
  'handover-rejected-unresolved':
    'Ask the receiver why it refused, and the sender what it did with the goods it has again; a weighing in front of both settles most quarrels. It closes with the next event on the lots: a weighing, a new dispatch, a closure.',
  'hop-missing':
    'Ask the exporter, or the smelter, who carried the goods from the site and where they lay in between; waybills and depot books show it. A forgotten vehicle, mode or route is added to the dispatch by `event.corrected`, which closes it; where there was no dispatch at all, a registrar or an authority closes it by `finding.answered`.',
  'not-holder':
    'Ask the signer by what paper it thought the lot its own, and the holder whether it sold or lent it; the contract or the waybill settles who should have been named. Nothing has moved, so the refused event stays as evidence: the holder explains, and a registrar or an authority closes it, by `finding.answered`.',
  'double-sale-attempt':
    'Ask the signer why it sent the lot a second way, and warn the second receiver, whose purchase never entered; both contracts and the payment show which sale was meant. The refused event stays as evidence: a registrar or an authority closes it by `finding.answered`.',
  'seal-mismatch':
    'Have the lots weighed, and opened in front of sender and carrier; photographs and the list of seals at loading settle whether a number was misread. A misread number or state is corrected by `event.corrected`, which closes it; otherwise sender or receiver explains it by `finding.answered`.',
  'dwell-too-long':
    'Ask the holder to count the lot where it lies, or to say what became of it. It closes with a `stock.counted` that finds it, or with the next event on its chain; `lot.closed` says that it was lost, stolen or disposed of.',
  'lot-held':
    'Ask the authority that is named on what ground it holds the lot, and until when; buy and move nothing meanwhile. It closes when the authority logs `lot.released`.',
  'stock-differs':
    'Have the lot weighed again with an auditor present, and ask the holder for the papers of what came and went since the last count. A mistyped mass is corrected by `event.corrected`, which closes it; a lot that is really gone is ended by `lot.closed`, and the count is explained by `finding.answered`.',
  'held-lot-moved':
    'Ask the signer whether it knew of the hold, and the authority that holds the lot whether the goods still lie where they were put. Nothing has moved in the ledger, so the refused event stays as evidence: the holder explains, and a registrar or an authority closes it, by `finding.answered`.',
  'device-sequence-gap':
    'Ask the owner of the device to connect it and send its stored events, and to show its own list of records. It closes when the missing numbers arrive; a device that is lost is explained by `finding.answered`, and its key revoked.',
  'device-sequence-fork':
    'Ask the owner for the device and what it stores, and both receivers which record they were shown: one of the two replaced the other, unless the device was restored from a copy. Neither goes away, so the owner explains, and a registrar or an authority closes it, by `finding.answered`.',
  'late-entry':
    'Ask the signer why the events came late, and compare them with documents of those days from other parties: waybills, tag books, payments. A mistyped date is corrected by `event.corrected`, which closes it; a phone that was offline is explained by `finding.answered`.',
  backdated:
    'Ask the signer to show the clock of the device and what it saw when it signed. Where `occurredAt` was mistyped an `event.corrected` closes it; a clock that was wrong is explained by `finding.answered`, and set right.',
  'clock-ahead':
    'Ask the signer for the date that it meant and have the clock of its device set. A mistyped `occurredAt` is corrected by `event.corrected`, which closes it; a signature whose own time lies ahead is explained by `finding.answered`.',
  'burst-entry':
    'Ask the signer for what the records were made from: tag books, weighing slips, photographs of those weeks; visit the site, or call the people named. Coordinates that were filled in at a desk are corrected by `event.corrected`; otherwise it is explained by `finding.answered` once the books bear it out.',
};

const tags = {
  'tag-reused':
    'Stop both lots, look at the tags on the bags, and ask the agent who issued the series for the tag book. A misread number is corrected by `event.corrected` on the lot that never carried it, which closes it; of one bag that was recorded twice, the holder closes the record that was not handed on by `lot.closed` with `duplicateOf`; a copied tag is reported as an incident, and a registrar or an authority closes the finding by `finding.answered`.',
  'tag-wrong-site':
    'Ask the tagging agent which bundle went to which site, and the actor that applied the tags where it got them. It closes with a corrected tag number, or when the authority logs the `tags.issued` for the right site; else treat the origin as unproven until a registrar or an authority has answered it.',
  'tag-voided-used':
    'Ask the agent who voided the tag when that was and why, and the actor that used it where it came from; the tag itself and the tag book settle it. A wrong date or number is corrected by `event.corrected`, which closes it; a lost tag that came back is a matter for the authority and its `finding.answered`.',
  'tag-unknown':
    'Ask the tagging agent whether the series was issued, and look at the tag for a misread digit. It closes when the authority logs `tags.issued`, or when the number is corrected by `event.corrected`.',
  'tag-rate':
    'Ask the operator of the site and the agent to count bags and tags of that day together, and where the unused tags are. A mistyped mass or tag list is corrected by `event.corrected`, which closes it; samples and small bags are explained by `finding.answered`.',
  'certificate-missing':
    'Ask the exporter for the certificate, and the authority of the country of origin whether it issued one. It closes when the exporter adds the serial to its `lot.exported` by `event.corrected`; where none was issued, do not accept the shipment before the authority has decided.',
  'certificate-expired':
    'Ask the exporter which certificate travelled with the goods, and the issuing authority whether this one was valid on the day of the export. A wrong serial or date of the export is corrected by `event.corrected`, which closes it; otherwise the authority decides, by `finding.answered`.',
  'certificate-reused':
    'Ask the issuing authority for which shipment it made the certificate out, and both exporters for theirs. It closes when the export that named it wrongly is corrected by `event.corrected`; until then no shipment of that serial is certified.',
  'certificate-mass-differs':
    'Compare the weighing slip of the export with the certificate, and ask whether either mass is dry and the other wet. A mistyped mass of the export is corrected by `event.corrected`, which closes it; a certificate made out wrongly is revoked and replaced by the authority, and the exporter names the new serial.',
  'certificate-same-signer':
    'Ask the issuing authority for a second look by another person. It revokes the certificate and issues one under a new serial, or confirms it; the finding on the old one is closed by its `finding.answered`.',
  'document-reused':
    'Lay the paper beside the lots that it is attached to: weights, dates and names on it fit one of them. The actor that attached it to the wrong lot removes it by `event.corrected`, which closes it; a paper that truly covers several lots is explained by `finding.answered`.',
  'serial-reused':
    'Ask both refiners for their cast lists and photographs of the bars. Serials cannot be corrected, so two refiners who number alike explain it by `finding.answered`; two bars of one refiner are held back until one is shown to be genuine.',
};

const mass = {
  'mass-gained':
    'Ask for the weighing slips and moistures of both sides, and have the lot weighed again on a calibrated scale. It closes when a wrong mass, moisture or grade is corrected by `event.corrected`, or when the receiver logs the moisture by `lot.measured` right after its receipt; treat a gain that stays as mineral of unknown origin.',
  'mass-implausible':
    'Ask the signer for the weighing slip: mostly kilograms were typed as tonnes, or a decimal point is missing. It closes when the mass is put right by `event.corrected`; a large lot in few packages is explained by `finding.answered`.',
  'mass-lost':
    'Ask the receiver for moisture and the carrier for stops and broken bags, and compare both weighing slips. It closes when a wrong mass is corrected by `event.corrected`, or when the receiver logs the moisture by `lot.measured` right after its receipt; goods that are missing are reported as an incident.',
  'grade-impossible':
    'Ask the laboratory for the certificate of the assay: unit, analyte and decimal point. It closes when the grade is corrected by `event.corrected`.',
  'grade-unusual':
    'Ask for the certificate of the assay, and for a second one from another laboratory. A mistyped grade is corrected by `event.corrected`, which closes it; ore that is really so poor or rich is explained by `finding.answered` that names the second assay.',
  'grade-jump':
    'Have a sample taken in front of both sides and assayed by a laboratory that neither chose; until then do not assume that the goods are those that were sent. It closes when the wrong grade of the two is corrected by `event.corrected`; otherwise it is answered with the third assay by `finding.answered`.',
  'yield-implausible':
    'Ask the plant for its batch sheet: feed, assays, residues. It closes when a wrong mass, grade or residue, or the name of the process, is corrected by `event.corrected`; a batch that really recovered so much or so little is explained by `finding.answered`.',
  'mix-forbidden':
    'Inform the buyer of the mix what is in it, and have it sold without the claim that it lost. A mix cannot be undone: a method that was declared wrongly is corrected by `event.corrected`, which closes it; all else is answered by a registrar or an authority by `finding.answered`.',
  'radioactivity-missing':
    'Have the lots assayed for ThO2 and U3O8 before they are loaded, and inform carrier and port. An assay from before the export that was not logged is added to the newest weighing by `event.corrected`, which closes it; one that was made later is named in a `finding.answered`.',
  'radioactivity-over':
    'Ask the exporter for the permit of class 7, the labels and a carrier that takes it; stop the shipment until they are there. A mistyped grade is corrected by `event.corrected`, which closes it; goods that are declared and packed as they must be are explained by `finding.answered`.',
  'numbers-too-round':
    'Look at the scale and at how people write down what it shows, and have some lots weighed again. True weights, logged by `event.corrected`, close it; bags filled to one weight, or a scale of half kilograms, are explained by `finding.answered`.',
  'claim-exceeds-input':
    'Ask the facility for its mass balance book: which credits were brought forward, and from which lots. A wrong mass is corrected by `event.corrected`, which closes it; credits that were never entered here are shown to an auditor and explained by `finding.answered`.',
  'facility-over-capacity':
    'Ask the operator of the facility for its production records and its rating, and visit it. A wrong mass is corrected by `event.corrected`, which closes it; a rating that has grown old is explained by `finding.answered`.',
};

const origin = {
  'site-over-capacity':
    'Ask the operator of the site how many dug and since when the stock lay there, and the authority for its newest count of workers; a visit settles it. It closes when the registrar or the authority logs the true capacity by `site.updated`, or when wrong masses are corrected by `event.corrected`; treat unexplained mass as mineral of unknown origin.',
  'site-status':
    'Ask the authority for the newest inspection of the site, and hold the lots back where it is red. It closes when a `site.inspected` of a day up to the declaration says green or yellow; otherwise the authority decides by `finding.answered`.',
  'site-outside-polygon':
    'Ask the person who recorded the declaration where they were, and compare with the map of the site. Wrong coordinates are corrected by `event.corrected`, a wrong polygon by `site.updated`; either closes it. Bags that were declared at a shed are explained by `finding.answered`.',
  'licence-invalid':
    'Ask the operator of the site for the licence or its renewal, and the mining cadastre whether it is valid. It closes when the registrar or the authority logs it by `site.updated`.',
  'mineral-not-at-site':
    'Ask the authority what is dug at the site, and have a sample looked at. It closes when the mineral is added by `site.updated`; a lot declared at the wrong site is closed and declared anew at the right one, and the finding answered by `finding.answered`.',
  'site-dormant-burst':
    'Ask the operator of the site who dug and since when, and the authority for a visit; wage lists and tag books of the weeks before settle it. It closes when wrong masses are corrected by `event.corrected`; a season that began, or stock that was declared at once, is explained by `finding.answered`.',
  'round-trip':
    'Ask the holder for the customs papers of both crossings. An import logged after the receipt does not close it any more: returned goods, or a warehouse across the border, are explained by `finding.answered` that names the papers.',
  'origin-implausible':
    'Stop the lot, ask the laboratory how sure it is, and have a second sample taken in front of a witness. A later `origin.tested` by the same laboratory replaces this one and closes it if it finds the origin plausible; otherwise the authority decides.',
  'origin-unknown-share':
    'Ask the exporter, and each supplier before it, for the lots that the goods were made of and where those were declared. What cannot be traced is sold as of unknown origin; nothing closes it but a `finding.answered` of a registrar or an authority.',
};

const movement = {
  'speed-impossible':
    'Ask both signers where they were and when, and compare with waybill and gate book. It closes when a wrong time, place or means of transport is corrected by `event.corrected`.',
  'place-jump':
    'Ask the owner for the device, and whether its records were copied onto another or coordinates typed by hand. It closes when the wrong place or time is corrected by `event.corrected`; a device restored onto another is explained by `finding.answered`.',
  'vehicle-two-places':
    'Ask both signers for a photograph of the number plate, and the carrier for the log book of the vehicle. It closes when a misread plate, place or time is corrected by `event.corrected`; a copied plate is a matter for the authority.',
  'route-left':
    'Ask the carrier which way it took and why, and have seals and weight looked at on arrival. It closes when the route of the dispatch is corrected by `event.corrected`; a detour is explained by `finding.answered`.',
};

const actors = {
  'actor-suspended':
    'Ask the registrar why the actor is suspended and from which day, and buy nothing from it meanwhile. It closes when the registrar logs `actor.statusChanged` to active with a `from` between the suspension and the event; otherwise the registrar answers it by `finding.answered`.',
  'registrar-introduced':
    'Ask the actor, by another way than the registrar’s, whether the key is theirs. Where an older key is left, it endorses the `key.added` (`event.endorsed`), which closes the finding on every event of the key; where none is left, an authority or the registrar explains it (`finding.answered`).',
  'card-expired':
    'Ask the actor for its card, and the registrar whether it was renewed. It closes when the registrar logs the renewed card by `actor.statusChanged`, if it covers the day of the event.',
  'key-compromised':
    'Ask the actor, by a way that does not use the lost key, which of these events are its own. It closes for each event that the actor endorses by `event.endorsed` with a living key; treat the others as signed by another person.',
  'self-dealing':
    'Ask for a witness of the handover, and have them weighed again by the next holder. Device and key of an event cannot be corrected: the sides explain it, or a registrar or an authority closes it, by `finding.answered`.',
  'payment-unofficial':
    'Ask the payer for the receipt, and who took the money and on what ground; sums that armed men or officials took belong in an incident report. It closes when the number of an official receipt is added by `event.corrected`.',
  'incident-open':
    'Ask the owner of the case what is done and until when; for level 1 stop the lots. A registrar, an authority or the owner ends it by `incident.updated` with `closed`, which closes the finding on the lots it names; what was moved while it was open stays until it is answered by `finding.answered`.',
  'dispute-open':
    'Ask both sides for what they have: weighing slip, waybill, witnesses. It closes when the signer of the disputed event, a registrar or an authority settles it by `event.settled`.',
  'custody-assigned':
    'Ask the authority for the decision by which it assigned the lot, and the former holder whether it appeals. A registrar or an authority explains or closes it by `finding.answered` once the decision is final.',
  'stranger-claim':
    'Ask the signer what it saw, and the holder of the lot whether it knows the signer. An authority or a registrar that takes an incident up logs an `incident.updated`, from which it counts for the lot; one that is baseless is closed by `incident.updated`, or by `finding.answered`.',
  'correction-after-export':
    'Ask the signer of the correction for the paper that shows the true value, and inform the buyer, who paid by the old one. The correction stays and so does this finding, until it is explained, or closed by a registrar or an authority, by `finding.answered`.',
};

const advice: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...forTheOperator, ...custody, ...tags, ...mass, ...origin, ...movement, ...actors }),
);

/** The rules that have advice. */
export const rulesAdvised: readonly string[] = [...advice.keys()];

/** Returns whether a finding of the rule is for the operator of the service, who has a runbook for it. */
export const isForOperator = (rule: string): rule is OperatorRuleId => Object.hasOwn(forTheOperator, rule);

/**
 * Returns the advice for a finding: the person to ask, the evidence that settles it, the event that closes it. Throws for a rule without advice.
 */
export function whatToDo(rule: string): string {
  const text = advice.get(rule);
  if (text === undefined) throw new Error(`src/core/rules/engine/what-to-do.ts does not say what to do about ${rule}.`);
  return text;
}
