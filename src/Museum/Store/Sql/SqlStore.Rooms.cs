using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>The rooms, until each has a class of its own.</summary>
public abstract partial class SqlStore
    : IMaintenance,
        IMuseums,
        IRuns,
        ISources,
        IPartitions,
        IQuarantine,
        IHelpCalls,
        IIncidents,
        ICounts,
        IUsers,
        ICookieKeys,
        IOperatorLog,
        IAsyncDisposable
{
    public MuseumStore Rooms() =>
        new(Target, Describe, Writers)
        {
            Maintenance = this,
            Museums = this,
            Runs = this,
            Sources = this,
            Partitions = this,
            Quarantine = this,
            HelpCalls = this,
            Incidents = this,
            Counts = this,
            Users = this,
            CookieKeys = this,
            OperatorLog = this,
            Connections = this,
        };

    Task<IReadOnlyList<Museum>> IMuseums.ListAsync(CancellationToken cancel) => MuseumsAsync(cancel);

    Task<Museum> IMuseums.AddAsync(MuseumFacts facts, CancellationToken cancel) => AddMuseumAsync(facts, cancel);

    Task<(Museum Museum, Change Change)> IMuseums.ChangeAsync(
        string code,
        Func<MuseumFacts, MuseumFacts> change,
        CancellationToken cancel
    ) => ChangeMuseumAsync(code, change, cancel);

    Task<Museum> IMuseums.RemoveAsync(string code, CancellationToken cancel) => RemoveMuseumAsync(code, cancel);

    Task<int> IRuns.StartAsync(string command, string arguments, CancellationToken cancel) =>
        StartRunAsync(command, arguments, cancel);

    Task IRuns.FinishAsync(int runId, RunEnd ending, CancellationToken cancel) =>
        FinishRunAsync(runId, ending.State, ending.ExitCode, ending.Message, ending.Already, cancel);

    Task<IReadOnlyList<RunRow>> IRuns.ListAsync(int most, CancellationToken cancel) => RunsAsync(most, cancel);

    Task<IReadOnlyList<RunSourceRow>> IRuns.SourcesAsync(int runId, CancellationToken cancel) =>
        RunSourcesAsync(runId, cancel);

    Task<IReadOnlyList<ReasonCount>> IRuns.ReasonsAsync(int runId, CancellationToken cancel) =>
        RunReasonsAsync(runId, cancel);

    Task<IReadOnlyList<SourceRow>> ISources.ListAsync(string location, CancellationToken cancel) =>
        SourcesAsync(location, cancel);

    Task ISources.ExtendAsync(SourceRow source, string version, long size, CancellationToken cancel) =>
        ExtendSourceAsync(source, version, size, cancel);

    Task<IReadOnlyList<PartitionRow>> IPartitions.ListAsync(string? cluster, string? topic, CancellationToken cancel) =>
        PartitionsAsync(cluster, topic, cancel);

    Task<int> IPartitions.StartAsync(
        StreamIdentity stream,
        IReadOnlyDictionary<int, long> starts,
        CancellationToken cancel
    ) => StartPartitionsAsync(stream, starts, cancel);

    Task<PartitionClaim?> IPartitions.ClaimAsync(
        StreamIdentity stream,
        int partition,
        string owner,
        CancellationToken cancel
    ) => ClaimPartitionAsync(stream, partition, owner, cancel);

    Task<bool> IPartitions.StopAsync(
        StreamIdentity stream,
        int partition,
        long? epoch,
        string problem,
        CancellationToken cancel
    ) => StopPartitionAsync(stream, partition, epoch, problem, cancel);

    Task IPartitions.MoveAsync(
        StreamIdentity stream,
        int partition,
        long nextOffset,
        OperatorMove move,
        CancellationToken cancel
    ) => MovePartitionAsync(stream, partition, nextOffset, move, cancel);

    Task IPartitions.RetireAsync(StreamIdentity stream, int partition, OperatorMove move, CancellationToken cancel) =>
        RetirePartitionAsync(stream, partition, move, cancel);

    Task<IReadOnlyList<QuarantineRow>> IQuarantine.ListAsync(QuarantineFilter filter, CancellationToken cancel) =>
        QuarantineAsync(filter, cancel);

    Task<IReadOnlyList<ReasonCount>> IQuarantine.CountsAsync(CancellationToken cancel) => QuarantineCountsAsync(cancel);

    Task<IReadOnlyList<QuarantineRow>> IQuarantine.NewestAsync(RefusalFilter filter, CancellationToken cancel) =>
        RefusalsAsync(filter, cancel);

    Task<long> IQuarantine.HeldAsync(int museumId, CancellationToken cancel) => RefusalsHeldAsync(museumId, cancel);

    Task<RefusedReading> IQuarantine.ByDayAsync(
        int museumId,
        string timeZone,
        RefusedMarks? known,
        CancellationToken cancel
    ) => RefusedAsync(museumId, timeZone, known, cancel);

    Task<IReadOnlyList<HelpRow>> IHelpCalls.ListAsync(HelpFilter filter, CancellationToken cancel) =>
        HelpAsync(filter, cancel);

    Task<IReadOnlyList<HelpRow>> IHelpCalls.FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel) =>
        HelpAsync(ids, cancel);

    Task<HelpCounts> IHelpCalls.CountsAsync(int museumId, DateTimeOffset since, CancellationToken cancel) =>
        HelpCountsAsync(museumId, since, cancel);

    Task<IReadOnlyList<HelpResponse>> IHelpCalls.ResponsesAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset before,
        CancellationToken cancel
    ) => HelpResponsesAsync(museumId, from, before, cancel);

    Task<IncidentOutcome> IIncidents.ActAsync(long pressId, IncidentMove move, CancellationToken cancel) =>
        ActOnPressAsync(pressId, move, cancel);

    Task<IReadOnlyList<DashboardUser>> IUsers.ListAsync(CancellationToken cancel) => UsersAsync(cancel);

    Task<bool> IUsers.AddAsync(
        string name,
        string role,
        string passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) => AddUserAsync(name, role, passwordHash, move, cancel);

    Task<bool> IUsers.ChangeAsync(
        string name,
        string? role,
        string? passwordHash,
        OperatorMove move,
        CancellationToken cancel
    ) => ChangeUserAsync(name, role, passwordHash, move, cancel);

    Task<bool> IUsers.RemoveAsync(string name, OperatorMove move, CancellationToken cancel) =>
        RemoveUserAsync(name, move, cancel);

    Task<IReadOnlyList<string>> ICookieKeys.ListAsync(CancellationToken cancel) => CookieKeysAsync(cancel);

    Task ICookieKeys.AddAsync(string name, string xml, CancellationToken cancel) =>
        AddCookieKeyAsync(name, xml, cancel);

    Task<IReadOnlyList<OperatorAction>> IOperatorLog.ListAsync(int most, CancellationToken cancel) =>
        OperatorActionsAsync(most, cancel);
}
