using System.Text.RegularExpressions;
using dotenv.net;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings.Files;

/// <summary>Reads a <c>.env</c> file into values, without changing the process's own environment.</summary>
internal static partial class DotEnv
{
    /// <summary>The file that is read by default.</summary>
    public const string DefaultName = ".env";

    /// <summary>The numbers of lines that are neither KEY=VALUE nor a comment. Their text may be a secret and is not
    /// shown.</summary>
    public static IReadOnlyList<string> StrayLines(string path) =>
        [
            .. File.ReadAllLines(path)
                .Index()
                .Where(line => !KeyValue().IsMatch(line.Item))
                .Select(line => $"{path}, line {line.Index + 1}: found no KEY=VALUE, so the line is ignored"),
        ];

    [GeneratedRegex(@"^\s*(#.*|(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*=.*)?$")]
    private static partial Regex KeyValue();

    /// <summary>The keys and values of the file. A key without a value is left out: an empty line of a template means
    /// "not set".</summary>
    /// <exception cref="MuseumException">The named file does not exist, cannot be read, or has an invalid
    /// line.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        if (!File.Exists(path))
            throw new MuseumException(
                ExitCode.Configuration,
                Directory.Exists(path)
                    ? $"the file of settings {Path.GetFullPath(path)} is a directory: check --env-file"
                    : $"the file of settings {Path.GetFullPath(path)} is not there: check --env-file"
            );
        var options = new DotEnvOptions(
            ignoreExceptions: false,
            envFilePaths: [path],
            trimValues: true,
            supportExportSyntax: true,
            supportInlineComments: true
        );
        try
        {
            return dotenv
                .net.DotEnv.Read(options)
                .Where(pair => pair.Value.Length > 0)
                .GroupBy(pair => pair.Key.Trim(), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new MuseumException(
                ExitCode.Configuration,
                $"the file of settings {path} cannot be read: {e.Message} Expected lines of the form KEY=value.",
                e
            );
        }
    }
}
