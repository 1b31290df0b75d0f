using System.Text.RegularExpressions;
using MuseumPipeline.Settings.Aws;
using Npgsql;

namespace MuseumPipeline.Settings.Reading;

/// <summary>Reads which database is meant, and the settings of each that is configured.</summary>
internal sealed partial class DatabaseReader(SettingValues values, AwsReader aws)
{
    private const string Roots = "an existing file of root certificates (PEM)";

    // The chosen one first. The keys of the others are checked as well, so that a mistake shows at once.
    public List<DatabaseSettings> Read(bool needed)
    {
        var target = Target();
        List<DatabaseSettings> all = [];
        foreach (var name in DatabaseSettings.Targets.OrderByDescending(t => t == target))
        {
            var chosen = name == target;
            if (name == DatabaseSettings.Embedded && (chosen || values.Any("MUSEUM_DATABASE")))
                all.Add(
                    new EmbeddedSettings(
                        Path.GetFullPath(values.Text("MUSEUM_DATABASE") ?? "museum.db", values.Layers.WorkingDirectory)
                    )
                    {
                        FileMode = values.FileMode(),
                    }
                );
            else if (name == DatabaseSettings.Local && (chosen || LocalConfigured))
                all.Add(Local(chosen && needed));
            else if (name == DatabaseSettings.Aws && (chosen || AwsConfigured))
                all.Add(Aws(chosen && needed));
        }
        return all;
    }

    private string Target()
    {
        if (values.Choice("MUSEUM_TARGET", DatabaseSettings.Targets) is { } chosen)
            return chosen;
        return AwsConfigured ? DatabaseSettings.Aws
            : LocalConfigured ? DatabaseSettings.Local
            : DatabaseSettings.Embedded;
    }

    private bool AwsConfigured =>
        values.Any("DATABASE_NAME", "DATABASE_USERNAME", "DATABASE_PASSWORD", "DATABASE_IP", "DATABASE_PORT");

    private bool LocalConfigured => values.Any("LOCAL_DB", "LOCAL_HOST", "LOCAL_PORT");

    private PostgresSettings Local(bool needed) =>
        new(DatabaseSettings.Local)
        {
            Name = Required(needed, DatabaseSettings.Local, "LOCAL_DB"),
            Host = values.Host("LOCAL_HOST") ?? "localhost",
            Port = values.Whole("LOCAL_PORT", 1, 65535) ?? 5432,
            Username = values.Text("LOCAL_USERNAME", "PGUSER") ?? Environment.UserName,
            Password = values.Hidden("LOCAL_PASSWORD", "PGPASSWORD"),
            NoClearPassword = values.RevealsTo("LOCAL_HOST", "LOCAL_PASSWORD", "PGPASSWORD"),
            Schema = Schema(),
            SslMode =
                Ssl("LOCAL_SSL_MODE", ["disable", "prefer", "require", "verify-ca", "verify-full"])
                ?? (PostgresSettings.IsHere(values.Text("LOCAL_HOST") ?? "") ? SslMode.Prefer : SslMode.VerifyFull),
            RootCertificate = values.ExistingFile("LOCAL_CA", Roots),
        };

    private PostgresSettings Aws(bool needed)
    {
        var password = values.Hidden("DATABASE_PASSWORD");
        var iam = values.Choice("DATABASE_AUTH", ["password", "iam"]) == "iam";
        if (password is null && needed && !iam)
            Missing(DatabaseSettings.Aws, "DATABASE_PASSWORD");
        var settings = new PostgresSettings(DatabaseSettings.Aws)
        {
            Name = Required(needed, DatabaseSettings.Aws, "DATABASE_NAME"),
            Username = Required(needed, DatabaseSettings.Aws, "DATABASE_USERNAME"),
            Host = values.Host("DATABASE_IP") ?? Required(needed, DatabaseSettings.Aws, "DATABASE_IP"),
            Port = values.Whole("DATABASE_PORT", 1, 65535) ?? 5432,
            Password = password,
            NoClearPassword = values.RevealsTo("DATABASE_IP", "DATABASE_PASSWORD"),
            Schema = Schema(),
            SslMode =
                Ssl("DATABASE_SSL_MODE", ["disable", "require", "verify-ca", "verify-full"]) ?? SslMode.VerifyFull,
            RootCertificate = values.ExistingFile("DATABASE_CA", Roots),
        };
        return iam ? settings with { Tokens = DatabaseTokens(settings) } : settings;
    }

    private string Required(bool needed, string target, string key)
    {
        var value = values.Text(key);
        if (value is null && needed)
            Missing(target, key);
        return value ?? "";
    }

    private void Missing(string target, string key) =>
        values.Fault(key, $"{key} is not set, and the target '{target}' needs it: {Bare(SettingKeys.Of(key).Meaning)}");

    private static string Bare(string meaning) => meaning[(meaning.IndexOf(": ", StringComparison.Ordinal) + 2)..];

    private AwsTokens? DatabaseTokens(PostgresSettings database)
    {
        if (database.Password is not null)
            values.Fault(
                "DATABASE_PASSWORD",
                $"DATABASE_PASSWORD ({values.Origin("DATABASE_PASSWORD")}) is set, and DATABASE_AUTH is iam, which "
                    + $"has none: "
                    + "remove one of them"
            );
        // The server is shown the token as it is.
        if (database.SslMode is not (SslMode.VerifyFull or SslMode.VerifyCA))
            values.Fault(
                "DATABASE_SSL_MODE",
                $"DATABASE_SSL_MODE ({values.Origin("DATABASE_SSL_MODE")}): found "
                    + $"'{values.Text("DATABASE_SSL_MODE")}', expected "
                    + "verify-full or verify-ca with DATABASE_AUTH=iam: whoever stands between would get the token"
            );
        return aws.Tokens(database.Host, "DATABASE_AUTH");
    }

    /// <summary>Words that need no quotes in SQL, and leave room for what our locks and channels add.</summary>
    private string? Schema()
    {
        if (values.Layers.Find("MUSEUM_SCHEMA") is not { } found)
            return null;
        return SchemaRule().IsMatch(found.Value)
            ? found.Value
            : values.Wrong<string>(
                found,
                "a word of small letters, digits and _, 40 at most, that does not begin " + "with pg_"
            );
    }

    [GeneratedRegex(@"\A(?!pg_)[a-z_][a-z0-9_]{0,39}\z")]
    private static partial Regex SchemaRule();

    private SslMode? Ssl(string key, string[] allowed) =>
        values.Choice(key, allowed) switch
        {
            "disable" => SslMode.Disable,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => null,
        };
}
