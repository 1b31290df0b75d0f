using MuseumPipeline.Store.Contracts.Moves;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Postgres.Grants;

/// <summary>The SQL that makes a role with just what some commands need. A table that is new is read by all who read, and
/// written by nobody, until it is named here.</summary>
internal static class RoleGrants
{
    /// <summary>Hashes, keys, and who came from where.</summary>
    private static readonly string[] Private =
    [
        "dashboard_user",
        "dashboard_key",
        "dashboard_token",
        "session_end",
        "session_over",
        "audit_actor",
        "audit_event",
        "audit_start",
        "recipient",
        "notice",
    ];

    private static readonly string[] Views = ["rating_info", "support_info", "exhibition_info"];

    /// <summary>Everybody who acts leaves a trace.</summary>
    private static readonly Dictionary<string, string> Trace = new()
    {
        ["operator_action"] = "insert",
        ["audit_actor"] = "select, insert",
        ["audit_event"] = "select, insert",
        ["audit_start"] = "select",
    };

    private static readonly Dictionary<string, string> Loading = new(Trace)
    {
        ["museum"] = "insert, update",
        ["floor"] = "insert, update",
        ["department"] = "insert, update",
        ["exhibition"] = "insert, update",
        ["rating_type"] = "insert, update",
        ["support_type"] = "insert, update",
        ["source"] = "insert, update, delete",
        ["run"] = "insert, update, delete",
        ["run_source"] = "insert, update, delete",
        ["rating_instance"] = "insert, update, delete",
        ["support_instance"] = "insert, update, delete",
        ["rating_hourly"] = "insert, update, delete",
        ["support_hourly"] = "insert, update, delete",
        ["quarantine"] = "insert, update, delete",
        ["set_aside"] = "insert, update, delete",
        // A version that replaces a retired one takes its counts away, and brings its own.
        ["retired"] = "insert, delete",
        ["retired_hourly"] = "insert, delete",
        ["retired_refusal"] = "insert, delete",
        // sources remove takes the position of a stream with it.
        ["kafka_offset"] = "update, delete",
    };

    private static readonly Dictionary<string, string> Consuming = new(Loading)
    {
        ["kafka_offset"] = "insert, update, delete",
    };

    private static readonly Dictionary<string, string> Serving = new(Trace)
    {
        ["incident_action"] = "insert",
        ["escalation"] = "insert, update",
        ["annotation"] = "insert, delete",
        ["exhibition_target"] = "insert, update, delete",
        ["notice"] = "select, insert, update, delete",
        ["recipient"] = "select",
        ["dashboard_user"] = "select, update (password_hash, stamp, totp, totp_step, updated_at)",
        ["dashboard_key"] = "select, insert",
        ["dashboard_token"] = "select",
        ["session_end"] = "select",
        ["session_over"] = "select, insert, delete",
    };

    public static string Sql(GrantPurpose purpose, string schema, string role)
    {
        var (own, who) = (Quoted(schema), Quoted(role));
        string[] lines =
        [
            $"do $$ begin if not exists (select from pg_roles where rolname = {Literal(role)}) then "
                + $"create role {who} nologin; end if; end $$;",
            $"revoke all on all tables in schema {own} from {who};",
            $"grant usage on schema {own} to {who};",
            .. Rights(purpose).Select(right => $"grant {right.Value} on {own}.{right.Key} to {who};"),
        ];
        return string.Join('\n', lines);
    }

    private static IEnumerable<KeyValuePair<string, string>> Rights(GrantPurpose purpose)
    {
        if (purpose is GrantPurpose.Bi)
            return Views.Select(view => KeyValuePair.Create(view, "select"));
        var read = OwnKeys.Tables.Except(Private).Concat(Views).Select(table => KeyValuePair.Create(table, "select"));
        return read.Order(Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key)))
            .Concat(Writes(purpose));
    }

    private static Dictionary<string, string> Writes(GrantPurpose purpose) =>
        purpose switch
        {
            GrantPurpose.Load => Loading,
            GrantPurpose.Consume => Consuming,
            GrantPurpose.Serve => Serving,
            _ => [],
        };

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
