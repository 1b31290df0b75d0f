using Spectre.Console;

namespace MuseumPipeline.Commands;

/// <summary>The output for people: results on stdout, everything else on stderr. Created when first used, since most of
/// it costs start-up time.</summary>
internal static class Terminal
{
    // Wide enough that no table breaks its cells when a program reads them.
    private const int PipedWidth = 200;

    private static readonly Lazy<IAnsiConsole> LazyOut = new(() => Create(Console.Out, Console.IsOutputRedirected));
    private static readonly Lazy<IAnsiConsole> LazyError = new(() => Create(Console.Error, Console.IsErrorRedirected));

    public static IAnsiConsole Out => LazyOut.Value;

    public static IAnsiConsole Error => LazyError.Value;

    /// <summary>True if a person is watching: bars instead of lines.</summary>
    public static bool Watched =>
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Interactive = redirected ? InteractionSupport.No : InteractionSupport.Yes,
            }
        );
        if (redirected)
            console.Profile.Width = PipedWidth;
        return console;
    }
}
