/** A position in degrees. */
export type Degrees = readonly [longitude: number, latitude: number];

/** What a reader may know of a registered place: its position only from events that the reader may see. */
export interface RegisteredPlace {
  country: string;
  point: Degrees | null;
  /** Rings of the boundary, the outer one first. */
  polygon: readonly (readonly Degrees[])[] | null;
}
