using MuseumPipeline.Tests.Load.Import;

namespace MuseumPipeline.Tests.FirstHour;

/// <summary>The same hour of somebody who comes with the original's database.</summary>
public abstract partial class FirstHourContract
{
    private const long Taken = 31_200;

    [Fact]
    public async Task The_originals_database_is_recognised_taken_over_once_and_left_as_it_was()
    {
        await using var original = await OriginalSchema.CreateAsync(server);
        var before = await TablesOfAsync(original);
        var c = original.Connection;
        if (embedded)
            museum.Environment["IMPORT_PASSWORD"] = c.Password!;
        else
            Use(c);
        // On a server it is where our own tables would be; with the file it is elsewhere.
        var from = embedded ? $"postgresql://{c.Username}@{c.Host}:{c.Port}/{c.Database}" : "public";

        if (!embedded)
        {
            foreach (var command in (string[])["doctor", "load", "consume --from x.ndjson", "db migrate", "db status"])
            {
                museum.Write("x.ndjson", "{}\n");
                museum.Environment["MUSEUM_BUCKET"] = History.Bucket;
                var told = await museum.RunAsync(command.Split(' '));
                Assert.True(told.ExitCode == 3, $"{command}: exit code {told.ExitCode}");
                Assert.Contains(
                    "museum db import --from public",
                    Flat(told.Error + told.Out),
                    StringComparison.Ordinal
                );
            }
        }

        var first = await museum.RunAsync("db", "import", "--from", from, "--json");
        Says(first, 0, "");
        var skipped = first.Json.GetProperty("quarantined").GetInt64();
        Assert.InRange(skipped, 1, 9);
        await HoldsTakenAsync(skipped, withHistory: false);
        var second = await museum.RunAsync("db", "import", "--from", from, "--json");
        Assert.Equal((0, Taken), (second.ExitCode, second.Json.GetProperty("already").GetInt64()));
        await HoldsTakenAsync(skipped, withHistory: false);

        // What the bucket holds comes beside it, once.
        for (var time = 0; time < 2; time++)
        {
            Says(await museum.RunAsync("load", "-b", History.Bucket), 0, "writes to ");
            await HoldsTakenAsync(skipped, withHistory: true);
        }

        Assert.Equal(before, await TablesOfAsync(original));
    }

    private async Task HoldsTakenAsync(long skipped, bool withHistory)
    {
        var status = await StatusAsync();
        var more = withHistory ? History.Ratings + History.Help : 0;
        Assert.Equal(
            (Taken - skipped + more, skipped, true),
            (
                status.GetProperty("ratings").GetInt64() + status.GetProperty("support").GetInt64(),
                status.GetProperty("quarantined").GetInt64(),
                status.GetProperty("balanced").GetBoolean()
            )
        );
    }

    private static Task<List<string>> TablesOfAsync(OriginalSchema original) =>
        original.QueryAsync(
            """
            select md5(string_agg(t::text, '|' order by t::text)) from public.rating_instance t
            union all select md5(string_agg(t::text, '|' order by t::text)) from public.support_instance t
            union all select md5(string_agg(t::text, '|' order by t::text)) from public.exhibition t
            union all select count(*)::text from pg_tables where schemaname = 'public'
            """
        );

    private static string Flat(string text) =>
        string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
