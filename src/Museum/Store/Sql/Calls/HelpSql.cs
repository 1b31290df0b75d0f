using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Calls;

/// <summary>What a call for help is, and when it is open, in SQL: for <c>support_instance i</c> and for <c>quarantine
/// q</c>.</summary>
internal static class HelpSql
{
    public const string OfMuseum =
        "i.exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)";

    public const string Held = "q.possible_help and q.state = 'held'";

    /// <summary>When a call that counts was made.</summary>
    public const string When = "(case when i.clock_wrong then i.arrived_at else i.instance_created_at end)";

    /// <summary>When a refused call was made: by the kiosk, unless its clock is wrong or the time is in the
    /// future.</summary>
    public const string HeldWhen =
        "(case when q.created_at < q.received_at and not q.clock_wrong then q.created_at else q.received_at end)";

    private const string Streams = $"(select source_id from source where kind = '{SourceIdentity.Stream}')";

    public const string Live = $"i.source_id in {Streams}";

    /// <summary>Somebody acknowledged or resolved it, and it was not reopened since.</summary>
    public const string AcknowledgedAs =
        """
            select 1 from incident_action a
            where a.action in ('acknowledge', 'take', 'resolve') and
            """ + NotReopened;

    private const string ResolvedAs =
        """
            select 1 from incident_action a
            where a.action in ('acknowledge', 'resolve') and
            """ + NotReopened;

    private const string NotReopened = """
         not exists (select 1 from incident_action b where b.press_id = a.press_id
                       and b.incident_action_id > a.incident_action_id and b.action = 'reopen')
          and a.press_id =
        """;

    public const string Open =
        $" and {When} >= @since and {Live} and not exists ({AcknowledgedAs} i.support_instance_id)";

    public const string OpenHeld =
        $" and {HeldWhen} >= @since and q.source_id in {Streams} and not exists ({AcknowledgedAs} q.quarantine_id)";

    /// <summary>The same, including those that somebody is on the way to.</summary>
    public const string Unresolved =
        $" and {When} >= @since and {Live} and not exists ({ResolvedAs} i.support_instance_id)";

    public const string UnresolvedHeld =
        $" and {HeldWhen} >= @since and q.source_id in {Streams} and not exists ({ResolvedAs} q.quarantine_id)";

    /// <summary>The action that decides a press's state.</summary>
    public const string Decision =
        "select max(a.incident_action_id) from incident_action a where a.action <> 'note' and a.press_id =";
}
