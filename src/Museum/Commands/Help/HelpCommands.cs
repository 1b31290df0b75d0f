using System.CommandLine;
using System.Reflection;
using MuseumPipeline.Model;

namespace MuseumPipeline.Commands.Help;

/// <summary><c>museum help VERB</c>, <c>museum version</c> and <c>museum completion SHELL</c>: what people type before
/// they know the options.</summary>
internal static class HelpCommands
{
    private static readonly Argument<string[]> Verb = new("verb")
    {
        Description = "The command to explain, such as: load, or db migrate",
        HelpName = "VERB",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Argument<string> Shell = Options.NamedArgument(
        new("shell") { Description = "bash, zsh or fish" },
        ["bash", "zsh", "fish"]
    );

    public static IEnumerable<Command> Create(RootCommand root)
    {
        var help = new Command("help", "Explain a command: the same as museum VERB --help") { Verb };
        help.SetAction(parsed => Explain(root, parsed.GetValue(Verb) ?? []));
        yield return help;

        var version = new Command("version", "Print the version");
        version.SetAction(_ => Console.Out.WriteLine(Version));
        yield return version;

        var completion = new Command("completion", "Print a script that completes commands and options in your shell")
        {
            Shell,
        };
        completion.SetAction(parsed => Console.Out.WriteLine(Script(parsed.GetValue(Shell)!.ToLowerInvariant())));
        yield return completion;
    }

    private static string Version =>
        typeof(HelpCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static int Explain(RootCommand root, string[] words)
    {
        Command command = root;
        foreach (var word in words)
        {
            if (command.Subcommands.FirstOrDefault(c => c.Name == word) is not { } next)
            {
                var near = NearWord.Of(word, command.Subcommands.Select(c => c.Name));
                return Failure.Tell(
                    ExitCode.Usage,
                    $"there is no command '{string.Join(' ', words)}'. "
                        + $"{(near is null ? "" : $"Did you mean '{near}'? ")}See 'museum --help'.",
                    "help",
                    json: false
                );
            }
            command = next;
        }
        return root.Parse([.. words, "--help"]).Invoke();
    }

    // The program answers "[suggest:POSITION]" with the words that may come there.
    private static string Script(string shell) =>
        shell switch
        {
            "zsh" => """
                _museum() {
                  local -a words_there
                  words_there=("${(@f)$(museum "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
                  compadd -- "${words_there[@]}"
                }
                compdef _museum museum
                """,
            "fish" =>
                "complete -f -c museum -a '(museum \"[suggest:\"(commandline -C)\"]\" (commandline -cp) 2>/dev/null)'",
            _ => """
                _museum() {
                  local word="${COMP_WORDS[COMP_CWORD]}"
                  mapfile -t COMPREPLY < <(museum "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null \
                    | grep -F -- "$word" || true)
                }
                complete -o default -F _museum museum
                """,
        };
}
