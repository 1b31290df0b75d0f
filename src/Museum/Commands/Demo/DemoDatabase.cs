using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Demo;

/// <summary>The demo's own database: its made-up presses must never mix with a museum's. It is <c>museum-demo.db</c>
/// whatever the settings say; only <c>--database</c> chooses another one, and only if it holds no rows but a
/// demo's.</summary>
internal static class DemoDatabase
{
    private const string FileName = "museum-demo.db";
    private const string Command = "museum demo";
    private const string Created = "made this database";

    /// <summary>How many operator actions are searched: the mark is among the first ones.</summary>
    private const int MostActions = 1_000_000;

    public static EmbeddedSettings Of(MuseumSettings settings) =>
        settings.Origins.GetValueOrDefault("MUSEUM_DATABASE") == SettingLayers.FlagOrigin
            ? settings.Configured.OfType<EmbeddedSettings>().First()
            : new EmbeddedSettings(Path.GetFullPath(FileName));

    /// <summary>Marks an empty database as a demo's; any other must already be one.</summary>
    /// <exception cref="MuseumException">It holds rows that no demo made.</exception>
    public static async Task ClaimAsync(MuseumStore store, CancellationToken cancel)
    {
        var actions = await store.OperatorLog.ListAsync(MostActions, cancel);
        if (actions.Any(a => a is { Command: Command, Detail: Created }))
            return;
        var status = await store.Maintenance.StatusAsync(cancel);
        if (status.Sources > 0 || status.Exhibitions > 0)
            throw new MuseumException(
                ExitCode.Configuration,
                $"{store.Describe} holds {Show.Number(status.Ratings)} ratings and {Show.Number(status.Support)} calls "
                    + $"for help that no demo made: the demo would mix made-up presses with them. Leave out "
                    + $"--database (the demo then keeps {FileName}), or name a file that does not exist yet"
            );
        await store.OperatorLog.RecordAsync("database", new OperatorMove("demo", Command, Created), cancel);
    }
}
