using System.CommandLine;

namespace MuseumPipeline.Tests.Messages;

/// <summary>The program's commands, made once: options are shared by all that is made of them, and each further making
/// takes longer than the one before.</summary>
internal static class TheCommand
{
    public static RootCommand Root { get; } = Program.CreateRoot();
}
