using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Simulate;

namespace MuseumPipeline.Commands.Simulate;

/// <summary><c>museum simulate bucket DIR</c>: a made-up bucket to try things with.</summary>
internal static class SimulateCommand
{
    private static readonly Argument<string> Directory = new("DIR")
    {
        Description = "A new or empty directory to write to.",
    };

    private static readonly Option<long> Rows = NumberOption.Usually(
        new("--rows") { Description = "History rows in all." },
        usual: (long)MuseumDay.UsualRows,
        least: 1
    );

    private static readonly Option<long> Seed = NumberOption.Usually(
        new("--seed") { Description = "The same seed gives the same bytes." },
        usual: 1,
        least: 0L
    );

    private static readonly Option<int> Objects = NumberOption.Usually(
        new("--objects") { Description = "Files the history is divided into." },
        usual: 4,
        least: 1
    );

    private static readonly Option<double> InvalidShare = NumberOption.Between(
        new("--invalid-share") { Description = "The share of rows that are spoiled, from 0 to 1." },
        usual: 0,
        least: 0,
        most: 1
    );

    private static readonly Option<DateOnly?> Start = new("--start")
    {
        Description =
            $"The first day, yyyy-MM-dd. Without it the history ends on {BucketSimulator.UsualLastDay:yyyy-MM-dd}.",
        HelpName = "DAY",
        CustomParser = ReadDay,
    };

    private static readonly Option<int?> Days = NumberOption.Whole(
        new("--days")
        {
            Description =
                "Days the rows are spread over. Without it as many as a museum needs for them at the usual pace.",
        },
        least: 1,
        most: BucketSimulator.MostDays
    );

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Write into a directory that is not empty, replacing the history and exhibition files in it.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    internal static Command Create()
    {
        var bucket = new Command("bucket", "Write a made-up bucket: six exhibitions and a history of presses.")
        {
            Directory,
            Rows,
            Seed,
            Objects,
            InvalidShare,
            Start,
            Days,
            Force,
            Json,
        };
        bucket.Validators.Add(CheckObjects);
        bucket.SetAction((ParseResult result, CancellationToken cancel) => Task.FromResult(Run(result, cancel)));
        return new Command("simulate", "Make data to try the pipeline on.") { bucket, SimulateStream.Create() };
    }

    private static void CheckObjects(System.CommandLine.Parsing.CommandResult result)
    {
        try
        {
            var (objects, rows) = (result.GetValue(Objects), result.GetValue(Rows));
            if (objects > rows)
                result.AddError($"--objects {objects} is more than --rows {rows}; each object needs a row");
        }
        catch (InvalidOperationException)
        {
            // One of them is no number: that is told already.
        }
    }

    private static int Run(ParseResult result, CancellationToken cancel)
    {
        var request = new SimulateRequest(
            result.GetRequiredValue(Directory),
            result.GetValue(Rows),
            result.GetValue(Seed),
            result.GetValue(Objects),
            result.GetValue(InvalidShare),
            result.GetValue(Start),
            result.GetValue(Force)
        )
        {
            Days = result.GetValue(Days),
        };
        var watch = Stopwatch.StartNew();
        SimulateReport report;
        try
        {
            report = BucketSimulator.Run(request, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"cannot write to {Path.GetFullPath(request.Directory)}: {e.Message.TrimEnd('.')}. Check the rights "
                    + $"and the "
                    + "room there, or name another directory",
                e
            );
        }

        var output = result.InvocationConfiguration.Output;
        if (result.GetValue(Json))
            output.WriteLine(AsJson(request, report, watch.Elapsed));
        else
            WriteText(output, request, report, watch.Elapsed);
        return 0;
    }

    private static void WriteText(TextWriter output, SimulateRequest request, SimulateReport report, TimeSpan elapsed)
    {
        var says = CultureInfo.InvariantCulture;
        output.WriteLine(
            string.Create(
                says,
                $"Wrote {report.Rows:N0} rows in {report.Objects:N0} objects and {report.Exhibitions} exhibitions "
                    + $"to {request.Directory}"
            )
        );
        output.WriteLine(
            string.Create(says, $"  days         {report.FirstDay:yyyy-MM-dd} to {report.LastDay:yyyy-MM-dd}")
        );
        output.WriteLine(string.Create(says, $"  ratings      {report.Ratings:N0}"));
        output.WriteLine(
            string.Create(
                says,
                $"  support      {report.Assistance + report.Emergencies:N0} ({report.Assistance:N0} assistance, "
                    + $"{report.Emergencies:N0} emergencies)"
            )
        );
        output.WriteLine(
            string.Create(
                says,
                $"  doubles      {report.Doubles:N0} rows are exact copies of another one, as in real history"
            )
        );
        output.WriteLine(string.Create(says, $"  spoiled      {report.Spoiled:N0}"));
        foreach (var (reason, count) in report.Reasons)
            output.WriteLine(string.Create(says, $"    {reason, -18} {count:N0}"));
        output.WriteLine(string.Create(says, $"  {report.Bytes / 1e6:N1} MB in {elapsed.TotalSeconds:N1} s"));
    }

    private static string AsJson(SimulateRequest request, SimulateReport report, TimeSpan elapsed) =>
        JsonSerializer.Serialize(
            new
            {
                command = "simulate bucket",
                directory = request.Directory,
                seed = request.Seed,
                rows = report.Rows,
                objects = report.Objects,
                exhibitions = report.Exhibitions,
                first_day = report.FirstDay,
                last_day = report.LastDay,
                ratings = report.Ratings,
                support = report.Assistance + report.Emergencies,
                assistance = report.Assistance,
                emergencies = report.Emergencies,
                doubles = report.Doubles,
                spoiled = report.Spoiled,
                possible_help = report.PossibleHelp,
                reasons = report.Reasons,
                bytes = report.Bytes,
                seconds = Math.Round(elapsed.TotalSeconds, 3),
            }
        );

    private static DateOnly? ReadDay(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        result.AddError($"--start: found '{text}', expected a day as yyyy-MM-dd, for example 2023-03-06");
        return null;
    }
}
