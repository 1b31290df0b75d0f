namespace MuseumPipeline.Store.Sql;

/// <summary>The unique keys of this program's own schema. If one of these is violated, another process of ours was
/// here: the row is already there. Any other key was added to the database by somebody else, and refuses a
/// row.</summary>
internal static class OwnKeys
{
    /// <summary>The only one without PostgreSQL's default name.</summary>
    private const string CurrentSource = "source_current";

    /// <summary>By table; the primary key first.</summary>
    private static readonly Dictionary<string, string[]> ByTable = new(StringComparer.Ordinal)
    {
        ["schema_migration"] = ["version"],
        ["museum"] = ["museum_id", "code", "topic", "prefix"],
        ["floor"] = ["floor_id", "floor"],
        ["department"] = ["department_id", "department_name"],
        ["exhibition"] = ["exhibition_id", "museum_id, public_id", "museum_id, site"],
        ["rating_type"] = ["rating_type_id", "rating_type_value"],
        ["support_type"] = ["support_type_id", "support_type_value"],
        ["source"] = ["source_id", "location, name"],
        ["run"] = ["run_id"],
        ["run_source"] = ["run_id, source_id"],
        ["rating_instance"] = ["rating_instance_id"],
        ["support_instance"] = ["support_instance_id"],
        ["rating_hourly"] = ["hour, exhibition_id, rating_type_id"],
        ["support_hourly"] = ["hour, exhibition_id, support_type_id"],
        ["quarantine"] = ["quarantine_id"],
        ["kafka_offset"] = ["cluster_id, topic, topic_id, partition"],
        ["operator_action"] = ["action_id"],
        ["incident_action"] = ["incident_action_id", "act, press_id"],
        ["set_aside"] = ["location, name, version"],
        ["escalation"] = ["press_id, since"],
        ["dashboard_user"] = ["name"],
        ["dashboard_key"] = ["name"],
        ["session_end"] = ["name"],
        ["session_over"] = ["session"],
        ["annotation"] = ["annotation_id"],
        ["exhibition_target"] = ["exhibition_id"],
        ["floor_plan"] = ["museum_id, floor_id"],
        ["exhibition_place"] = ["exhibition_id"],
        ["recipient"] = ["name"],
        ["notice"] = ["notice_id", "recipient, key"],
        ["dashboard_token"] = ["name", "token_hash"],
        ["audit_actor"] = ["actor_id", "name, provider, address"],
        ["audit_event"] = ["audit_id", "previous"],
        ["audit_start"] = ["through_id"],
        ["retirement"] = ["retirement_id"],
        ["retired"] = ["source_id, kind, first_position, retirement_id"],
        ["retired_hourly"] = ["source_id, kind, hour, exhibition_id, type_id"],
        ["retired_refusal"] = ["retired_refusal_id"],
    };

    public static IReadOnlyCollection<string> Tables => ByTable.Keys;

    /// <summary>What others must not call theirs where we are: tables and views. By <c>schema_migration</c> ours are
    /// told from theirs.</summary>
    public static IEnumerable<string> Names =>
        [.. Tables.Where(table => table != "schema_migration"), "rating_info", "support_info", "exhibition_info"];

    /// <param name="constraint">PostgreSQL's name for it.</param>
    public static bool HasConstraint(string? table, string? constraint) =>
        table is not null
        && ByTable.TryGetValue(table, out var keys)
        && (
            constraint == $"{table}_pkey"
            || constraint == CurrentSource
            || keys.Skip(1).Any(key => constraint == $"{table}_{key.Replace(", ", "_", StringComparison.Ordinal)}_key")
        );

    /// <param name="columns">SQLite's names for them: <c>source.location, source.name</c>.</param>
    public static bool HasColumns(string columns) =>
        ByTable.Any(table =>
            table.Value.Any(key => columns == string.Join(", ", key.Split(", ").Select(c => $"{table.Key}.{c}")))
        );
}
