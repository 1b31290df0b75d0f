// The shapes of /api/v1 under the names the pages use, from the OpenAPI document (eng/api-types). Instants are ISO 8601
// with Z, days yyyy-MM-dd in the museum's zone.
import type { components } from "./schema";

/** The server writes every field, including inherited ones. */
type Complete<T> = T extends (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Complete<T[Key]> }
    : T;
type Schemas = Complete<components["schemas"]>;

export type Exh = Schemas["Exh"];
export type Me = Schemas["Caller"];
export type Museum = Schemas["MuseumEntry"];
export type Period = Schemas["Period"];
export type Score = Schemas["Score"];
export type Verdict = Schemas["Verdict"];
export type Change = Schemas["RatingChange"] & { launch?: string };
export type Status = Schemas["RatingStatus"];
export type Row = Schemas["RatingRow"];
export type Ratings = Schemas["RatingsView"];
export type Trend = Schemas["TrendView"];
export type Exhibition = Schemas["ExhibitionView"];
export type FloorPlan = Schemas["FloorPlanView"];
export type Annotation = Schemas["AnnotationView"];
export type RatingEvents = Schemas["RatingEvents"];
export type HelpEvents = Schemas["HelpEvents"];
export type RefusedEvents = Schemas["RefusedEvents"];
export type RecordView = Schemas["RecordView"];
export type Busiest = Schemas["BusiestView"];
export type Safety = Schemas["SafetyView"];
export type SafetyTrend = Schemas["SafetyTrendView"];
export type Walk = Schemas["PatrolWalk"];
export type Patrols = Schemas["PatrolsView"];
export type Press = Schemas["HelpPress"];
export type Help = Schemas["HelpFeed"];
export type Kiosks = Schemas["KiosksView"];
export type Refused = Schemas["RefusedView"];
export type LiveRoad = Schemas["LiveView"];
export type Loads = Schemas["LoadsView"];
export type Quarantine = Schemas["QuarantineView"];
export type Replayed = Schemas["ReplayAnswer"];
/** Whether presses of a museum arrive, and if not, why. */
export type Reception = Schemas["Reception"];

export type Presses = Pick<Schemas["SafetyTotals"], "emergencies" | "assistance" | "perOpenHour">;
