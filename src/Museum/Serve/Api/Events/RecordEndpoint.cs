using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>One record as it was sent: kept where it was refused, else read again from its source. That costs others
/// something, so it is for people who answer calls, one at a time each.</summary>
internal static class RecordEndpoint
{
    public static void MapRecord(this IEndpointRouteBuilder api) =>
        api.MapGet("/data/record", RecordAsync)
            .Security()
            .RequireRateLimiting(Limits.Record)
            .Produces<RecordView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithTags("data")
            .WithSummary("One record as it was sent.")
            .WithDescription(
                "Where it came from, when, and its bytes: of a refused record as they are kept, of a press that counts "
                    + "read again from the bucket or the broker. why says why they cannot be read any more. One at a "
                    + "time for each session."
            );

    private static async Task<IResult> RecordAsync(
        [FromQuery, Description("rating, help or refused.")] string? of,
        [FromQuery, Description("The id of the press or the refused record.")] string? id,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        HourCube cubes,
        RecordReader records,
        CancellationToken cancel
    )
    {
        var cube = Query.Museum(museum, await cubes.CurrentAsync(cancel));
        var kind = Query.Word("of", of, "rating", "help", "refused");
        var wanted = Query.Id("id", id) ?? throw new BadQueryException("id", "", "an id, as the rows have them");
        return
            await (
                kind == "refused"
                    ? records.OfRefusalAsync(cube, wanted, cancel)
                    : records.OfPressAsync(cube, kind == "help" ? PressKind.Support : PressKind.Rating, wanted, cancel)
            )
                is { } view
            ? TypedResults.Ok(view)
            : Results.Problem(
                $"{cube.Museum.Code} keeps no such record with the id {wanted}: it never did, or its month was taken "
                    + "out of the database",
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found"
            );
    }
}

internal sealed class RecordReader(
    MuseumStore store,
    IEvents events,
    IQuarantine quarantine,
    ILedger ledger,
    DashboardOptions options
)
{
    public async Task<RecordView?> OfPressAsync(MuseumCube cube, PressKind kind, long id, CancellationToken cancel)
    {
        if (await events.FindAsync(kind, [id], cancel) is not [var press])
            return null;
        // Whose it is says the ledger: the cube may not know yet what was loaded within the last second.
        var source = (await ledger.ListAsync(cancel)).FirstOrDefault(source => source.Row.Id == press.Source.Id);
        if (source is null || source.Row.MuseumId != cube.Museum.Id)
            return null;
        var record = options.Records is { } places
            ? await new SentRecords(store, places).ReadAsync(source, press.Position, cancel)
            : new SentRecord(null, 0, "this server has no access to buckets and brokers");
        return new(
            press.Source.Place(press.Position),
            press.Source.Kind,
            press.Source.Location,
            press.ArrivedAt,
            source.LoadedAt,
            record.MessageAt,
            record.AppendTime,
            record.Bytes is { } bytes ? RecordBytes.Of(bytes, record.Length) : null,
            record.Why
        );
    }

    public async Task<RecordView?> OfRefusalAsync(MuseumCube cube, long id, CancellationToken cancel) =>
        await quarantine.ListAsync(new QuarantineFilter(Id: id, State: null), cancel) is [var row]
        && row.MuseumId == cube.Museum.Id
            ? new(
                row.Place,
                row.Kind,
                row.Location,
                row.ReceivedAt,
                null,
                null,
                false,
                RecordBytes.Of(row.Raw, row.RawLength),
                null
            )
            : null;
}

/// <param name="Source">File and line, or topic:partition@offset.</param>
/// <param name="Kind">object, stream, or what else a source can be.</param>
/// <param name="Location">The place, or the topic, that holds the source.</param>
/// <param name="ArrivedAt">When it arrived; kept of calls from a stream and of refused records.</param>
/// <param name="LoadedAt">When its source was last loaded from.</param>
/// <param name="MessageAt">The time of a message that was read again…</param>
/// <param name="AppendTime">…as the broker appended it; else as the producer says.</param>
/// <param name="Why">Why its bytes cannot be read any more; null if they are here.</param>
internal sealed record RecordView(
    string Source,
    string Kind,
    string Location,
    DateTimeOffset? ArrivedAt,
    DateTimeOffset? LoadedAt,
    DateTimeOffset? MessageAt,
    bool AppendTime,
    RecordBytes? Record,
    string? Why
);

/// <param name="Text">For people: anything except plain text is written as <c>\u{…}</c> or <c>\x…</c>.</param>
/// <param name="Base64">The bytes themselves.</param>
/// <param name="Length">Of the whole record, in bytes: of a longer one this is the beginning.</param>
internal sealed record RecordBytes(string Text, string Base64, long Length)
{
    public static RecordBytes Of(byte[] bytes, long length) =>
        new(SafeText.Of(bytes), Convert.ToBase64String(bytes), length);
}
