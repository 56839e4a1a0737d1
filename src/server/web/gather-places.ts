import { Injectable } from '@nestjs/common';
import type { LotData } from '../../web/explorer/lot-data.js';
import { type GoodsPlaces, routeOf } from '../../web/explorer/places.js';
import { placesOf } from '../../web/passport/passport.js';
import { ReadPlaces } from '../provenance/read-places.js';

/** Gathers where the goods of a lot were, as far as its reader may know. */
@Injectable()
export class GatherPlaces {
  constructor(private readonly places: ReadPlaces) {}

  async of({ story }: Pick<LotData, 'story'>): Promise<GoodsPlaces> {
    const positioned = story.events.filter(
      ({ claims: { place } }) => place?.lat !== undefined || place?._sd !== undefined,
    );
    const [registered, positions] = await Promise.all([
      this.places.registered(placesOf(story)),
      this.places.ofEvents(positioned.map(({ id }) => id)),
    ]);
    return routeOf(story, { ...registered, positions });
  }
}
