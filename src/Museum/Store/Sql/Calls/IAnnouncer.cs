using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Calls;

/// <summary>Tells listeners, in this process and in others, about calls for help.</summary>
internal interface IAnnouncer
{
    /// <summary>Tells listeners in other processes, if the database can; part of the transaction.</summary>
    Task AnnounceAsync(SqlSession session, HelpAnnouncement announcement);

    /// <summary>The announcement is committed: tells listeners in this process, if the database does not.</summary>
    void Announced(HelpAnnouncement announcement);

    /// <summary>See <see cref="IHelpCalls.ListenAsync"/>.</summary>
    IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel);
}
