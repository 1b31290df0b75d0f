using System.Text;
using System.Text.Json;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Faults;

/// <summary>The test material itself must be right before a parser is tested with it.</summary>
public sealed class FaultMaterialTests
{
    private static readonly IReadOnlyList<FaultFile> Files = FaultBucket.Files();

    [Fact]
    public void Every_case_has_a_name_of_its_own()
    {
        Assert.Equal(Files.Count, Files.Select(f => f.Name).Distinct().Count());
        Assert.Equal(FaultMessages.All.Count, FaultMessages.All.Select(m => m.Name).Distinct().Count());
    }

    [Fact]
    public void Positions_are_the_physical_lines_on_which_the_records_start()
    {
        foreach (var file in Files)
        {
            // Latin-1 keeps every byte a character, so that bytes which are no text can still be cut into lines.
            var text = Encoding
                .Latin1.GetString(file.Content)
                .Replace("\r\n", "\n", StringComparison.Ordinal)
                .Replace('\r', '\n');
            var lines = text.Split('\n');
            foreach (var record in file.Records)
                Assert.True(
                    record.Line <= lines.Length && lines[record.Line - 1].Length > 0,
                    $"{file.Name}: no record starts on line {record.Line}"
                );
            Assert.Equal(file.Records.Select(r => r.Line).Order().Distinct(), file.Records.Select(r => r.Line));
        }
    }

    [Fact]
    public void A_record_is_loaded_or_refused_and_only_refused_ones_are_possible_calls_for_help()
    {
        var all = Files.SelectMany(f => f.Records).Concat(FaultMessages.All.Select(m => m.Expected)).ToList();

        Assert.All(all, e => Assert.NotEqual(e.Loaded is null, e.Reason is null));
        Assert.All(all.Where(e => e.PossibleHelp), e => Assert.NotNull(e.Reason));
    }

    [Fact]
    public void Every_reason_is_there()
    {
        var rows = Files.SelectMany(f => f.Records).Select(r => r.Reason).OfType<Reason>().Distinct();
        var messages = FaultMessages.All.Select(m => m.Expected.Reason).OfType<Reason>().Distinct();

        Reason[] notOfRows = [Reason.Empty, Reason.InvalidJson, Reason.OutOfHours, Reason.RefusedByDatabase];
        Reason[] notOfMessages = [Reason.InvalidRow, Reason.RepeatedHeader, Reason.RefusedByDatabase];
        Assert.Equal(Enum.GetValues<Reason>().Except(notOfRows), rows.Order());
        Assert.Equal(Enum.GetValues<Reason>().Except(notOfMessages), messages.Order());
    }

    [Fact]
    public void Bad_rows_stand_among_good_ones_wherever_the_file_has_a_readable_header()
    {
        var allBad = Files
            .Where(f => f.Records.Count > 0 && f.Records.All(r => r.Reason is not null))
            .Select(f => f.Name);

        Assert.All(allBad, name => Assert.Matches("^(header: .*|UTF-16.*|no column (at|val|site))$", name));
    }

    [Fact]
    public void Messages_called_objects_are_ones_and_messages_called_no_object_are_none()
    {
        foreach (
            var message in FaultMessages.All.Where(m =>
                m.Expected.Reason is not (Reason.Empty or Reason.TooLarge or Reason.InvalidEncoding)
            )
        )
        {
            var isObject = IsObject(message.Value!);
            Assert.True(isObject == (message.Expected.Reason != Reason.InvalidJson), message.Name);
        }
    }

    private static bool IsObject(byte[] value)
    {
        try
        {
            var withoutMark = value.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? value.AsMemory(3) : value;
            using var json = JsonDocument.Parse(
                withoutMark,
                new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [Fact]
    public void The_bucket_can_be_written_and_holds_a_file_for_every_case()
    {
        var directory = Directory.CreateTempSubdirectory("museum-faults-");
        try
        {
            var files = FaultBucket.Write(directory.FullName);
            FaultBucket.WriteLateExhibition(directory.FullName);

            Assert.Equal(files.Count, directory.GetFiles("lmnh_hist_data_*.csv").Length);
            Assert.Equal(FaultBucket.Exhibitions.Length + 1, directory.GetFiles("lmnh_exhibition_*.json").Length);
            Assert.Equal(
                files[7].Content,
                File.ReadAllBytes(Path.Combine(directory.FullName, FaultBucket.FileName(7)))
            );
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
