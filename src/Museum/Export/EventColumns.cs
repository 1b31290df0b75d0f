using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Export;

/// <summary>The columns of a file of events. Names and order are a contract.</summary>
internal sealed class EventColumns
{
    private readonly ParquetValues<long> id = new("event_id");
    private readonly ParquetTexts kind = new("kind");
    private readonly ParquetValues<DateTime> at = new(ParquetInstants.Field("pressed_at", false));
    private readonly ParquetTexts exhibition = new("exhibition");
    private readonly ParquetTexts site = new("site");
    private readonly ParquetValues<int> value = new("value");
    private readonly ParquetOptional<DateTime> arrived = new(ParquetInstants.Field("arrived_at", true));
    private readonly ParquetValues<bool> clockWrong = new("clock_wrong");
    private readonly SourceColumns source = new();

    public IReadOnlyList<ParquetColumn> All =>
        [id, kind, at, exhibition, site, value, arrived, clockWrong, .. source.All];

    /// <summary>What the rows' numbers mean; before the first of them.</summary>
    public void Begin(ExportNames known) => source.Names = known;

    public void Add(in ExportedEvent press)
    {
        var (publicId, number) = source.Names!.Exhibitions[press.ExhibitionId];
        id.Add(press.Id);
        kind.Add(press.Kind is PressKind.Rating ? "rating" : "help");
        at.Add(press.At.UtcDateTime);
        exhibition.Add(publicId);
        site.Add(number);
        value.Add(press.Value);
        arrived.Add(press.ArrivedAt?.UtcDateTime);
        clockWrong.Add(press.ClockWrong);
        source.Add(press.SourceId, press.Position);
    }
}

/// <summary>The columns of a file of refusals. Names and order are a contract.</summary>
internal sealed class RefusalColumns
{
    private readonly ParquetValues<long> id = new("refusal_id");
    private readonly ParquetTexts reason = new("reason");
    private readonly ParquetValues<bool> possibleHelp = new("possible_help");
    private readonly ParquetBytes raw = new("raw");
    private readonly ParquetValues<long> rawLength = new("raw_length");
    private readonly ParquetTexts site = new("site");
    private readonly ParquetOptional<DateTime> at = new(ParquetInstants.Field("pressed_at", true));
    private readonly ParquetValues<DateTime> received = new(ParquetInstants.Field("received_at", false));
    private readonly ParquetTexts state = new("state");
    private readonly SourceColumns source = new();

    public IReadOnlyList<ParquetColumn> All =>
        [id, reason, possibleHelp, raw, rawLength, site, at, received, state, .. source.All];

    /// <summary>What the rows' numbers mean; before the first of them.</summary>
    public void Begin(ExportNames known) => source.Names = known;

    public void Add(ExportedRefusal refusal)
    {
        id.Add(refusal.Id);
        reason.Add(refusal.Reason);
        possibleHelp.Add(refusal.PossibleHelp);
        raw.Add(refusal.Raw);
        rawLength.Add(refusal.RawLength);
        site.Add(refusal.Site);
        at.Add(refusal.At?.UtcDateTime);
        received.Add(refusal.ReceivedAt.UtcDateTime);
        state.Add(refusal.State);
        source.Add(refusal.SourceId, refusal.Position);
    }
}

/// <summary>Where a row came from.</summary>
internal sealed class SourceColumns
{
    private readonly ParquetValues<int> id = new("source_id");
    private readonly ParquetTexts location = new("source_location");
    private readonly ParquetTexts name = new("source_name");
    private readonly ParquetValues<long> position = new("position");

    public ExportNames? Names { get; set; }

    public IReadOnlyList<ParquetColumn> All => [id, location, name, position];

    public void Add(int sourceId, long at)
    {
        var source = Names!.Sources.GetValueOrDefault(sourceId);
        id.Add(sourceId);
        location.Add(source?.Location);
        name.Add(source?.Name);
        position.Add(at);
    }
}
