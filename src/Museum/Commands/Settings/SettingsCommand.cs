using System.CommandLine;
using System.Text.Json.Serialization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Spectre.Console;

namespace MuseumPipeline.Commands.Settings;

/// <summary><c>museum settings</c>: every setting, its value and where it came from; secrets are masked.</summary>
internal static class SettingsCommand
{
    private static readonly Option<bool> All = new("--all") { Description = "Also those that are not set" };

    public static Command Create()
    {
        var command = new Command(
            "settings",
            "Show the settings in force: flags, then the environment, then .env, then the defaults"
        ).WithCommon(All, Options.Target);
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed)));
        return command;
    }

    // The settings are read without checking: this is where people look for a fault.
    private static int Run(ParseResult parsed)
    {
        try
        {
            var layers = Session.Layers(parsed);
            List<SettingJson> rows =
            [
                .. SettingKeys.All.Select(key => RowOf(key, layers)),
                .. Fallbacks(layers),
                .. Properties(layers),
            ];
            var warnings = UnknownKeys.In(layers);
            foreach (var warning in warnings)
                Console.Error.WriteLine($"warning: {SafeText.Of(warning)}");
            if (parsed.GetValue(Options.Json))
                JsonOutput.Print(
                    new SettingsJson("settings", layers.FilePath, rows, warnings),
                    SettingsShapes.Default.SettingsJson
                );
            else
                Print(parsed.GetValue(All) ? rows : rows.Where(r => r.Origin is not null), layers);
            return (int)ExitCode.Done;
        }
        catch (MuseumException e)
        {
            return Failure.Report(e, parsed, null);
        }
    }

    private static SettingJson RowOf(SettingKey key, SettingLayers layers)
    {
        var found = SettingKeys.Login.Contains(key.Key) ? layers.FindLogin(key.Key) : layers.Find(key.Key);
        var file = key.Secret ? layers.Find(key.Key + "_FILE") : null;
        return new(
            key.Key,
            found is null ? null
                : key.Secret ? "***"
                : found.Value.Value,
            found?.Origin ?? (file is null ? null : $"{file.Value.Key} ({file.Value.Origin})"),
            key.Default,
            key.Meaning
        );
    }

    /// <summary>Other programs' variables that count where ours is not set.</summary>
    private static IEnumerable<SettingJson> Fallbacks(SettingLayers layers) =>
        from pair in SettingKeys.Fallbacks
        let found = layers.Find(pair.Key)
        where found is not null && layers.Find(pair.Value) is null
        let value = SettingKeys.Of(pair.Value).Secret ? "***" : found.Value.Value
        select new SettingJson(pair.Key, value, found.Value.Origin, null, $"counts as {pair.Value}");

    /// <summary>What is passed through to Kafka's client. Others have variables of the same start in the
    /// environment.</summary>
    private static IEnumerable<SettingJson> Properties(SettingLayers layers)
    {
        foreach (var key in layers.KeysOf(KafkaSettings.Prefix))
        {
            var (property, found) = (KafkaSettings.PropertyOf(key), layers.Find(key)!.Value);
            // The library is asked for no name by which it would load a program.
            var known = KafkaSettings.RunsCode(property) || found.Origin != SettingLayers.EnvironmentOrigin;
            if (!known)
                Librdkafka.Check(property, found.Value, out known);
            if (known)
                yield return new(
                    key,
                    KafkaSettings.IsSecret(property) ? "***" : found.Value,
                    found.Origin,
                    null,
                    $"the Kafka client's {property}"
                );
        }
    }

    private static void Print(IEnumerable<SettingJson> rows, SettingLayers layers)
    {
        var table = new Table().NoBorder().AddColumns("[bold]Setting[/]", "[bold]Value[/]", "[bold]From[/]");
        foreach (var row in rows)
        {
            table.AddRow(
                Show.Text(row.Key),
                row.Value is { } value ? Show.Text(value)
                    : row.Origin is not null ? "***"
                    : $"[dim]{Show.Text(row.Default ?? "–")}[/]",
                row.Origin is { } origin ? Show.Text(origin) : "[dim]default[/]"
            );
        }
        if (table.Rows.Count > 0)
            Terminal.Out.Write(table);
        else
            Terminal.Out.WriteLine("Nothing is set: the defaults apply. museum settings --all shows them.");
        if (layers.FilePath is { } file)
            Terminal.Out.MarkupLine($"[dim]The file that was read: {Show.Text(Path.GetFullPath(file))}[/]");
    }
}

/// <param name="EnvFile">The file that was read; null if there was none.</param>
internal sealed record SettingsJson(
    string Command,
    string? EnvFile,
    IReadOnlyList<SettingJson> Settings,
    IReadOnlyList<string> Warnings
);

/// <param name="Value">As it was found; *** for a secret; null if not set.</param>
/// <param name="Origin">flag, environment or the file's name; null for a default.</param>
internal sealed record SettingJson(string Key, string? Value, string? Origin, string? Default, string Meaning);

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SettingsJson))]
internal sealed partial class SettingsShapes : JsonSerializerContext;
