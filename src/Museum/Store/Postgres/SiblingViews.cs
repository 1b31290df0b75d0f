namespace MuseumPipeline.Store.Postgres;

/// <summary>
/// The names under which other pipelines of this museum's kiosks have the same presses, so that their queries run as
/// they are: times are what the museum's clock showed, as theirs are.
/// </summary>
internal static class SiblingViews
{
    public const string Sql = """
        create or replace view rating as
          select rating_type_id as rating_id, rating_type_value as rating_value, rating_description from rating_type;
        create or replace view request as
          select support_type_id as request_id, support_type_value as request_value,
                 support_description as request_description
          from support_type;
        create or replace view rating_interaction as
          select r.rating_instance_id as rating_interaction_id, r.exhibition_id, r.rating_type_id as rating_id,
                 r.rating_created_at at time zone m.time_zone as event_at
          from rating_instance r join exhibition e using (exhibition_id) join museum m using (museum_id);
        create or replace view request_interaction as
          select s.support_instance_id as request_interaction_id, s.exhibition_id, s.support_type_id as request_id,
                 s.instance_created_at at time zone m.time_zone as event_at
          from support_instance s join exhibition e using (exhibition_id) join museum m using (museum_id)
        """;
}
