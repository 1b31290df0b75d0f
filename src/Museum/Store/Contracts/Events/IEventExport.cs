using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts.Events;

/// <summary>All events and refusals, in parts that are read whole, each as it is at one instant.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IEventExport
{
    /// <summary>Every part there is. It reads every row's key.</summary>
    Task<IReadOnlyList<ExportPart>> PartsAsync(CancellationToken cancel);

    /// <summary>The events of a part, in no order; returns the part as it was read.</summary>
    /// <param name="begin">Told first what the rows' numbers mean, as of the same instant.</param>
    Task<ExportPart> EventsAsync(
        ExportPart part,
        Action<ExportNames> begin,
        Func<ExportedEvent, ValueTask> take,
        CancellationToken cancel
    );

    /// <summary>The refusals of a part, likewise.</summary>
    Task<ExportPart> RefusalsAsync(
        ExportPart part,
        Action<ExportNames> begin,
        Func<ExportedRefusal, ValueTask> take,
        CancellationToken cancel
    );
}

public enum ExportSet
{
    Events,
    Refusals,
}

/// <param name="Month">As 2023-03, in UTC: of the press, or of the arrival of what was refused.</param>
/// <param name="Stamp">Another when any row was added, taken away or replaced.</param>
public sealed record ExportPart(ExportSet Set, int MuseumId, string Museum, string Month, long Rows, string Stamp);

/// <param name="Value">The rating, or the value of the kind of help.</param>
public readonly record struct ExportedEvent(
    PressKind Kind,
    long Id,
    DateTimeOffset At,
    int ExhibitionId,
    int Value,
    DateTimeOffset? ArrivedAt,
    bool ClockWrong,
    int SourceId,
    long Position
);

public sealed record ExportedRefusal(
    long Id,
    string Reason,
    bool PossibleHelp,
    byte[] Raw,
    long RawLength,
    string? Site,
    DateTimeOffset? At,
    DateTimeOffset ReceivedAt,
    string State,
    int SourceId,
    long Position
);

/// <param name="Exhibitions">By number: public id and site.</param>
public sealed record ExportNames(
    IReadOnlyDictionary<int, (string PublicId, string Site)> Exhibitions,
    IReadOnlyDictionary<int, EventSource> Sources
);
