using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts.Events;

/// <summary>Single presses that count, each with where it came from.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IEvents
{
    /// <summary>Oldest first, by (at, id).</summary>
    Task<IReadOnlyList<EventRow>> ListAsync(EventFilter filter, CancellationToken cancel);

    /// <summary>Those with these ids that there are, by (at, id).</summary>
    Task<IReadOnlyList<EventRow>> FindAsync(PressKind kind, IReadOnlyCollection<long> ids, CancellationToken cancel);

    /// <summary>Presses that count and are no longer kept, by the hour: retention took their rows.</summary>
    /// <param name="exhibitions">Only of these; an empty list selects none.</param>
    /// <param name="values">Only with these values; null: any.</param>
    Task<IReadOnlyList<RetiredHour>> RetiredAsync(
        PressKind kind,
        DateTimeOffset from,
        DateTimeOffset until,
        IReadOnlyList<int> exhibitions,
        IReadOnlyList<int>? values,
        CancellationToken cancel
    );
}

/// <summary>Selects presses of one kind, from one instant to before another.</summary>
/// <param name="Exhibitions">Only of these; an empty list selects none.</param>
/// <param name="Values">Only with these values; null: any.</param>
/// <param name="After">Only those after this press.</param>
/// <param name="NoRepeats">Without presses of a button within this time of its last one; null: with them.</param>
public sealed record EventFilter(
    PressKind Kind,
    DateTimeOffset From,
    DateTimeOffset Until,
    IReadOnlyList<int> Exhibitions,
    IReadOnlyList<int>? Values,
    EventKey? After,
    int Most,
    TimeSpan? NoRepeats = null
);

public readonly record struct RetiredHour(DateTimeOffset Hour, long Presses);

/// <summary>The place of a press in the order of all.</summary>
public readonly record struct EventKey(DateTimeOffset At, long Id);

/// <param name="Value">The rating, or the value of the kind of help.</param>
/// <param name="Meaning">The button's name.</param>
/// <param name="ArrivedAt">When it arrived; kept for calls for help from a stream.</param>
/// <param name="ClockWrong">The kiosk's clock is wrong: the call's time is its arrival.</param>
public sealed record EventRow(
    long Id,
    DateTimeOffset At,
    int ExhibitionId,
    int Value,
    string Meaning,
    DateTimeOffset? ArrivedAt,
    bool ClockWrong,
    EventSource Source,
    long Position
);

/// <summary>The source of a press.</summary>
public sealed record EventSource(int Id, string Kind, string Location, string Name)
{
    /// <summary>As a person finds it: <c>topic:partition@offset</c>, or file and line.</summary>
    public string Place(long position) => SourcePlace.Of(Kind, Location, Name, position);
}
